"""A dataset's sizes: as prepared, or as expected before that."""

from functools import cache
from pathlib import Path

from easel.config.datasets import Dataset, Folder, Sizes
from easel.data.folder.listing import find
from easel.runtime.files import read_json


def sizes_of(dataset: Dataset, folder: Path) -> Sizes:
    """The sizes in `folder`/dataset.json; the expected ones if the dataset is not prepared yet."""
    record = folder / "dataset.json"
    if record.is_file():
        found = read_json(record)
        counts = {split: found["splits"][split]["images"] for split in ("train", "test")}
        return Sizes(tuple(found["image_shape"]), **counts, classes=len(found["classes"]))
    return expected(dataset)


def expected(dataset: Dataset) -> Sizes:
    """The sizes of a dataset that is not prepared: as published; of a folder, from the names of its files."""
    if not isinstance(dataset, Folder):
        return dataset.expected_sizes
    pictures, classes = count_pictures(dataset.path, dataset.labels, dataset.follow_links)
    test = round(dataset.test_fraction * pictures)
    return Sizes((dataset.image_size, dataset.image_size, 3), pictures - test, test, classes)


@cache
def count_pictures(folder: str, labels: str, follow_links: bool) -> tuple[int, int]:
    """The numbers of pictures and of classes in a folder, from the names of its files; (0, 1) if it does not exist."""
    try:
        listing = find(Path(folder), labels, follow_links)
    except OSError:
        return 0, 1
    return len(listing.pictures), len(listing.classes)
