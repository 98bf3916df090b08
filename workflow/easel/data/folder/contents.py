"""What a folder of pictures holds, as something to compare: it changes when what the dataset is made of does."""

import hashlib
import json
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

from easel.data.folder.listing import find
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, read_json

WHOLE = 2**18  # bytes up to which all of a file is read
BLOCK, BLOCKS = 2**13, 24  # of a larger one: so many bytes at so many places, the first and the last among them
THREADS = 8  # more than cores: on a network's file system, each file is waited for
TOGETHER = 256  # files that a thread is handed at a time

Known = dict[str, list[int | str]]
"""By a file's name: its size, its time in ns, the digest of its content."""


def describe(folder: Path, settings: Mapping[str, Any], known: Path) -> dict[str, Any]:
    """The number of pictures, their bytes, and a digest of all names and contents; the same wherever the folder lies.

    settings: of these `labels` and `follow_links`. known: a file that keeps the digests between calls, with the size
    and the time of each picture, so that only those are read that are new or whose size or time is another. Times
    alone make no difference. Of a picture with more than 256 KiB 24 blocks are read; an edit that keeps its size and
    all of those goes unnoticed. What is hidden does not count. A folder that is gone is as it was when it was last
    seen; what cannot be read is a kind of its own, not an error.
    """
    before = remembered(known)
    same_folder = before.get("folder") == os.fspath(folder)
    try:
        if not folder.is_dir():
            return before["found"] if same_folder else {"kind": "missing"}
        listing = find(folder, settings["labels"], settings["follow_links"])
    except OSError:
        return {"kind": "unreadable"}
    names = sorted(
        {picture.name for picture in listing.pictures}
        | {problem.name for problem in listing.problems if problem.kind == "outside_classes"},
        key=os.fsencode,
    )
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
    if now != before:
        with suppress(OSError, EaselError), atomic(known) as partial:  # the disk may be full, or closed
            partial.write_text(json.dumps(now), encoding="ascii")  # which also has names that are no Unicode
    return found


def remembered(known: Path) -> dict[str, Any]:
    """What the last call has kept; nothing where there is none, or it is damaged."""
    try:
        return read_json(known)
    except (OSError, ValueError):
        return {}


def digests(folder: Path, names: list[str], before: Known) -> Known:
    """Size, time and digest of each file, read where it is not as it was before."""

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
