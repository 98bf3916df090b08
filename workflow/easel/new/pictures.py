"""The pictures in a folder: how many, of which classes, how large, and what is left out."""

import os
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from easel.config.datasets import Folder
from easel.data.folder.archive import ArchiveError, is_archive
from easel.data.folder.decode import Outcome
from easel.data.folder.listing import Listing, Picture, listing_of
from easel.data.folder.near_duplicates import among
from easel.data.folder.problems import KINDS, Problem, by_kind, count_problems
from easel.data.folder.reading import new_array, sides_by_chance, sides_of_folders, without_repetitions
from easel.data.folder.workers import decode_all
from easel.data.picture_files import no_folder, printable_name
from easel.data.sizes import FEWEST
from easel.planning.machine import CORES
from easel.runtime.errors import EaselError

LOOKED_AT = 600
"""Pictures that are decoded, at most; of more, as many are chosen at random."""
LARGE = 64
"""The larger `image_size` that is chosen; a picture whose shorter side has as many pixels is not enlarged."""
FRACTIONS = tuple(hundredth / 100 for hundredth in range(10, 91))
"""Values of `test_fraction` that are tried, in this order."""


class Pictures(NamedTuple):
    """The content of a folder, as far as a study depends on it."""

    folder: str
    """An absolute path."""
    classes_from: str
    splits: str
    """`classes` and `splits` of `easel.config.datasets.Folder`."""
    files: int
    """Files that look like pictures."""
    looked_at: int
    """Of these, the ones that were decoded."""
    usable: int
    """Of those, the ones that can be used: different pictures that can be decoded."""
    small: int
    """Of the usable ones, those that would be enlarged to LARGE pixels."""
    classes: list[str]
    """Printable names of the folders that are classes; empty if there are fewer than two."""
    train: int
    test: int
    """Usable pictures of each split: counted, or estimated where not all were decoded."""
    test_fraction: float | None
    """A fraction that leaves enough for both splits; None if folders are the splits."""
    problems: list[Problem]
    """Of all files, what their names tell; and of those decoded, why they are left out."""
    oblong: int = 0
    """Of the usable ones, those that are not square, and so are cropped."""
    alike: int = 0
    """Pairs of a training and a test picture, among those decoded, that look alike."""

    @property
    def left_out(self) -> str:
        """The files that are left out, in a phrase; "" if there are none."""
        return count_problems(by_kind(self.problems))


def look_at(data: str, classes_from: str = "folders", splits: str = "auto") -> Pictures:
    """Look at a folder or a zip of pictures. data: its path, as typed.

    classes_from, splits: `classes` and `splits` of `easel.config.datasets.Folder`. Raises LayoutError where classes or
    splits are not clear, and EaselError for anything but a folder with enough pictures.
    """
    folder = os.path.abspath(os.path.expanduser(data))
    if not os.path.isdir(folder) and not (is_archive(folder) and os.path.isfile(folder)):
        raise EaselError(f"DATA: {no_folder(folder)}")
    check_is_utf8(folder)
    try:
        listing = listing_of(folder, classes_from, False, splits)
    except ArchiveError as error:
        raise EaselError(f"DATA: {error}") from None
    except OSError as error:
        raise EaselError(f"DATA: {folder} cannot be read: {error.strerror}") from error
    settings = Folder(format="folder", path=folder, image_size=LARGE, classes=classes_from, splits=splits)  # type: ignore[arg-type]
    some = chosen(listing.pictures)
    outcomes = decoded(settings, some)
    kept, repeated = without_repetitions(some, outcomes)
    problems = listing.problems + repeated + [
        Problem(kind, picture.name)
        for picture, outcome in zip(some, outcomes, strict=True)
        for kind in outcome.kinds
        if not KINDS[kind].taken
    ]  # fmt: skip
    fraction, sides = split(listing, some, outcomes, kept, settings.seed)
    found = Pictures(
        folder=folder,
        classes_from=classes_from,
        splits=splits,
        files=len(listing.pictures),
        looked_at=len(some),
        usable=len(kept),
        small=sum("enlarged" in outcomes[row].kinds for row in kept),
        classes=classes_with_pictures(listing, some, kept),
        train=round(len(sides["train"]) * len(listing.pictures) / max(1, len(some))),
        test=round(len(sides["test"]) * len(listing.pictures) / max(1, len(some))),
        test_fraction=fraction,
        problems=problems,
        oblong=sum(bool(outcomes[row].crop) for row in kept),
        alike=among(outcomes, sides).across if min(map(len, sides.values())) else 0,
    )
    require_enough(found)
    return found


def check_is_utf8(folder: str) -> None:
    """Refuse a path that no YAML file can hold."""
    try:
        folder.encode()
    except UnicodeEncodeError:
        raise EaselError(f"DATA: the path {folder!a} is not UTF-8; rename it") from None


def chosen(pictures: Sequence[Picture]) -> list[Picture]:
    """The pictures to decode: all, or LOOKED_AT of them, in their order."""
    rows = range(len(pictures))
    return [pictures[row] for row in sorted(random.Random(0).sample(rows, min(LOOKED_AT, len(rows))))]


def decoded(settings: Folder, pictures: Sequence[Picture]) -> list[Outcome]:
    """What becomes of each picture in the dataset. Its pixels are not kept."""
    if not pictures:
        return []
    with tempfile.TemporaryDirectory() as scratch:
        pixels = Path(scratch) / "pixels.npy"
        new_array(pixels, len(pictures), settings.image_size)
        names = [picture.name for picture in pictures]
        return decode_all(Path(settings.path), names, pixels, settings.model_dump(), CORES, lambda count: None)


def split(
    listing: Listing, pictures: Sequence[Picture], outcomes: Sequence[Outcome], kept: Sequence[int], seed: int
) -> tuple[float | None, dict[str, list[int]]]:
    """The test fraction, and the rows of the decoded pictures in each split. kept: the rows of usable pictures."""
    if listing.splits:
        return None, sides_of_folders(pictures, kept)
    for fraction in FRACTIONS:
        sides = sides_by_chance(pictures, outcomes, kept, seed, fraction)
        if min(map(len, sides.values())) >= FEWEST:
            break
    return fraction, sides


def classes_with_pictures(listing: Listing, pictures: Sequence[Picture], kept: Sequence[int]) -> list[str]:
    """The classes of a folder that was decoded as a whole which have a usable picture; all classes of a larger one."""
    used = {pictures[row].group for row in kept}
    whole = len(pictures) == len(listing.pictures)
    classes = [printable_name(name) for name in listing.classes if name in used or not whole]
    return classes if len(classes) > 1 else []


def require_enough(found: Pictures) -> None:
    """Refuse a folder with too few usable pictures."""
    why = f". Left out: {found.left_out}" if found.left_out else ""
    if not found.files:
        raise EaselError(f"DATA: {found.folder} has no picture{why}")
    if not found.usable or found.train + found.test < 2 * FEWEST:
        raise EaselError(
            f"DATA: {found.folder} has {found.usable} different {'picture' if found.usable == 1 else 'pictures'} that "
            f"can be used; it takes {2 * FEWEST}, {FEWEST} for training and {FEWEST} for testing. Add pictures{why}"
        )
    if min(found.train, found.test) < FEWEST:
        raise EaselError(
            f"DATA: {found.folder} has {found.train} usable pictures for training and {found.test} for testing; it "
            f"takes {FEWEST} of each. Add pictures{why}"
        )
