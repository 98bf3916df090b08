"""Evaluation of a run's samples by every judge of the study: the content of metrics.json."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from easel import judges
from easel.data.prepared import Split, load_split
from easel.evaluation import factors, features, nearest_pairs
from easel.evaluation.baselines import judge_baselines
from easel.evaluation.by_class import ByClass
from easel.evaluation.judge_files import JudgeFiles
from easel.evaluation.reference import Reference
from easel.evaluation.rows import measurements, nearest_training_images, rows
from easel.metrics.catalogue import SAMPLING_KEYS
from easel.runtime.files import read_json


@dataclass(frozen=True)
class Samples:
    """The samples of a run."""

    images: np.ndarray
    """uint8 (n, H, W, 3)"""
    labels: np.ndarray | None
    """int64 (n,): the classes that a conditional generator was asked for; None of other generators"""
    origin: Mapping[str, Any]
    """samples.json: the snapshot, and the sampling settings"""

    @classmethod
    def read(cls, samples: Path, record: Path) -> "Samples":
        """samples: samples.npz. record: samples.json."""
        with np.load(samples) as arrays:
            return cls(arrays["images"], arrays.get("labels"), read_json(record))

    @property
    def sampling(self) -> dict[str, Any]:
        """The sampling settings in effect that make numbers incomparable: truncation and label."""
        return {key: value for key, value in self.origin.get("sampling", {}).items() if key in SAMPLING_KEYS and value}


@dataclass(frozen=True)
class Verdict:
    """One judge's evaluation of a run's samples."""

    judge: str
    rows: list[dict[str, Any]]
    """Rows of metrics.json: of the samples, then of the baselines."""
    by_class: dict[str, Any] | None
    """The entry of `classes`; None where the judge's classes are not the dataset's."""
    pairs: list[dict[str, Any]]
    """The samples nearest to a training image."""


@dataclass(frozen=True)
class Evaluation:
    """The evaluation of a run's samples."""

    record: dict[str, Any]
    """The content of metrics.json, but for the study, run and seed."""
    picture: np.ndarray
    """nearest.png, uint8 (H', W', 3): the samples nearest to a training image, as the first judge sees them."""


def evaluate(
    samples: Samples,
    dataset: Path,  # dataset.json, next to the arrays
    judges: Sequence[JudgeFiles],
    reconstruction: Sequence[Mapping[str, Any]],  # rows on reconstructions, of an autoencoder
    device: Mapping[str, str],  # of TensorFlow, for the record
) -> Evaluation:
    """Compare samples with the training images, by every judge."""
    data, train = read_json(dataset), load_split(dataset.parent, "train")
    verdicts = [judge(samples, train, data["classes"], files, device) for files in judges]
    first = verdicts[0]
    return Evaluation(
        record={
            "samples": samples.origin,
            "metrics": [*(row for verdict in verdicts for row in verdict.rows), *reconstruction],
            "classes": [verdict.by_class for verdict in verdicts if verdict.by_class],
            "factors": factors.table(samples.images, train.images) if data["format"] == "shapes" else None,
            "nearest": {"judge": first.judge, "pairs": first.pairs},
        },
        picture=nearest_pairs.picture(first.pairs, samples.images, train.images),
    )


def judge(
    samples: Samples, train: Split, classes: Sequence[str], files: JudgeFiles, device: Mapping[str, str]
) -> Verdict:
    """One judge's evaluation of samples.

    classes: the names of the dataset's classes. device: of TensorFlow.
    """
    label = f"samples as {files.judge} sees them"
    reference = Reference.read(files.statistics, train.labels)
    about = {"judge": files.judge, "judge_facts": judges.facts(files.weights, read_json(files.record))}
    check = read_json(files.check)
    failures = check["caveats"]
    caveats = [*failures, *samples.origin.get("caveats", [])]
    eye = judges.load(files.weights)
    of_samples = {**about, "device": judges.device_of(eye, device), **samples.sampling}
    knows_classes = judges.knows_classes(files.weights)

    seen = features.outputs(eye, samples.images, label)
    neighbours = nearest_training_images(seen, reference, label)
    measured = measurements(seen, reference, neighbours.distances, label)
    found = rows("samples", seen, measured, of_samples, caveats)
    by_class = None
    if knows_classes:
        each = ByClass(seen, seen.logits.argmax(axis=1), reference, samples.labels)
        found += rows("samples", seen, each.measurements(), of_samples, caveats, each.caveats())
        by_class = {"judge": files.judge, **each.table(classes)}

    baselines = read_json(files.baselines)
    if baselines["n"] == len(samples.images):
        found += baselines["metrics"]
    else:  # external samples, of which there may be fewer
        of_reference = {**about, "device": check["device"]}
        found += judge_baselines(reference, of_reference, knows_classes, len(samples.images), failures)
    pairs = nearest_pairs.most_suspicious(neighbours, reference["test_nearest"])
    return Verdict(files.judge, found, by_class, pairs)
