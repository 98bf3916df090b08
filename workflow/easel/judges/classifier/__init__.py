"""The judge `classifier`: a small convolutional network, trained to classify the dataset whose samples it judges.

Its features are those of all stages, averaged over the image and its mirror image if the dataset is `mirrorable`.
It needs no download and fits every dataset with classes; its values compare only with others of the same trained
network. So that several machines can compare, one of them trains it and the others fetch its file.

card.py       what the file says of itself
network.py    the network, and a trained one as a judge
training.py   its training
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges.base import reduced_size
from easel.config.judges.classifier import ClassifierSettings
from easel.runtime.errors import EaselError

CHECKED = 10_000  # training images, at most, for the training accuracy


def fetch(settings: ClassifierSettings, file: Path) -> None:
    """Get a classifier.keras from the local path, or from the first URL that has the right one."""
    from easel.data.download import obtain

    obtain(settings.path, settings.urls, settings.sha256, file, of="judge")


def require(
    settings: ClassifierSettings,
    file: Path,
    classes: list[str] | None,
    image_shape: list[int],
    at_most: bool = False,
) -> None:
    """Raise EaselError unless the file is a judge of a dataset with these classes, and images of this shape (H, W, C).

    classes: None if they are not known. at_most: the dataset may lack some of them.
    """
    from easel.judges.classifier import card

    if why := card.mismatch(card.read(file), classes, image_shape, at_most):
        raise EaselError(
            f"{file} {why}. Use the file of a judge of this dataset, or leave out 'urls', 'path' and 'sha256', so that "
            "a judge is trained here"
        )


def make(
    settings: ClassifierSettings, source: Path, weights: Path, label: str, threads: int, gpus: int
) -> dict[str, Any]:
    """Train the network on a prepared dataset (source: dataset.json), or copy a trained one (the file of `fetch`)."""
    if not settings.is_fetched:
        return train(settings, source, weights, label, threads, gpus)
    from easel.judges.classifier import card
    from easel.runtime import files

    about = card.read(source)
    files.copy(source, weights)
    return about.model_dump()


def train(
    settings: ClassifierSettings, dataset: Path, weights: Path, label: str, threads: int, gpus: int
) -> dict[str, Any]:
    """Train the network, and measure its accuracy on both splits."""
    from easel import keras_files
    from easel.data.prepared import load_split
    from easel.judges import training
    from easel.judges.classifier import card
    from easel.judges.classifier.network import Classifier
    from easel.judges.classifier.training import course, finished
    from easel.judges.devices import use_training_devices
    from easel.runtime.files import atomic, read_json
    from easel.training.devices import choose_precision, device_used

    data = read_json(dataset)
    if len(data["classes"]) < 2:
        raise EaselError(
            f"{dataset}: the dataset has one class, and the judge 'classifier' learns to tell classes apart; use one "
            "that needs no classes, such as judge: self_supervised"
        )
    use_training_devices(threads, gpus, label)
    splits = {split: load_split(dataset.parent, split) for split in ("train", "test")}
    precision = choose_precision("auto", loss_scaling=False)

    started = time.monotonic()
    planned = course(*splits["train"], len(data["classes"]), settings, precision)
    training.run(planned, label)
    trained = finished(planned, splits["train"].images, settings)
    seconds = time.monotonic() - started
    judge = Classifier(trained)
    about = card.Card(
        dataset=data["name"],
        classes=data["classes"],
        image_shape=data["image_shape"],
        test_accuracy=judge.accuracy(*splits["test"]),
        train_accuracy=judge.accuracy(*(array[:CHECKED] for array in splits["train"])),
        feature_dim=judge.feature_dim,
        parameters=trained.count_params(),
        precision=precision,
    )
    with atomic(weights) as partial:
        keras_files.save(trained, partial)
        card.write(about, partial)
    return {**about.model_dump(), "device": device_used(), "seconds": round(seconds, 3)}


def load(weights: Path) -> judges.Judge:
    """The trained network as a judge."""
    from easel.judges.classifier import network

    return network.load(weights)


@dataclass(frozen=True)
class ClassifierFacts(judges.Facts, kind="classifier"):
    """The dataset that a classifier was trained on, and its accuracy on the test images, 0..1."""

    dataset: str
    test_accuracy: float


@dataclass(frozen=True)
class ReducedClassifierFacts(ClassifierFacts, kind="reduced_classifier"):
    """The same of a judge that sees images reduced to `seen` pixels a side."""

    seen: int


def facts(record: Mapping[str, Any]) -> ClassifierFacts:
    """The judge's facts, from its classifier.json."""
    about, size = (record["dataset"], record["test_accuracy"]), record["image_shape"][0]
    seen = reduced_size(size)
    return ClassifierFacts(*about) if seen == size else ReducedClassifierFacts(*about, seen)
