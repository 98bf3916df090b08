"""Training images of each class."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from easel.images import grid
from easel.report.figures.image_grids import embedded_image, picture, with_transparent_gaps
from easel.report.figures.samples import CLASS_PIXELS, MAX_CLASSES
from easel.report.page.html import Html, figure, side_by_side
from easel.report.page.numbers import joined_with_and, plural
from easel.texts import Text, say


def training_examples(dataset_folder: Path, dataset: dict) -> Html | None:
    """Some training images of each class (up to MAX_CLASSES); the dataset's preview if its arrays are gone.

    dataset: the content of dataset.json in `dataset_folder`.
    """
    arrays = training_arrays(dataset_folder)
    if arrays is None:
        alt = say("pictures.preview", name=dataset["name"])
        return picture(dataset_folder / "preview.png", alt, source_caption(dataset["source"]))
    images, labels = arrays
    pixels = len(dataset["classes"][:MAX_CLASSES]) * images.shape[1] * images.shape[2]
    columns = int(np.clip(np.sqrt(CLASS_PIXELS / pixels), 1, 4))
    found = []
    for label, name in enumerate(dataset["classes"][:MAX_CLASSES]):
        chosen = images[np.flatnonzero(labels == label)[: columns**2]]
        if len(chosen):
            sheet = with_transparent_gaps(grid(chosen, columns), images.shape[1:3])
            alt = say("pictures.training_images", n=len(chosen), name=name)
            found.append(figure(embedded_image(sheet, alt, 2, images.shape[2]), name))
    return side_by_side(found, 9)


def mixed_training_images(dataset_folder: Path, n: int) -> np.ndarray | None:
    """Training images of every class in turn, at most n: uint8 (N, H, W, 3); None if the arrays are gone."""
    arrays = training_arrays(dataset_folder)
    if arrays is None:
        return None
    images, labels = arrays
    return images[of_every_class(labels, n)]


def of_every_class(labels: np.ndarray, n: int) -> list[int]:
    """At most n places in labels (N,), of every class in turn.

    Those of a class are spread evenly over it: in a folder, pictures with similar names are often alike.
    """
    by_class = np.argsort(labels, kind="stable")
    classes = np.split(by_class, np.flatnonzero(np.diff(labels[by_class])) + 1)
    counts = np.array([len(own) for own in classes])
    each = -(-n // len(classes))
    while np.minimum(counts, each).sum() < min(n, len(labels)):  # some classes have fewer
        each += 1
    spread = [own[np.arange(min(each, len(own))) * len(own) // min(each, len(own))] for own in classes]
    return [int(own[turn]) for turn in range(each) for own in spread if turn < len(own)][:n]


def training_arrays(dataset_folder: Path) -> tuple[np.ndarray, np.ndarray] | None:
    """The training images, uint8 (N, H, W, 3), and labels, int (N,), of a dataset; None if they are gone."""
    files = [dataset_folder / f"train_{kind}.npy" for kind in ("images", "labels")]
    if not all(file.is_file() for file in files):
        return None
    images, labels = (np.load(file, mmap_mode="r") for file in files)
    return images, labels


def source_caption(source: Mapping[str, Any]) -> Text:
    """The origin of a dataset's images. source: `source` of dataset.json."""
    if source["kind"] == "archives":
        return say("pictures.sources.archives", files=joined_with_and(sorted(source["sha256"])))
    if source["kind"] == "folder":
        known = {"pictures": plural(source["pictures"], "picture"), "folder": source["folder"]}
        if "splits" not in source:
            return say("pictures.sources.folder", **known)
        train, test = (joined_with_and(source["splits"][split]) for split in ("train", "test"))
        return say("pictures.sources.folder_with_splits", **known, train=train, test=test)
    return say("pictures.sources.drawn", seed=str(source["seed"]))
