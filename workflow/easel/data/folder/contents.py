"""A digest of a folder of pictures that changes when the pictures do."""

import hashlib
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import Any

from easel.data.folder.archive import ArchiveError, is_archive, opened
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import find, unreachable_part
from easel.runtime.files import read_if_whole, remember

KEPT = ".contents.json"
"""The file beside a dataset's arrays in which `describe` keeps what it finds."""

WHOLE = 2**18  # bytes; smaller files are read completely
BLOCK, BLOCKS = 2**13, 24  # of larger files: bytes per block, and blocks, evenly spread from start to end
THREADS = 8  # more than cores, because a network file system makes each file wait
TOGETHER = 256  # files per task of a thread

Known = dict[str, list[int | str]]
"""File name -> size in bytes, modification time in ns, digest of the content."""


def describe(folder: Path, settings: Mapping[str, Any], known: Path) -> dict[str, Any]:
    """The number of pictures in a folder or a zip, their bytes, and a digest of all names and contents.

    It does not depend on the folder's path.

    settings: `classes`, `splits` and `follow_links` are used. known: a file that keeps the digests between calls, with
    each picture's size and time, so that only pictures that are new or whose size or time changed are read. A changed
    time alone does not change the result. Of pictures above 256 KiB, 24 blocks are read, so an edit that keeps the size
    and these blocks goes unnoticed. Hidden files do not count. A folder that is out of reach counts as unchanged: it
    does not exist, is closed as a whole or in part, or has no picture, such as an empty mount point, or a class that
    had pictures has nothing any more. One that never was in reach, or whose layout is unclear, gets a kind of its own
    instead of an error.
    """
    before = read_if_whole(known)
    same_folder = before.get("folder") == os.fspath(folder) and "found" in before
    unchanged = before["found"] if same_folder else {"kind": "out_of_reach"}
    try:
        if unreachable_part(folder, files_before(known)):
            return unchanged
        listing = find(folder, settings["classes"], settings["follow_links"], settings["splits"])
    except (LayoutError, ArchiveError):
        return {"kind": "unclear"}
    except OSError:
        return unchanged
    if not listing.pictures:
        return unchanged
    names = sorted(
        {picture.name for picture in listing.pictures}
        | {problem.name for problem in listing.problems if problem.kind == "outside_classes"},
        key=os.fsencode,
    )
    if is_archive(folder):
        files = packed_digests(folder, names)
    else:
        files = digests(folder, names, before.get("files", {}) if same_folder else {})
    total = hashlib.sha256()
    for name in names:
        total.update(os.fsencode(name) + f"\0{files[name][0]}\0{files[name][2]}\n".encode())
    for problem in listing.problems:
        if problem.kind != "hidden":
            total.update(os.fsencode(problem.name) + f"\0{problem.kind}\n".encode())
    found = {"kind": "folder", "files": len(names), "bytes": sum(int(size) for size, _, _ in files.values())}
    found["digest"] = total.hexdigest()[:16]
    now = {"folder": os.fspath(folder), "found": found, "files": files}
    remember(known, before, now)
    return found


def files_before(known: Path) -> list[str]:
    """The names of the files that the last call of `describe` found; none if that is not known."""
    return list(read_if_whole(known).get("files", ()))


def digests(folder: Path, names: list[str], before: Known) -> Known:
    """Size, time and digest of each file. Files that are as before are not read."""

    def of(name: str) -> list[int | str]:
        path = os.path.join(folder, name)
        try:
            status = os.stat(path)
            size, changed = status.st_size, status.st_mtime_ns
            if (known := before.get(name)) and known[:2] == [size, changed]:
                return known
            return [size, changed, content(path, size)]
        except OSError:
            return [0, 0, "unreadable"]

    def of_some(start: int) -> list[list[int | str]]:
        return [of(name) for name in names[start : start + TOGETHER]]

    with ThreadPoolExecutor(THREADS) as threads:
        found = threads.map(of_some, range(0, len(names), TOGETHER))
        return dict(zip(names, chain.from_iterable(found), strict=True))


def packed_digests(folder: Path, names: list[str]) -> Known:
    """The same of files in a zip, whose list of contents has a checksum of each. Times do not count."""
    members = opened(folder).members
    return {name: [members[name].file_size, 0, f"{members[name].CRC:08x}"] for name in names}


def content(path: str, size: int) -> str:
    """A digest of a file's content: 16 hexadecimal digits."""
    found = hashlib.blake2b(digest_size=8)
    with open(path, "rb", buffering=0) as stream:
        if size <= WHOLE:
            found.update(stream.read(WHOLE))
        else:
            for block in range(BLOCKS):
                stream.seek((size - BLOCK) * block // (BLOCKS - 1))
                found.update(stream.read(BLOCK))
    return found.hexdigest()
