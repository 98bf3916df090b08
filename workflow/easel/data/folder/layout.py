"""The meaning of the folders in a folder of pictures: splits, classes, or neither. Unclear layouts are refused.

understood                      refused, with the path or the setting that would be right
cat/ dog/                       cat/ with several folders and no picture of its own
train/cat/ train/dog/ test/cat/ cat/train/ cat/test/ (splits inside a class)
train/ test/ with pictures      train/ alone, test/ val/ without train/
                                train/ test/ beside other folders or pictures; seg_train/ seg_test/

A class is a folder; pictures of the splits `test` and `val` are both held out of training.
"""

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from easel.data.picture_files import printable_name
from easel.runtime.errors import EaselError

SPLITS = {
    "train": "train", "training": "train",
    "test": "test", "testing": "test", "val": "test", "valid": "test", "validation": "test", "eval": "test",
    "dev": "test",
}  # fmt: skip
"""The name of a folder, in lower case -> the split that it holds."""

WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")  # of `trainA`, `seg_train` or `TestImages`
NAMED = 3  # folders in an error

Names = list[str]
"""Names of pictures, relative to a folder, with "/" between their parts."""


class LayoutError(EaselError):
    """A folder whose splits or classes are not clear."""


class Layout(NamedTuple):
    """The meaning of the folders in a folder."""

    splits: dict[str, str]
    """Folder directly in it -> "train" or "test"; empty if the folders are no splits."""
    classes: list[str]
    """The folders, directly in it or in its splits, that are classes; empty if all pictures are one class."""

    def split_of(self, name: str) -> str:
        """The split of a picture, from its name; "" if the folders are no splits."""
        return self.splits.get(name.split("/")[0], "")

    def class_of(self, name: str) -> str | None:
        """The folder that is a picture's class; None if it lies outside the class folders, or there are none."""
        parts = name.split("/")[1 if self.splits else 0 : -1]
        return parts[0] if self.classes and parts else None


def understand(folder: Path, names: Names, classes: str, splits: str) -> Layout:
    """The layout of a folder, from the names of its pictures, which are in order.

    classes, splits: as in `easel.config.datasets.Folder`. Raises LayoutError where the names allow several readings.
    """
    beside, below = by_folder(names)
    found = split_folders(folder, beside, below) if splits == "auto" else {}
    if classes == "none":
        return Layout(found, [])
    if found:
        return Layout(found, classes_of_splits(folder, {name: below[name] for name in found}, found, classes))
    return Layout({}, classes_in(folder, below, classes))


def by_folder(names: Iterable[str]) -> tuple[Names, dict[str, Names]]:
    """The names directly in a folder; and of each folder in it, the names there, relative to that one."""
    beside: Names = []
    below: dict[str, Names] = {}
    for name in names:
        first, slash, rest = name.partition("/")
        if slash:
            below.setdefault(first, []).append(rest)
        else:
            beside.append(name)
    return beside, below


# --- splits ------------------------------------------------------------------------------------------------


def split_folders(folder: Path, beside: Names, below: Mapping[str, Names]) -> dict[str, str]:
    """The folders that are splits; none if the folders are not called so."""
    both = {"train", "test"}
    exact = {name: SPLITS[name.casefold()] for name in below if name.casefold() in SPLITS}
    like = {name: split for name in below if (split := split_in(name))}
    if set(exact.values()) == both or (exact and len(exact) == len(below)):
        refuse_others(folder, exact, [name for name in below if name not in exact], beside)
        if set(exact.values()) != both:
            raise LayoutError(f"{folder}: {lone_split(folder, exact)}")
        return exact
    if len(like) == len(below) and set(like.values()) == both:
        raise LayoutError(
            f"{folder}: {listed(like)} look like splits. Rename them to 'train' and 'test', or set 'splits: none' if "
            "they are classes"
        )
    return {}


def refuse_others(folder: Path, splits: Iterable[str], others: Names, beside: Names) -> None:
    """Refuse what lies beside splits: other folders with pictures, or pictures."""
    if others or beside:
        found = f"other folders ({listed(others)})" if others else f"pictures ({listed(beside)})"
        raise LayoutError(
            f"{folder}: beside the splits {listed(splits)} there are {found}. Move them elsewhere, or set 'splits: "
            "none' if all folders are classes"
        )


def split_in(name: str) -> str:
    """The split that a folder's name has as one of its words; "" if it has none."""
    words = [word.casefold() for word in WORD.findall(name)]
    return next((SPLITS[word] for word in words if word in SPLITS), "")


def lone_split(folder: Path, exact: Mapping[str, str]) -> str:
    """The error for split folders of which either none is for training or none is for testing."""
    missing = "test" if "train" in exact.values() else "train"
    if len(exact) > 1:
        return (
            f"the folders {listed(exact)} are called like splits, but none is called '{missing}'. Add one, or set "
            "'splits: none' if they are classes"
        )
    (name,) = exact
    return (
        f"all pictures are in the folder '{name}', which is called like a split, and there is no '{missing}'. "
        f"Set the path to {folder / name}, so that its pictures are split at random, or add '{missing}'"
    )


# --- classes -----------------------------------------------------------------------------------------------


def classes_in(folder: Path, below: Mapping[str, Names], mode: str) -> list[str]:
    """The class folders directly in a folder; none if there are fewer than two."""
    if mode == "folders":
        refuse_folders_inside(folder, below, alone=len(below) == 1)
    return sorted(below, key=os.fsencode) if len(below) > 1 else []


def classes_of_splits(folder: Path, below: Mapping[str, Names], splits: Mapping[str, str], mode: str) -> list[str]:
    """The class folders in the splits: those for training, among which the others must be. None if it is only one."""
    inside = {name: by_folder(names) for name, names in below.items()}
    if mode == "folders":
        for name, (_, deeper) in inside.items():
            refuse_folders_inside(folder / name, deeper, alone=False)
    train = {each for name, (_, deeper) in inside.items() if splits[name] == "train" for each in deeper}
    classes = sorted(train, key=os.fsencode) if len(train) > 1 else []
    for name, (beside, deeper) in inside.items():
        if classes and not deeper:
            raise LayoutError(
                f"{folder}: '{name}' has pictures ({listed(beside)}) and no folders, while training pictures are in "
                f"{listed(classes)}. Sort them into folders of these names, or set 'classes: none'"
            )
        unknown = [each for each in deeper if each not in train]
        if unknown and (train or len(deeper) > 1):
            raise LayoutError(
                f"{folder}: '{name}' has {listed(unknown)}, of which there is no training picture. Every split needs "
                "folders of the same names; or set 'classes: none'"
            )
    return classes


def refuse_folders_inside(folder: Path, below: Mapping[str, Names], alone: bool) -> None:
    """Refuse class folders with splits inside, or with folders that may be the classes. alone: it is the only one."""
    for name, inside in below.items():
        place, beside, deeper = first_choice(name, inside)
        splits = splits_among(deeper)
        if splits and not alone:
            raise LayoutError(
                f"{folder}: '{place}' has {listed(splits)} inside. If these are splits, put the classes into them "
                f"({splits[0]}/{name}); if not, set 'classes: first'"
            )
        if splits or (len(deeper) > 1 and not beside):
            raise LayoutError(f"{folder}: {nested(folder, place, list(deeper), alone)}")


def splits_among(names: Iterable[str]) -> list[str]:
    """The folders that are called like splits."""
    return [name for name in names if name.casefold() in SPLITS]


def first_choice(name: str, inside: Names) -> tuple[str, Names, dict[str, Names]]:
    """The first folder from a folder downwards that holds more than one other folder: its name, and what is in it.

    Archives are often unpacked into a folder in a folder, of which neither has pictures of its own.
    """
    beside, deeper = by_folder(inside)
    while not beside and len(deeper) == 1 and not splits_among(deeper):
        ((only, inside),) = deeper.items()
        name, (beside, deeper) = f"{name}/{only}", by_folder(inside)
    return name, beside, deeper


def nested(folder: Path, name: str, deeper: Sequence[str], alone: bool) -> str:
    """The error for a folder that has folders of its own and no pictures, so that these may be the classes."""
    if alone:
        return (
            f"the only folder with pictures, '{name}', has {listed(deeper)} inside. Set the path to {folder / name}, "
            "or set 'classes: none' if all pictures are one class"
        )
    return (
        f"the folder '{name}' has {listed(deeper)} inside and no picture of its own. If these are the classes, they "
        f"should all be in one folder (for these alone, set the path to {folder / name}); if '{name}' is the class, "
        "set 'classes: first'"
    )


def listed(names: Iterable[str]) -> str:
    """The first few of some names, in quotes."""
    names = list(names)
    shown = [f"'{printable_name(name)}'" for name in names[:NAMED]]
    if len(names) > NAMED:
        return f"{', '.join(shown)} and {len(names) - NAMED:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else shown[0]
