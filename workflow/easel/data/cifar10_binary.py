"""The layout of `cifar-10-binary.tar.gz`: five training batches, one test batch and the class names.

A record is 3,073 bytes: one label byte, then 1,024 red, 1,024 green and 1,024 blue bytes, each plane in
row-major order (https://www.cs.toronto.edu/~kriz/cifar.html). Any number of records per batch will do.
"""

import gzip
import tarfile
import zlib
from pathlib import Path, PurePosixPath

import numpy as np

from easel.data.prepared import Split
from easel.errors import EaselError

SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE
NAMES = "batches.meta.txt"
TRAIN = [f"data_batch_{number}.bin" for number in range(1, 6)]
TEST = ["test_batch.bin"]
REMEDY = "Use the binary version of the dataset; after changing an archive of your own, change its 'sha256' too."


def read(archive: str | Path) -> tuple[list[str], dict[str, Split]]:
    """Read an archive: the class names, and the splits "train" and "test".

    Nothing is unpacked to disk. An archive that is truncated, not in this layout or not safe is an
    `EaselError` that names the archive and the file in it.
    """
    members = read_members(Path(archive))
    classes = class_names(members[NAMES], f"{archive}: {NAMES}")
    return classes, {
        "train": split([members[file] for file in TRAIN], [f"{archive}: {file}" for file in TRAIN], len(classes)),
        "test": split([members[file] for file in TEST], [f"{archive}: {file}" for file in TEST], len(classes)),
    }


def read_members(archive: Path) -> dict[str, bytes]:
    """The content of the layout's files, by name without folder."""
    wanted = {NAMES, *TRAIN, *TEST}
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
                if name in wanted:
                    members[name] = tar.extractfile(member).read()
            # gzip's checksum stands behind the data, where a reader of tar does not come.
            while stream.read(2**20):
                pass
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise EaselError(
            f"{archive}: cannot be read as a gzipped tar archive: {error}. Expected a whole file in the layout of "
            f"cifar-10-binary.tar.gz, found {archive.stat().st_size:,} bytes that are truncated, damaged or of "
            "another kind. Get the file again and check its SHA-256."
        ) from error
    if missing := sorted(wanted - members.keys()):
        raise EaselError(
            f"{archive}: lacks {', '.join(missing)}. Expected {TRAIN[0]} to {TRAIN[-1]}, {TEST[0]} and {NAMES}, found "
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
    """One class name per line; blank lines do not count."""
    names = [line.strip() for line in text.decode(errors="replace").splitlines() if line.strip()]
    if not names:
        raise EaselError(f"{where}: no class names. Expected one per line, found none. {REMEDY}")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EaselError(
            f"{where}: the class name '{twice[0]}' is there twice. Expected one of its own per class. {REMEDY}"
        )
    return names


def split(batches: list[bytes], where: list[str], classes: int) -> Split:
    """Records as images uint8 (N, 32, 32, 3) and labels int64 (N,); `where` names each batch in messages."""
    for data, place in zip(batches, where, strict=True):
        if len(data) % RECORD or not data:
            raise EaselError(
                f"{place}: wrong size. Expected records of {RECORD:,} bytes (a label and 3 × {SIDE} × {SIDE} pixels), "
                f"found {len(data):,} bytes: {len(data) // RECORD:,} records and {len(data) % RECORD:,} bytes. "
                + REMEDY
            )
        labels = np.frombuffer(data, np.uint8)[::RECORD]
        if len(wrong := np.flatnonzero(labels >= classes)):
            raise EaselError(
                f"{place}: label out of range. Expected 0 to {classes - 1} ({classes} names in {NAMES}), "
                f"found {labels[wrong[0]]} in record {wrong[0]:,} (counting from 0), the first of {len(wrong):,}. "
                + REMEDY
            )
    images = np.empty((sum(map(len, batches)) // RECORD, SIDE, SIDE, 3), np.uint8)
    labels = np.empty(len(images), np.int64)
    done = 0
    for data in batches:
        records = np.frombuffer(data, np.uint8).reshape(-1, RECORD)
        labels[done : done + len(records)] = records[:, 0]
        planes = records[:, 1:].reshape(-1, 3, SIDE, SIDE)  # (n, C, H, W)
        images[done : done + len(records)] = planes.transpose(0, 2, 3, 1)  # (n, H, W, C)
        done += len(records)
    return Split(images, labels)
