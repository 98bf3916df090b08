"""What the binary archives of CIFAR-10 and CIFAR-100 have in common: a gzipped tar of records and of class names."""

import gzip
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from easel.data.prepared import Split
from easel.runtime.errors import EaselError

SIDE = 32
PIXELS = 3 * SIDE * SIDE
REMEDY = "Use the binary version of the dataset; after changing an archive of your own, change its 'sha256' too."


def read_members(archive: Path, wanted: Sequence[str], layout: str) -> dict[str, bytes]:
    """The content of the layout's files, by name without folder. Nothing is unpacked to disk.

    wanted: their names. layout: the name of the published archive. An archive that is truncated, lacks a file, has
    one twice or is not safe is an `EaselError` that names the archive and the file in it.
    """
    members: dict[str, bytes] = {}
    found: list[str] = []
    try:
        with gzip.open(archive) as stream, tarfile.open(fileobj=stream, mode="r:") as tar:
            for member in tar:
                check_member(member, archive)
                if not member.isfile():
                    continue
                name = PurePosixPath(member.name).name
                found.append(name)
                if name in members:
                    raise EaselError(f"{archive}: holds two files {name}. Expected one. {REMEDY}")
                if name in wanted and (content := tar.extractfile(member)) is not None:
                    members[name] = content.read()
            # gzip's checksum stands behind the data, where a reader of tar does not come.
            while stream.read(2**20):
                pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise EaselError(
            f"{archive}: cannot be read as a gzipped tar archive: {error}. Expected a whole file in the layout of "
            f"{layout}, found {archive.stat().st_size:,} bytes that are truncated, damaged or of "
            "another kind. Get the file again and check its SHA-256."
        ) from error
    if missing := sorted(set(wanted) - members.keys()):
        raise EaselError(
            f"{archive}: lacks {', '.join(missing)}. Expected {', '.join(wanted)}, found "
            f"{', '.join(found[:10]) or 'no files'}{' …' if len(found) > 10 else ''}. {REMEDY}"
        )
    return members


def check_member(member: tarfile.TarInfo, archive: Path) -> None:
    """Refuse an archive that would write outside its folder if it were unpacked."""
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or member.issym() or member.islnk():
        what = f"a link to {member.linkname}" if member.issym() or member.islnk() else "outside its folder"
        raise EaselError(
            f"{archive}: the member '{member.name}' is {what}. Expected plain files below one folder; such an archive "
            "is damaged or meant to do harm. Get it from a source you trust."
        )


def class_names(text: bytes, where: str) -> list[str]:
    """One class name per line; blank lines do not count. where: for messages."""
    names = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    if not names:
        raise EaselError(f"{where}: no class names. Expected one per line, found none. {REMEDY}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EaselError(
            f"{where}: the class name '{twice[0]}' is there twice. Expected one of its own per class. {REMEDY}"
        )
    return names


def split(
    batches: Sequence[bytes], where: Sequence[str], classes: int, names: str, label_bytes: int = 1, at: int = 0
) -> Split:
    """Records as a `Split`: images uint8 (N, 32, 32, 3) and labels int64 (N,).

    where: names each batch in messages. names: the file of the class names. label_bytes: that a record begins with.
    at: which of them is the label. Raises EaselError for a batch of another size, and for a label of no class.
    """
    size = label_bytes + PIXELS
    for data, place in zip(batches, where, strict=True):
        if len(data) % size or not data:
            head = "a label" if label_bytes == 1 else f"{label_bytes} labels"
            raise EaselError(
                f"{place}: wrong size. Expected records of {size:,} bytes ({head} and 3 × {SIDE} × {SIDE} pixels), "
                f"found {len(data):,} bytes: {len(data) // size:,} records and {len(data) % size:,} bytes. " + REMEDY
            )
        found = np.frombuffer(data, np.uint8)[at::size]
        if len(wrong := np.flatnonzero(found >= classes)):
            raise EaselError(
                f"{place}: label out of range. Expected 0 to {classes - 1} ({classes} names in {names}), "
                f"found {found[wrong[0]]} in record {wrong[0]:,} (counting from 0), the first of {len(wrong):,}. "
                + REMEDY
            )
    images = np.empty((sum(map(len, batches)) // size, SIDE, SIDE, 3), np.uint8)
    labels = np.empty(len(images), np.int64)
    done = 0
    for data in batches:
        records = np.frombuffer(data, np.uint8).reshape(-1, size)
        labels[done : done + len(records)] = records[:, at]
        planes = records[:, label_bytes:].reshape(-1, 3, SIDE, SIDE)  # (n, C, H, W)
        images[done : done + len(records)] = planes.transpose(0, 2, 3, 1)  # (n, H, W, C)
        done += len(records)
    return Split(images, labels)
