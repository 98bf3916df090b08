"""Calibration of a judge: published values of a dataset's real images, next to the values computed here.

It checks the judge and the whole protocol. The published values: `JudgeSettings.known_answers`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from easel.config.judges.base import KnownAnswer
from easel.metrics import fid, inception_score


def calibrate(
    reference: Mapping[str, np.ndarray], known: Iterable[KnownAnswer], official: bool
) -> list[dict[str, Any]]:
    """The answers of calibration.json: each published value, and the one computed here.

    reference: reference.npz. official: whether the dataset is byte for byte the one that the values were published for;
    for another, `as_published` is None.
    """
    n = {split: int(reference[f"{split}_n"]) for split in ("train", "test")}
    test_score = inception_score.inception_score(reference["test_logits"])
    moments = [reference[f"{split}_{of}"] for split in ("test", "train") for of in ("mean", "covariance")]
    found = {
        ("inception_score", "train"): (float(reference["train_inception_score"][0]), n["train"], None),
        ("inception_score", "test"): (test_score.value, len(reference["test_logits"]), None),
        ("fid", "test"): (fid.frechet_distance(*moments), n["test"], n["train"]),
    }
    rows = []
    for answer in known:
        value, images, reference_n = found[answer.metric, answer.split]
        near = abs(value - answer.value) <= answer.tolerance
        rows.append(
            {
                "metric": answer.metric, "split": answer.split, "value": value, "n": images, "reference_n": reference_n,
                "published": answer.value, "tolerance": answer.tolerance, "source": answer.source,
                "as_published": near if official else None,
            }
        )  # fmt: skip
    return rows
