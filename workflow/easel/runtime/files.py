"""Atomic writes: a reader finds the old file or the whole new one, never a partial file. JSON and checksums."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from easel.runtime.errors import DamagedFile, EaselError

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_MESSAGES = ("requested and", "Not enough free space", "errno = 28")  # NumPy (small, large arrays), HDF5


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path next to `path`; on success flush it to disk and rename it to `path`.

    The temporary name has the suffix of `path`, because some libraries choose a format by it. On an exception the
    temporary file is removed and `path` stays as it was. Raises EaselError if the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield partial
        _flush(partial)
        os.replace(partial, path)
        with suppress(OSError):  # not possible on some network file systems
            _flush(path.parent)  # so that the new name survives a power cut, too
    except OSError as error:
        if disk_is_full(error):
            free = shutil.disk_usage(path.parent).free / 1e6
            raise EaselError(
                f"{path}: the disk is full ({free:,.1f} MB free); this file was not written. "
                "Free some space, or move results/ to a larger disk, and run the same command again."
            ) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Flush the content of a file, or the names in a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disk_is_full(error: OSError) -> bool:
    """True if `error` means that the disk or the quota is full.

    NumPy and HDF5 report it in the message only, without an errno.
    """
    return error.errno in DISK_FULL or any(part in str(error) for part in DISK_FULL_MESSAGES)


def copy(source: str | Path, path: str | Path) -> None:
    """Copy a file's bytes to `path`.

    A hard link would save space, but a damaged file could not be made again from the other.
    """
    with atomic(path) as partial:
        shutil.copyfile(source, partial)


def discard(path: Path) -> None:
    """Delete a file that nobody will want back.

    It is emptied first: a cloud drive moves deleted files to a trash that takes space for weeks. A file with other
    names (hard links) is not emptied.
    """
    if path.stat().st_nlink == 1:
        os.truncate(path, 0)
    path.unlink()


def write_json(path: str | Path, value: object) -> None:
    """Write `value` as indented JSON. Raises ValueError for NaN and infinity, which JSON does not have."""
    with atomic(path) as partial:
        partial.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: str | Path) -> dict:
    """Read a JSON file written by an earlier step. Raises DamagedFile where it is no JSON any more."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # of JSON, or of its encoding
        raise DamagedFile(
            f"{path}: damaged or cut short ({error}). Delete it, and the same command makes it again"
        ) from error


def read_if_whole(path: str | Path) -> dict:
    """Read a JSON file of which nothing is known: empty if it is missing, or damaged, or no mapping."""
    try:
        found = read_json(path)
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def remember(file: str | Path, before: object, now: object) -> None:
    """Write what `read_if_whole` is to find next time, if it differs from what it has found, `before`.

    In ASCII, which also covers names that are not valid Unicode. The next call can do without it: the disk may be full
    or read-only.
    """
    if now != before:
        with suppress(OSError, EaselError), atomic(file) as partial:
            partial.write_text(json.dumps(now), encoding="ascii")


def hashing_threads() -> int:
    """The number of files to hash in parallel: hashing releases the GIL, but more than a few make a disk seek."""
    return min(8, os.cpu_count() or 1)


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
