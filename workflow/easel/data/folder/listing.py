"""The pictures in a folder, the class of each, and the folder's other files."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from easel.data.folder.problems import Problem
from easel.data.picture_files import SUFFIXES, printable_name, suffix_of

ONLY_CLASS = "all images"


class Picture(NamedTuple):
    """A file that should be a picture, from its name."""

    name: str
    """Relative to the folder, with "/" between its parts, as the operating system gives it."""
    group: str
    """Its class."""


class Listing(NamedTuple):
    """The content of a folder."""

    pictures: list[Picture]
    """Sorted by the bytes of their names, which gives the same order on every machine."""
    classes: list[str]
    """Sorted in the same way; classes without a file are among the problems."""
    problems: list[Problem]


def find(folder: Path, labels: str, follow_links: bool) -> Listing:
    """List a folder and all folders below it.

    labels: "folders": each folder directly in `folder` is a class, if at least two of them have a picture; or "none".
    No file is opened. Links within the folder are followed, links out of it only with `follow_links`. Each folder is
    read once, so circular links end. Hidden files and folders (names that start with a dot) are skipped. Raises
    OSError if `folder` itself cannot be read.
    """
    names, problems = [], []
    for name, kind in walk(folder, follow_links):
        if kind:
            problems.append(Problem(kind, name))
        else:
            names.append(name)
    names.sort(key=os.fsencode)
    groups = sorted({name.split("/")[0] for name in names if "/" in name}, key=os.fsencode)
    if labels == "none" or len(groups) < 2:
        pictures, groups = [Picture(name, ONLY_CLASS) for name in names], [ONLY_CLASS]
    else:
        pictures = [Picture(name, name.split("/")[0]) for name in names if "/" in name]
        problems += [Problem("outside_classes", name) for name in names if "/" not in name]
        empty = set(class_folders(folder, follow_links)) - set(groups)
        problems += [Problem("empty_class", f"{name}/") for name in empty]
    problems += [Problem("odd_name", name) for name, _ in pictures if name != printable_name(name)]
    return Listing(pictures, groups, sorted(problems, key=lambda problem: os.fsencode(problem.name)))


def class_folders(folder: Path, follow_links: bool) -> list[str]:
    """The visible folders directly in a folder, which are its classes."""
    with os.scandir(folder) as entries:
        folders = (each.name for each in entries if each.is_dir(follow_symlinks=follow_links))
        return sorted(name for name in folders if not name.startswith("."))


def walk(folder: Path, follow_links: bool) -> Iterator[tuple[str, str]]:
    """Yield every file's name, relative to the folder, and its problem, or "" if it should be a picture."""
    root = os.path.realpath(folder)
    seen = {identity(os.stat(root))}
    waiting = [("", list(os.scandir(root)))]  # the caller handles a folder that cannot be read
    while waiting:
        below, entries = waiting.pop()
        for entry in entries:
            name = below + entry.name
            try:
                kind = kind_of(entry, root, follow_links)
                if kind != "folder":
                    yield name, kind
                    continue
                if (found := identity(os.stat(entry.path))) in seen:
                    yield f"{name}/", "repeated_folder"
                    continue
                seen.add(found)
                waiting.append((f"{name}/", list(os.scandir(entry.path))))
            except OSError:  # no permission, a path too long, a network file system that is gone
                yield name, "closed"


def identity(status: os.stat_result) -> tuple[int, int]:
    """A folder's identity, independent of its path."""
    return status.st_dev, status.st_ino


def kind_of(entry: os.DirEntry, root: str, follow_links: bool) -> str:
    """The problem with an entry of a folder; "" for a picture, "folder" for a folder to read."""
    if entry.name.startswith("."):
        return "hidden"
    if entry.is_symlink():
        try:
            mode = os.stat(entry.path).st_mode
        except OSError:
            return "broken_link"
        target = os.path.realpath(entry.path)
        if target != root and not target.startswith(root + os.sep) and not follow_links:
            return "outside_link"
        if stat.S_ISDIR(mode):
            return "folder" if follow_links else "repeated_folder"
        is_file = stat.S_ISREG(mode)
    elif entry.is_dir():
        return "folder"
    else:
        is_file = entry.is_file()
    if not is_file:
        return "no_file"
    return "" if suffix_of(entry.name) in SUFFIXES else "other_type"
