"""How large a dataset is, before it is there."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from easel.config.datasets import Cifar10Binary, Cifar100Binary, Dataset, Folder, Idx, Shapes, SvhnMat
from easel.data.folder.listing import find
from easel.runtime.files import read_json


class Sizes(NamedTuple):
    """What of a dataset decides the cost of the steps after it."""

    image_shape: tuple[int, int, int]
    """Height, width and channels."""
    train: int
    """Images in the training split."""
    test: int
    classes: int


def sizes_of(dataset: Dataset, folder: Path) -> Sizes:
    """The sizes of a dataset: as its dataset.json in `folder` has them; where there is none yet, as they will be.

    Files of one's own can hold other numbers of images than the published ones; that shows once they are prepared.
    """
    record = folder / "dataset.json"
    if record.is_file():
        found = read_json(record)
        counts = {split: found["splits"][split]["images"] for split in ("train", "test")}
        return Sizes(tuple(found["image_shape"]), **counts, classes=len(found["classes"]))
    return expected(dataset)


def expected(dataset: Dataset) -> Sizes:
    """The sizes of a dataset of which nothing is there yet: as published; of a folder by the names of its files."""
    shape = (32, 32, 3)
    match dataset:
        case Shapes():
            return Sizes(shape, dataset.train_images, dataset.test_images, 10)
        case Cifar10Binary():
            return Sizes(shape, 50_000, 10_000, 10)
        case Cifar100Binary():
            return Sizes(shape, 50_000, 10_000, 100 if dataset.labels == "fine" else 20)
        case Idx():
            return Sizes(shape, 60_000, 10_000, len(dataset.classes) or 10)
        case SvhnMat():
            return Sizes(shape, 73_257, 26_032, 10)
        case Folder():
            pictures, classes = listed(dataset.path, dataset.labels, dataset.follow_links)
            test = round(dataset.test_fraction * pictures)
            return Sizes((dataset.image_size, dataset.image_size, 3), pictures - test, test, classes)


@cache
def listed(folder: str, labels: str, follow_links: bool) -> tuple[int, int]:
    """How many pictures and classes there are in a folder, by the names of its files; none where it is not there."""
    try:
        listing = find(Path(folder), labels, follow_links)
    except OSError:
        return 0, 1
    return len(listing.pictures), len(listing.classes)
