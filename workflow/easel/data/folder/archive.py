"""A zip of pictures, read where it lies: nothing is unpacked onto the disk.

An archive may come from anyone. Its names are never opened as paths, so none can lead out of it; a picture is unpacked
into memory alone, and never beyond a limit; only stored and deflated files are read, because Python's decoders of other
compressions unpack what they are given as a whole. Where all files are in one folder, as most programs pack them, that
folder is taken for the archive.
"""

import errno
import io
import os
import stat
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from easel.data.picture_files import is_hidden, kind_of_name
from easel.runtime.errors import EaselError

READ = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENCRYPTED = 0x1 | 0x40  # flags of a file in an archive
BYTES_PER_PIXEL = 4
"""A file may unpack to so many bytes for each of `max_pixels`: what a picture has without compression."""


class ArchiveError(EaselError):
    """A zip that cannot be read at all."""


class TooLongError(Exception):
    """A file that would unpack to more than a picture can need."""


class Archive(NamedTuple):
    """The content of a zip."""

    file: zipfile.ZipFile
    members: dict[str, zipfile.ZipInfo]
    """Every file that should be a picture, from its name: relative to the archive's only folder if there is one."""
    problems: list[tuple[str, str]]
    """Of every other file, its name and the kind of problem."""
    folders: set[str]
    """The folders, the empty ones too, relative as above, and without a "/" at the end."""


def is_archive(path: str | os.PathLike) -> bool:
    """True for the path of a zip, from its name, which a folder may have, too."""
    return os.fspath(path).lower().endswith(".zip") and not os.path.isdir(path)


def opened(path: str | os.PathLike) -> Archive:
    """A zip, opened once as long as it does not change. Raises ArchiveError if it is none, and OSError."""
    status = os.stat(path)
    return opened_as(os.fspath(path), status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=1)
def opened_as(path: str, size: int, changed: int) -> Archive:
    """The same, of a size and time of change."""
    try:
        file = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, EOFError) as error:
        why = "is empty" if not size else "is damaged, or no zip"
        raise ArchiveError(
            f"{path} {why} ({str(error).rstrip('.') or type(error).__name__}). Make it again, or name a folder"
        ) from None
    entries = {}
    problems = []
    for info in file.infolist():
        name = plain_name(info)
        if not name:
            problems.append((os.fsdecode(info.filename.encode()), "elsewhere"))
        elif name in entries and not info.is_dir():
            problems.append((name, "repeated_name"))
        if name:
            entries[name] = info
    within = only_folder(entries)
    members, folders, hidden = {}, set(), set()
    for name, info in entries.items():
        if within.startswith(f"{name}/"):
            continue
        inside = name.removeprefix(within)
        parts = inside.split("/")
        if (first := next((i for i, part in enumerate(parts) if is_hidden(part)), None)) is not None:
            hidden.add("/".join(parts[: first + 1]))
            continue
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        folders.update(above)
        if info.is_dir():
            folders.add(inside)
        elif kind := kind_of(info, inside):
            problems.append((inside, kind))
        else:
            members[inside] = info
    problems = [(name.removeprefix(within), kind) for name, kind in problems] + [(name, "hidden") for name in hidden]
    return Archive(file, members, problems, folders)


def plain_name(info: zipfile.ZipInfo) -> str:
    """The name of a file in an archive, with "/" between its parts; "" for one that leads out of the archive."""
    name = info.filename if "/" in info.filename else info.filename.replace("\\", "/")  # of old programs for Windows
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if name.startswith("/") or ".." in parts or not parts or parts[0].endswith(":"):
        return ""
    return os.fsdecode("/".join(parts).encode())  # as the operating system would give the name of a file on its disk


def only_folder(names: dict[str, zipfile.ZipInfo]) -> str:
    """The folder that all visible files are in, and none is beside, with a "/" at its end; "" if there is none."""
    files = [name for name, info in names.items() if not info.is_dir()]
    within = ""
    while True:
        inside = [name.removeprefix(within) for name in files]
        visible = [name for name in inside if not is_hidden(name.partition("/")[0])]
        first = {name.partition("/")[0] for name in visible}
        if len(first) != 1 or any("/" not in name for name in visible):
            return within
        within += f"{first.pop()}/"
        files = [name for name in files if name.startswith(within)]


def kind_of(info: zipfile.ZipInfo, name: str) -> str:
    """The problem with a file in an archive, from what the archive says of it; "" for a picture."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "elsewhere"
    kind = kind_of_name(name)
    if not kind and (info.flag_bits & ENCRYPTED or info.compress_type not in READ):
        return "sealed"
    return kind


def walk(path: str | os.PathLike) -> Iterator[tuple[str, str]]:
    """Yield every file's name and its problem, or "" if it should be a picture. Raises ArchiveError and OSError."""
    archive = opened(path)
    yield from ((name, "") for name in archive.members)
    yield from archive.problems


def folders_below(path: str | os.PathLike, place: str) -> list[str]:
    """The folders directly in a place in an archive, which is "" or ends in "/"."""
    inside = (name.removeprefix(place) for name in opened(path).folders if name.startswith(place))
    return [name for name in inside if name and "/" not in name]


def read(path: str | os.PathLike, name: str, most: int) -> io.BytesIO:
    """A file in an archive, unpacked into memory, most `most` bytes of it.

    Raises TooLongError for a longer one, FileNotFoundError if it is not there any more, and whatever a damaged archive
    makes Python raise.
    """
    archive = opened(path)
    if (info := archive.members.get(name)) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    if info.file_size > most:
        raise TooLongError
    with archive.file.open(info) as stream:  # which ends where the header says, and then compares the checksum
        return io.BytesIO(stream.read(most + 1))
