"""The judge `classifier`: a small convolutional network, trained to classify the dataset whose samples it judges.

Its features are those of the last stage, averaged over the image and its mirror image if the dataset is `mirrorable`.
It needs no download and fits every dataset with classes; its values compare only with others of the same trained
network.

network.py    the network, and a trained one as a judge
training.py   its training
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.judges.classifier import ClassifierSettings

CHECKED = 10_000  # training images, at most, for the training accuracy


def make(
    settings: ClassifierSettings, dataset: Path, weights: Path, label: str, threads: int, gpus: int
) -> dict[str, Any]:
    """Train the network on a prepared dataset (dataset.json), and measure its accuracy on both splits."""
    from easel import keras_files
    from easel.data.prepared import load_split
    from easel.judges.classifier.network import Classifier
    from easel.judges.classifier.training import train
    from easel.runtime.errors import EaselError
    from easel.runtime.files import read_json
    from easel.training.devices import choose_precision, use_devices

    data = read_json(dataset)
    if len(data["classes"]) < 2:
        raise EaselError(
            f"{dataset}: the dataset has one class, and the judge 'classifier' learns to tell classes apart; use "
            "judge: inception"
        )
    use_devices(threads, gpus, label, branches=2)
    splits = {split: load_split(dataset.parent, split) for split in ("train", "test")}
    precision = choose_precision("auto", loss_scaling=False)

    started = time.monotonic()
    trained = train(*splits["train"], len(data["classes"]), settings, precision, label)
    seconds = time.monotonic() - started
    judge = Classifier(trained)
    keras_files.save(trained, weights)
    return {
        "dataset": data["name"],
        "test_accuracy": judge.accuracy(*splits["test"]),
        "train_accuracy": judge.accuracy(*(array[:CHECKED] for array in splits["train"])),
        "feature_dim": judge.feature_dim,
        "parameters": trained.count_params(),
        "seconds": round(seconds, 3),
        "precision": precision,
    }


def load(weights: Path) -> judges.Judge:
    """The trained network as a judge."""
    from easel.judges.classifier import network

    return network.load(weights)


@dataclass(frozen=True)
class ClassifierFacts(judges.Facts, kind="classifier"):
    """The dataset that a classifier was trained on, and its accuracy on the test images, 0..1."""

    dataset: str
    test_accuracy: float


def facts(record: Mapping[str, Any]) -> ClassifierFacts:
    """The judge's facts, from its classifier.json."""
    return ClassifierFacts(record["dataset"], record["test_accuracy"])
