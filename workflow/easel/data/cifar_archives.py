"""The parts that CIFAR-10 and CIFAR-100 share: a gzipped tar archive with records and class names."""

import gzip
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from easel.data.bounded import MOST_IMAGES, BoundedReader, tar_members
from easel.data.prepared import Split
from easel.runtime.errors import EaselError

SIDE = 32
PIXELS = 3 * SIDE * SIDE
MOST_BYTES = MOST_IMAGES * (PIXELS + 2)
REMEDY = "Use the binary version of the dataset; after changing an archive of your own, change its 'sha256' too."


def read_members(archive: Path, wanted: Sequence[str], layout: str) -> dict[str, bytes]:
    """The contents of the wanted files, by name without folder. Nothing is unpacked to disk.

    layout: the name of the published archive, for messages. Raises EaselError for an archive that is truncated or
    unsafe or larger than MOST_BYTES, or that lacks a file or has it twice.
    """
    members: dict[str, bytes] = {}
    found: list[str] = []
    try:
        with gzip.open(archive) as stream:
            for tar, member in tar_members(BoundedReader(stream, archive, 0), archive, MOST_BYTES):
                check_member(member, archive)
                if not member.isfile():
                    continue
                name = PurePosixPath(member.name).name
                found.append(name)
                if name in members:
                    raise EaselError(f"{archive}: has two files {name}. Expected one. {REMEDY}")
                if name in wanted and (content := tar.extractfile(member)) is not None:
                    members[name] = content.read()
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise EaselError(
            f"{archive}: cannot be read as a gzipped tar archive: {error}. Expected a whole file in the layout of "
            f"{layout}, found {archive.stat().st_size:,} bytes that are truncated, damaged or in "
            "another format. Get the file again and check its SHA-256."
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
            "is damaged or malicious. Get it from a source you trust."
        )


def class_names(text: bytes, where: str) -> list[str]:
    """Class names, one per line; blank lines are skipped. where: the file, for messages."""
    names = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    if not names:
        raise EaselError(f"{where}: no class names. Expected one per line, found none. {REMEDY}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EaselError(
            f"{where}: the class name '{twice[0]}' occurs twice. Expected a different one for each class. {REMEDY}"
        )
    return names


def split(
    batches: Sequence[bytes], where: Sequence[str], classes: int, names: str, label_bytes: int = 1, at: int = 0
) -> Split:
    """Records as a `Split`: images uint8 (N, 32, 32, 3) and labels int64 (N,).

    where: the file of each batch, for messages. names: the file of the class names, for messages. label_bytes: the
    number of bytes before the pixels of a record. at: the label's place among them. Raises EaselError for a batch of
    the wrong size and for a label without a class name.
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
