"""Checks of a dataset that is a folder of pictures, from the names of its files. A failure is a `ConfigError`."""

import os
from pathlib import Path

from easel.config.datasets import Dataset, Folder
from easel.data.folder.archive import ArchiveError
from easel.data.folder.layout import LayoutError, by_folder, listed
from easel.data.folder.listing import Listing, listing_of
from easel.data.folder.problems import Problem, by_kind, count_problems
from easel.study.messages import ConfigError

BY_CHANCE = ("test_fraction", "seed")
"""Settings of the random split."""


def check_folder(dataset: Dataset, where: str, prepared: bool) -> None:
    """Refuse a folder with an unclear layout, without a picture, or with splits beside settings of a random split.

    where: the start of the message, `study.yaml: datasets.birds`. prepared: its arrays are there, so that the folder
    itself may be out of reach.
    """
    if not isinstance(dataset, Folder):
        return
    try:
        listing = listing_of(dataset.path, dataset.classes, dataset.follow_links, dataset.splits)
    except LayoutError as error:
        raise ConfigError(f"{where}: {error}") from None
    except ArchiveError as error:
        raise ConfigError(f"{where}.path: {error}") from None
    except OSError as error:
        if prepared:
            return
        raise ConfigError(f"{where}.path: {dataset.path} cannot be read: {error.strerror}") from None
    if not listing.pictures and not prepared:
        reasons = count_problems(by_kind(listing.problems))
        raise ConfigError(f"{where}.path: {dataset.path} has no picture{f'. Left out: {reasons}' if reasons else ''}")
    by_chance = ("test_fraction",) if dataset.fit == "random_crop" else BY_CHANCE
    both = [key for key in by_chance if key in dataset.model_fields_set]
    if listing.splits and both:
        raise ConfigError(
            f"{where}: '{both[0]}' is for a random split, but the folders {listed(listing.splits)} of {dataset.path} "
            f"are its splits; remove '{both[0]}', or set 'splits: none' if the folders are classes"
        )


def why_one_class(dataset: Folder) -> str:
    """The reason for which a folder has one class only, as a clause; "" if it has several, or is out of reach."""
    if dataset.classes == "none":
        return "with 'classes: none'"
    try:
        listing = listing_of(dataset.path, dataset.classes, dataset.follow_links, dataset.splits)
    except OSError:
        return ""
    if len(listing.classes) > 1 or not listing.pictures:
        return ""
    place = f"{dataset.path} has" if not listing.splits else f"the splits of {dataset.path} have"
    folders = sorted(class_folders_of(listing))
    seen = f"only one folder with pictures, {listed(folders)}" if folders else "no folder for each"
    linked = [problem.name for problem in listing.problems if is_linked_folder(dataset.path, problem)]
    if linked:
        names = f"{listed(linked)} {'is a link' if len(linked) == 1 else 'are links'}"
        seen += f" ({names} to a folder elsewhere, followed only with 'follow_links: true')"
    return f"as {place} {seen}"


def class_folders_of(listing: Listing) -> set[str]:
    """The folders that could be classes if there were several."""
    skipped = 1 if listing.splits else 0
    inside = ("/".join(picture.name.split("/")[skipped:]) for picture in listing.pictures)
    return set(by_folder(inside)[1])


def is_linked_folder(path: str, problem: Problem) -> bool:
    """True for a link to a folder, directly in a folder of pictures or one level below, that was not followed."""
    linked = problem.kind in ("outside_link", "repeated_folder")
    return linked and problem.name.count("/") < 2 and os.path.isdir(Path(path) / problem.name)
