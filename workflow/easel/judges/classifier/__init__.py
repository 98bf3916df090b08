"""The judge `classifier`: a small convolutional network, trained to classify the dataset whose samples it judges.

Images that the network tells apart lie apart in its features: the last stage, averaged over the image and its mirror
image. It needs no download and fits every dataset; its distances are comparable only with others of the same trained
network.
"""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import Field

from easel import judges

CHECKED = 10_000  # training images, at most, for the training accuracy


class Settings(judges.Settings):
    """A small network that the workflow trains to classify the dataset; its last features are compared."""

    weights: ClassVar = "classifier.keras"
    learns: ClassVar = True
    knows_classes: ClassVar = True
    without_cost: ClassVar = {"epochs": 1, "stop_at_accuracy": 2.0, "learning_rate": 0.01, "seed": 0}

    kind: Literal["classifier"]
    """`classifier`: a network trained on the dataset itself."""
    epochs: int = Field(18, ge=1)
    """Passes over the training images, at most."""
    stop_at_accuracy: float = Field(0.99, gt=0)
    """Training ends after an epoch in which this fraction of the training images was recognised; above 1: never."""
    width: int = Field(32, ge=1)
    """Channels: the three stages have 1.5, 4 and 8 times as many, and the features 8 times as many numbers."""
    batch_size: int = Field(128, ge=2)
    """Images per step."""
    learning_rate: float = Field(0.3, gt=0)
    """The highest learning rate of SGD with momentum, reached after a rise and followed by a cosine decay to 0."""
    seed: int = Field(0, ge=0, lt=2**31)
    """Of the weights at the start and of the order, mirroring and shifts of the images."""

    @property
    def feature_dim(self) -> int:
        return 8 * self.width

    @property
    def megaflops(self) -> float:
        return 2 * self.forward

    @property
    def training_megaflops(self) -> float:
        return 3 * self.forward

    @property
    def forward(self) -> float:
        """MFLOP of an image through the network, as counted in it."""
        return self.width * (0.027808 + 0.125568 * self.width)

    @property
    def passes(self) -> int:
        return self.epochs


def make(settings: Settings, dataset: Path, weights: Path, label: str, threads: int, gpus: int) -> dict[str, Any]:
    """Train the network on a prepared dataset (its dataset.json), and see how well it classifies both splits."""
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
            f"{dataset}: the dataset has one class, and the judge 'classifier' learns to tell classes apart. Judge by "
            "'inception', which needs none."
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
    """The trained network, ready to judge."""
    from easel.judges.classifier import network

    return network.load(weights)


def note(record: Mapping[str, Any]) -> str:
    """What a table says of the judge, from its classifier.json."""
    return f"trained on {record['dataset']}, {100 * record['test_accuracy']:.1f} % test accuracy"
