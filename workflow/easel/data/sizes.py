"""How large a dataset is, before it is there."""

from pathlib import Path
from typing import NamedTuple

from easel.config.datasets import Cifar10Binary, Dataset
from easel.files import read_json

CIFAR10 = {"train": 50_000, "test": 10_000}
"""Images in the splits of the archive that the layout `cifar10_binary` is named after."""


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

    An archive of one's own can hold other numbers of images than CIFAR-10's; that shows once it is prepared.
    """
    record = folder / "dataset.json"
    if record.is_file():
        found = read_json(record)
        counts = {split: found["splits"][split]["images"] for split in ("train", "test")}
        return Sizes(tuple(found["image_shape"]), **counts, classes=len(found["classes"]))
    counts = (
        CIFAR10 if isinstance(dataset, Cifar10Binary) else {"train": dataset.train_images, "test": dataset.test_images}
    )
    return Sizes((32, 32, 3), **counts, classes=10)
