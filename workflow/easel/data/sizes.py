"""A dataset's sizes: as prepared, as expected before that, or at most."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.config.datasets import Dataset, Folder, Published, Sizes
from easel.data.folder.archive import ArchiveError
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import listing_of
from easel.runtime.files import read_if_whole

FEWEST = 10
"""Images of a split, at least, as of the drawn datasets."""


def sizes_of(dataset: Dataset, folder: Path) -> Sizes:
    """The sizes in `folder`/dataset.json; the expected ones if the dataset is not prepared yet, or that is damaged."""
    record = record_in(folder)
    return in_record(record) if record else expected(dataset)


def record_in(folder: Path) -> dict[str, Any]:
    """The dataset.json in `folder`; empty if there is none, or a damaged one, which Snakemake will make again."""
    record = read_if_whole(folder / "dataset.json")
    try:
        in_record(record)
    except (KeyError, TypeError):
        return {}
    return record


def in_record(record: Mapping[str, Any]) -> Sizes:
    """The sizes that a dataset.json states."""
    counts = {split: record["splits"][split]["images"] for split in ("train", "test")}
    return Sizes(tuple(record["image_shape"]), **counts, classes=len(record["classes"]))


def record_of_same_files(dataset: Dataset, folder: Path) -> dict[str, Any] | None:
    """The dataset.json in `folder`, if it describes the files of this published dataset; None otherwise."""
    record = record_in(folder)
    if not isinstance(dataset, Published) or not record:
        return None
    checksums = {source.sha256 for source in dataset.archives.values()}
    match record.get("source"):
        case {"sha256": dict(files)} if set(map(str, files.values())) == checksums:
            return record
    return None


def expected(dataset: Dataset) -> Sizes:
    """The sizes of a dataset that is not prepared: as published; of a folder, from the names of its files."""
    if not isinstance(dataset, Folder):
        return dataset.expected_sizes
    try:
        listing = listing_of(dataset.path, dataset.classes, dataset.follow_links, dataset.splits)
    except (OSError, LayoutError, ArchiveError):  # whoever reads the pictures will say so
        return Sizes((dataset.image_size, dataset.image_size, 3), 0, 0, 1)
    by_chance = round(dataset.test_fraction * len(listing.pictures))
    test = sum(picture.split == "test" for picture in listing.pictures) if listing.splits else by_chance
    train = len(listing.pictures) - test
    return Sizes((dataset.image_size, dataset.image_size, 3), train, test, len(listing.classes))
