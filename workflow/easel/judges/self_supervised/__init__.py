"""The judge `self_supervised`: a small network that is trained on the dataset's images without their labels.

It learns to recognise an image by a crop of it, by as many different signs as it can, and to tell how it was turned and
mirrored. So it judges any images, with classes or without, is not blind to colour, mirroring or fine texture, and does
not ask of samples what a classifier asks. Its features are that code, and what the pixels and its first stage show,
each divided by its deviation over training images.

network.py    the network
training.py   its training
views.py      what it is shown
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from easel import judges
from easel.config.judges.base import reduced_size
from easel.config.judges.self_supervised import SelfSupervisedSettings

if TYPE_CHECKING:
    import keras
    import numpy as np

CHECKED = 1_000  # images of the other split, at most, of which it is shown two views


def make(
    settings: SelfSupervisedSettings, dataset: Path, weights: Path, label: str, threads: int, gpus: int
) -> dict[str, Any]:
    """Train the network on a split of a prepared dataset, and measure its accuracy on the other."""
    from easel import keras_files
    from easel.data.prepared import load_split
    from easel.judges import training
    from easel.judges.devices import use_training_devices
    from easel.judges.self_supervised.training import course, finished
    from easel.runtime.files import read_json
    from easel.training.devices import choose_precision, device_used

    data = read_json(dataset)
    use_training_devices(threads, gpus, label)
    train, test = (load_split(dataset.parent, split) for split in ("train", "test"))
    seen, unseen = (train, test) if settings.split == "train" else (test, train)
    precision = choose_precision("auto", loss_scaling=False)

    started = time.monotonic()
    planned = course(*seen, len(data["classes"]), settings, precision)
    training.run(planned, label)
    trained = finished(planned, train.images, settings)
    seconds = time.monotonic() - started
    keras_files.save(trained, weights)
    return {
        "dataset": data["name"], "image_shape": data["image_shape"], "split": settings.split,
        "accuracy": accuracies(planned.network, unseen.images[:CHECKED], settings.seed),
        "feature_dim": settings.feature_dim, "parameters": trained.count_params(), "precision": precision,
        "device": device_used(), "seconds": round(seconds, 3),
    }  # fmt: skip


def accuracies(network: "keras.Model", images: "np.ndarray", seed: int) -> dict[str, float]:
    """What a network in training tells of views of images uint8 (N, S, S, C), reduced to its size: shares, 0..1.

    `orientation`: the views whose orientation it tells. `image`: the second views whose code is nearest to that of the
    same image's first view, of all N.
    """
    import numpy as np
    import tensorflow as tf

    from easel.judges.networks import reduced
    from easel.judges.self_supervised.views import views
    from easel.judges.training import accuracy

    shown, answers = views(tf.constant(reduced(images, network.input_shape[1])), (seed, 0))
    (first, turned, _), (second, turned_too, _) = (network(some, training=False) for some in tf.split(shown, 2))
    squares = tf.reduce_sum(tf.square(first), axis=1) - 2 * tf.matmul(second, first, transpose_b=True)
    nearest = tf.argmin(squares, axis=1).numpy()
    return {
        "orientation": float(np.mean(accuracy(answers, tf.concat([turned, turned_too], axis=0)))),
        "image": float(np.mean(nearest == np.arange(len(images)))),
    }


def load(weights: Path) -> judges.Judge:
    """The trained network as a judge."""
    from easel.judges.networks import NetworkJudge, load_network

    return NetworkJudge(load_network(weights), reduces=True)


@dataclass(frozen=True)
class SelfSupervisedFacts(judges.Facts, kind="self_supervised"):
    """The dataset and the split that the judge was trained on."""

    dataset: str
    split: str


@dataclass(frozen=True)
class ReducedSelfSupervisedFacts(SelfSupervisedFacts, kind="reduced_self_supervised"):
    """The same of a judge that sees images reduced to `seen` pixels a side."""

    seen: int


def facts(record: Mapping[str, Any]) -> SelfSupervisedFacts:
    """The judge's facts, from its self_supervised.json."""
    about, size = (record["dataset"], record["split"]), record["image_shape"][0]
    seen = reduced_size(size)
    return SelfSupervisedFacts(*about) if seen == size else ReducedSelfSupervisedFacts(*about, seen)
