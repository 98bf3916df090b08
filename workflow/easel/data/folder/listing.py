"""The pictures in a folder, the class of each, and the folder's other files."""

import os
import stat
from collections.abc import Container, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from easel.data.folder import archive
from easel.data.folder.layout import SPLITS, Layout, LayoutError, understand
from easel.data.folder.problems import Problem
from easel.data.picture_files import is_hidden, kind_of_name, printable_name, readable, suffix_of

ONLY_CLASS = "all images"


class Picture(NamedTuple):
    """A file that should be a picture, from its name."""

    name: str
    """Relative to the folder, with "/" between its parts, as the operating system gives it."""
    group: str
    """Its class."""
    split: str = ""
    """"train" or "test", if its folder says so."""


class Listing(NamedTuple):
    """The content of a folder."""

    pictures: list[Picture]
    """Sorted by the bytes of their names, which gives the same order on every machine."""
    classes: list[str]
    """Sorted in the same way; classes without a file are among the problems."""
    problems: list[Problem]
    splits: dict[str, str]
    """Folder -> "train" or "test", if the folders are splits."""


def find(folder: Path, classes: str, follow_links: bool, splits: str) -> Listing:
    """List a folder, or a zip of one, and all folders below it.

    classes, splits: as in `easel.config.datasets.Folder`; layout.py says what the folders mean. No file is opened.
    Links within the folder are followed, links out of it only with `follow_links`. Each folder is read once, so
    circular links end. Hidden files and folders are skipped. Raises OSError if `folder` itself cannot be read,
    ArchiveError for a damaged zip, and LayoutError if its splits or classes are not clear.
    """
    names, problems = [], []
    packed = archive.is_archive(folder)
    for name, kind in archive.walk(folder) if packed else walk(folder, follow_links):
        if kind:
            problems.append(Problem(kind, name))
        else:
            names.append(name)
    names.sort(key=os.fsencode)
    try:
        layout = understand(folder, names, classes, splits)
    except LayoutError as error:
        if not packed:
            raise
        raise LayoutError(f"{error} (a path cannot lead into a zip: unpack it first, or pack it otherwise)") from None
    if layout.classes:
        placed = [(name, layout.class_of(name)) for name in names]
        pictures = [Picture(name, group, layout.split_of(name)) for name, group in placed if group is not None]
        problems += [Problem("outside_classes", name) for name, group in placed if group is None]
        problems += [Problem("empty_class", f"{name}/") for name in empty_classes(folder, layout, names, follow_links)]
    else:
        pictures = [Picture(name, ONLY_CLASS, layout.split_of(name)) for name in names]
    problems += [Problem("odd_name", name) for name, *_ in pictures if name != printable_name(name)]
    problems.sort(key=lambda problem: os.fsencode(problem.name))
    return Listing(pictures, layout.classes or [ONLY_CLASS], problems, layout.splits)


@cache
def listing_of(folder: str, classes: str, follow_links: bool, splits: str) -> Listing:
    """The same, listed once per process: for what is asked of a folder before its job."""
    return find(Path(folder), classes, follow_links, splits)


def empty_classes(folder: Path, layout: Layout, names: Iterable[str], follow_links: bool) -> set[str]:
    """The folders that would be classes if they had a picture, relative to `folder`."""
    depth = 2 if layout.splits else 1
    full = {"/".join(name.split("/")[:depth]) for name in names}
    places = [f"{split}/" for split in layout.splits] or [""]

    def folders(place: str) -> list[str]:
        packed = archive.is_archive(folder)
        return archive.folders_below(folder, place) if packed else folders_in(folder / place, follow_links)

    return {place + name for place in places for name in folders(place) if place + name not in full}


def folders_in(folder: Path, follow_links: bool) -> list[str]:
    """The visible folders directly in a folder."""
    return [each.name for each in visible(folder) if each.is_dir(follow_symlinks=follow_links)]


def unreachable_part(folder: Path, known: Iterable[str] = ()) -> str:
    """A class or a split that cannot be read, and why, as the end of a sentence about `folder`; "" if there is none.

    Such as a class on another disk that is not mounted. known: names of files that were in the folder; what held some
    of them and is empty now is taken for a mount point. Raises OSError if `folder` itself cannot be read.
    """
    if archive.is_archive(folder):
        return ""
    parents = (name.split("/")[:-1] for name in known)
    return unreachable_in(folder, "", {"/".join(parent[:depth]) for parent in parents for depth in (1, 2)})


def unreachable_in(folder: Path, below: str, full: Container[str]) -> str:
    """The same for the folders in a place below `folder`. full: those that held files. Splits hold more folders."""
    for part in visible(folder / below):
        name, shown = below + part.name, printable_name(below + part.name)
        if part.is_symlink() and not os.path.exists(part.path) and suffix_of(part.name) not in readable():
            target = os.readlink(part.path)
            return f"has the link '{shown}' to {target}, which does not exist (remove the link if it is not needed)"
        try:
            if not part.is_dir():
                continue
            if not visible(part.path) and name in full:
                return f"has the empty folder '{shown}', which had pictures (is its disk mounted? Or remove the folder)"
        except OSError as error:
            return f"has the folder '{shown}', which cannot be read: {error.strerror}"
        is_split = not below and part.name.casefold() in SPLITS
        if is_split and (why := unreachable_in(folder, f"{name}/", full)):
            return why
    return ""


def visible(folder: str | Path) -> list[os.DirEntry]:
    """The entries of a folder that are not hidden, by name."""
    with os.scandir(folder) as entries:
        return sorted((each for each in entries if not is_hidden(each.name)), key=lambda each: os.fsencode(each.name))


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
    if is_hidden(entry.name):
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
    return kind_of_name(entry.name)
