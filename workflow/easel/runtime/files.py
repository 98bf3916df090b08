"""Writing files so that a reader finds the whole new file or the old one, never half of either."""

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from easel.runtime.errors import EaselError

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL_IN_WORDS = ("requested and", "Not enough free space", "errno = 28")  # NumPy (small, large arrays), HDF5


@contextmanager
def atomic(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on success flush it to disk and rename it to `path`.

    The temporary name ends in `path`'s own suffix, for libraries that choose a format by it. On any
    exception the temporary file is removed and `path` is left as it was. A full disk is an `EaselError`.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield partial
        _flush(partial)
        os.replace(partial, path)
        with suppress(OSError):  # some network file systems cannot
            _flush(path.parent)  # so that the new name, too, survives a power cut
    except OSError as error:
        if disk_is_full(error):
            free = shutil.disk_usage(path.parent).free / 1e6
            raise EaselError(
                f"{path}: the disk is full ({free:,.1f} MB free); nothing was kept of this file. "
                "Free some space, or move results/ to a larger disk, and run the same command again."
            ) from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    """Have what was written to a file, or the names in a folder, put on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def disk_is_full(error: OSError) -> bool:
    """Whether `error` says that the disk or the quota is full.

    NumPy and HDF5 say it in words only, without an errno.
    """
    return error.errno in DISK_FULL or any(words in str(error) for words in DISK_FULL_IN_WORDS)


def write_json(path: str | Path, value: object) -> None:
    """Write `value` as indented JSON; NaN and infinity, which JSON does not have, are a ValueError."""
    with atomic(path) as partial:
        partial.write_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def read_json(path: str | Path) -> dict:
    """Read a JSON file written by an earlier step."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def sha256(path: str | Path) -> str:
    """The SHA-256 of a file's bytes, as 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
