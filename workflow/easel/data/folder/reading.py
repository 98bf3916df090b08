"""A folder of pictures as the two splits of a dataset, with an account of every file."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.data.folder import near_duplicates
from easel.data.folder.chance import split_position
from easel.data.folder.decode import Outcome
from easel.data.folder.listing import ONLY_CLASS, Picture, find
from easel.data.folder.near_duplicates import NearDuplicates
from easel.data.folder.problems import KINDS, Problem, by_kind, count_problems
from easel.data.folder.workers import decode_all
from easel.data.picture_files import printable_name
from easel.data.prepared import Split
from easel.data.sizes import FEWEST
from easel.runtime.errors import EaselError

COLUMNS = ("file", "split", "row", "width", "height", "crop", "problems")
NOT_OPENED = Outcome(False, [])
COPIED = 2**24  # bytes of images copied at a time


class Dataset(NamedTuple):
    """A folder read as a dataset."""

    classes: list[str]
    splits: dict[str, Split]
    """ "train" and "test"; their images are mapped from .npy files in the scratch folder."""
    folders: dict[str, list[str]]
    """The folders that each split was read from; empty if the pictures were split at random."""
    account: dict[str, Any]
    """The section `files` of dataset.json."""
    table: str
    """files.tsv: a line for each file."""
    near: NearDuplicates
    near_table: str
    """near_duplicates.tsv: a line for each pair of pictures that look alike."""


def read(
    folder: Path,
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    scratch: Path,  # an empty folder on a disk with room for twice the dataset's pixels
    processes: int,
    started: Callable[[int], Callable[[int], Any]],  # given the number of files, what to call with how many are done
) -> Dataset:
    """Read a folder of pictures.

    Of pictures with the same pixels in the dataset, only the first by name is taken. A picture is in the split that its
    folder names. If folders name no splits, it is in the test split if a hash of its file's bytes and the seed is below
    `test_fraction`, so it stays in its split when others are added or removed, and at every image size. Only in a class
    that would have no training image, the picture with the highest hash is used for training.

    With `near_duplicates: drop`, training pictures that look like one for testing are left out.

    Raises EaselError for a folder that cannot be read or whose splits or classes are not clear, and if fewer than 10
    pictures are left for either split.
    """
    try:
        listing = find(folder, settings["classes"], settings["follow_links"], settings["splits"])
    except OSError as error:
        raise EaselError(
            f"{folder}: cannot be read: {error.strerror}. Expected a folder or a zip of pictures."
        ) from error
    if not listing.pictures:
        raise EaselError(f"{folder}: found no picture{reasons_left_out(listing.problems)}.")
    pixels = scratch / "pixels.npy"
    images = new_array(pixels, len(listing.pictures), settings["image_size"])
    names = [picture.name for picture in listing.pictures]
    outcomes = decode_all(folder, names, pixels, settings, processes, started(len(names)))
    problems = listing.problems + [
        Problem(kind, name) for name, outcome in zip(names, outcomes, strict=True) for kind in outcome.kinds
    ]
    kept, repeated = without_repetitions(listing.pictures, outcomes)
    problems += repeated
    used = {listing.pictures[row].group for row in kept}
    groups = [group for group in listing.classes if group in used]
    if listing.classes != [ONLY_CLASS]:  # which is no folder
        problems += [Problem("empty_class", f"{group}/") for group in listing.classes if group not in used]
    if listing.splits:
        sides = sides_of_folders(listing.pictures, kept)
        require_training_images(folder, listing.pictures, sides)
    else:
        sides = sides_by_chance(listing.pictures, outcomes, kept, settings["seed"], settings["test_fraction"])
    near = near_duplicates.among(outcomes, sides)
    if settings.get("near_duplicates") == "drop":
        sides, left_out = near_duplicates.without_leaks(listing.pictures, sides, near)
        problems += [Problem("near_duplicate", names[row], names[other]) for row, other in left_out.items()]
        kept = [row for row in kept if row not in left_out]
    require_enough(folder, sides, problems, None if listing.splits else settings["test_fraction"])

    label_of = {group: label for label, group in enumerate(groups)}
    splits: dict[str, Split] = {}
    places: dict[str, tuple[str, int]] = {}
    for side, rows in sides.items():
        chosen = new_array(scratch / f"{side}.npy", len(rows), settings["image_size"])
        together = max(1, COPIED // images[0].nbytes)
        for start in range(0, len(rows), together):
            chosen[start : start + together] = images[rows[start : start + together]]
        chosen.flush()
        labels = np.array([label_of[listing.pictures[row].group] for row in rows], np.int64)
        splits[side] = Split(chosen, labels)
        places |= {names[row]: (side, place) for place, row in enumerate(rows)}
    pixels.unlink()
    folders = {
        side: [printable_name(name) for name in listing.splits if listing.splits[name] == side]
        for side in sides
        if listing.splits
    }
    return Dataset(
        [printable_name(group) for group in groups],
        splits,
        folders,
        account(len(kept), problems),
        table(places, dict(zip(names, outcomes, strict=True)), problems),
        near,
        near_duplicates.table(listing.pictures, sides, near),
    )


def new_array(file: Path, count: int, side: int) -> np.memmap:
    """A new .npy file of uint8 (count, side, side, 3), mapped into memory.

    Its disk space is allocated at once, because a process that writes there on a full disk would be killed.
    """
    array = np.lib.format.open_memmap(file, "w+", np.uint8, (count, side, side, 3))
    if hasattr(os, "posix_fallocate"):
        with open(file, "r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, os.fstat(stream.fileno()).st_size)
    return array


def without_repetitions(pictures: Sequence[Picture], outcomes: Sequence[Outcome]) -> tuple[list[int], list[Problem]]:
    """The rows of distinct pictures that are taken, and a problem for each duplicate."""
    first: dict[str, int] = {}
    kept, repeated = [], []
    for row, outcome in enumerate(outcomes):
        if not outcome.taken:
            continue
        same = first.setdefault(outcome.pixels, row)
        if same == row:
            kept.append(row)
        else:
            kind = kind_of_duplicate(pictures[row], pictures[same])
            repeated.append(Problem(kind, pictures[row].name, pictures[same].name))
    return kept, repeated


def kind_of_duplicate(picture: Picture, first: Picture) -> str:
    """The kind of problem that a duplicate of another picture is."""
    if picture.split != first.split:
        return "duplicate_split"
    return "duplicate_across" if picture.group != first.group else "duplicate"


def sides_of_folders(pictures: Sequence[Picture], kept: Sequence[int]) -> dict[str, list[int]]:
    """The rows of each split, in their order, where folders name the splits."""
    return {side: [row for row in kept if pictures[row].split == side] for side in ("train", "test")}


def require_training_images(folder: Path, pictures: Sequence[Picture], sides: Mapping[str, Sequence[int]]) -> None:
    """Refuse a class of which only test pictures can be used."""
    train, test = ({pictures[row].group for row in sides[side]} for side in ("train", "test"))
    if alone := sorted(test - train):
        raise EaselError(
            f"{folder}: no training picture of the class '{printable_name(alone[0])}' can be used, but there are test "
            "pictures of it. Add training pictures, or remove its test pictures."
        )


def sides_by_chance(
    pictures: Sequence[Picture], outcomes: Sequence[Outcome], kept: Sequence[int], seed: int, test_fraction: float
) -> dict[str, list[int]]:
    """The rows of each split, in their order, where no folder names the splits."""
    position = {row: split_position(outcomes[row].content, seed) for row in kept}
    last = {pictures[row].group: row for row in sorted(kept, key=lambda row: (position[row], row))}  # of each class
    test = {row for row in kept if position[row] < test_fraction} - set(last.values())
    return {"train": [row for row in kept if row not in test], "test": [row for row in kept if row in test]}


def require_enough(
    folder: Path,
    sides: Mapping[str, Sequence[int]],
    problems: Sequence[Problem],
    test_fraction: float | None,  # None: folders name the splits
) -> None:
    """Refuse a dataset that is too small to train on or to judge by."""
    train, test = len(sides["train"]), len(sides["test"])
    dropped = sum(problem.kind == "near_duplicate" for problem in problems)
    if dropped and min(train, test) < FEWEST:
        raise EaselError(
            f"{folder}: {train + dropped} pictures for training and {test} for testing, but {dropped} of those for "
            f"training look like one for testing and were left out. Expected at least {FEWEST} of each: set "
            "'near_duplicates: keep', or add pictures that look different."
        )
    if train + test < 2 * FEWEST:
        raise EaselError(
            f"{folder}: {train + test} pictures are left. Expected at least {2 * FEWEST}: {FEWEST} for training and "
            f"{FEWEST} for testing{reasons_left_out(problems)}."
        )
    if min(train, test) < FEWEST:
        by_chance = test_fraction is not None
        how = f"with a 'test_fraction' of {test_fraction:g}" if by_chance else "as its folders name the splits"
        remedy = "change 'test_fraction', or add pictures" if by_chance else "add pictures, or set 'splits: none'"
        raise EaselError(
            f"{folder}: {train} pictures for training and {test} for testing, {how}. Expected at least {FEWEST} of "
            f"each: {remedy}{'' if by_chance else reasons_left_out(problems)}."
        )


def reasons_left_out(problems: Sequence[Problem]) -> str:
    """The end of an error message: the files that were left out, if any."""
    reasons = count_problems(by_kind(problems))
    return f". Left out: {reasons}" if reasons else ""


def account(kept: int, problems: Sequence[Problem]) -> dict[str, Any]:
    """The section `files` of dataset.json."""
    left_out = sum(not KINDS[problem.kind].taken and problem.kind != "empty_class" for problem in problems)
    return {"taken": kept, "left_out": left_out, "problems": by_kind(problems)}


def table(places: Mapping[str, tuple[str, int]], outcomes: Mapping[str, Outcome], problems: Sequence[Problem]) -> str:
    """files.tsv, tab-separated: each file with its split and row, empty if left out, its size, crop and problems.

    The size is that of the upright picture, in pixels, and the crop the part of it that was kept: left, top, right and
    bottom, from 0 to 1.
    """
    of_file: dict[str, list[str]] = {name: [] for name in places}
    for problem in problems:
        same = f" as {printable_name(problem.other)}" if problem.other else ""
        of_file.setdefault(problem.name, []).append(problem.kind + same)
    lines = ["\t".join(COLUMNS)]
    for name in sorted(of_file, key=os.fsencode):
        side, row = places.get(name, ("", ""))
        outcome = outcomes.get(name, NOT_OPENED)
        size = outcome.size or ("", "")
        crop = " ".join(f"{edge:g}" for edge in outcome.crop)
        lines.append("\t".join(map(str, [printable_name(name), side, row, *size, crop, "; ".join(of_file[name])])))
    return "\n".join(lines) + "\n"
