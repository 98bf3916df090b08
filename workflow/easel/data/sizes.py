"""A dataset's sizes: as prepared, as expected before that, or at most."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.config.datasets import Dataset, Folder, Published, Sizes
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import listing_of
from easel.runtime.files import read_json

FEWEST = 10
"""Images of a split, at least, as of the drawn datasets."""


def sizes_of(dataset: Dataset, folder: Path) -> Sizes:
    """The sizes in `folder`/dataset.json; the expected ones if the dataset is not prepared yet."""
    record = folder / "dataset.json"
    return in_record(read_json(record)) if record.is_file() else expected(dataset)


def in_record(record: Mapping[str, Any]) -> Sizes:
    """The sizes that a dataset.json states."""
    counts = {split: record["splits"][split]["images"] for split in ("train", "test")}
    return Sizes(tuple(record["image_shape"]), **counts, classes=len(record["classes"]))


def record_of_same_files(dataset: Dataset, folder: Path) -> dict[str, Any] | None:
    """The dataset.json in `folder`, if it describes the files of this published dataset; None otherwise."""
    record = folder / "dataset.json"
    if not isinstance(dataset, Published) or not record.is_file():
        return None
    found = read_json(record)
    checksums = {source.sha256 for source in dataset.archives.values()}
    return found if set(found.get("source", {}).get("sha256", {}).values()) == checksums else None


def expected(dataset: Dataset) -> Sizes:
    """The sizes of a dataset that is not prepared: as published; of a folder, from the names of its files."""
    if not isinstance(dataset, Folder):
        return dataset.expected_sizes
    try:
        listing = listing_of(dataset.path, dataset.labels, dataset.follow_links, dataset.splits)
    except (OSError, LayoutError):  # whoever reads the pictures will say so
        return Sizes((dataset.image_size, dataset.image_size, 3), 0, 0, 1)
    by_chance = round(dataset.test_fraction * len(listing.pictures))
    test = sum(picture.split == "test" for picture in listing.pictures) if listing.splits else by_chance
    train = len(listing.pictures) - test
    return Sizes((dataset.image_size, dataset.image_size, 3), train, test, len(listing.classes))
