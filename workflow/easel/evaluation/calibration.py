"""Answers that are known, and whether they come out here: whoever has the real judge can check the whole protocol.

Known answers are numbers that the field has published for a dataset: `JudgeSettings.known_answers`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from easel.config.judges.base import KnownAnswer
from easel.metrics import fid, inception_score


def calibrate(
    reference: Mapping[str, np.ndarray], known: Iterable[KnownAnswer], official: bool
) -> list[dict[str, Any]]:
    """What comes out here, beside what should.

    reference: reference.npz. official: whether the dataset is, to the byte, the one that the answers are for; of
    another one they are shown, and not judged.
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
        value, images, against = found[answer.metric, answer.of]
        near = abs(value - answer.value) <= answer.tolerance
        rows.append(
            {
                "metric": answer.metric, "of": answer.of, "value": value, "n": images, "against_train_n": against,
                "published": answer.value, "tolerance": answer.tolerance, "source": answer.source,
                "as_published": near if official else None,
            }
        )  # fmt: skip
    return rows
