"""Published values next to computed ones."""

import numpy as np
import pytest

from easel.config.judges.base import KnownAnswer
from easel.evaluation.calibration import calibrate
from easel.metrics import fid


@pytest.fixture
def answers(known):
    moments = [known[f"{split}_{of}"] for split in ("train", "test") for of in ("mean", "covariance")]
    right = fid.frechet_distance(*moments)
    return [
        KnownAnswer("fid", "test", right + 0.01, 0.05, "somebody"),
        KnownAnswer("inception_score", "train", float(known["train_inception_score"][0]) + 1, 0.05, "somebody else"),
    ]


def test_computed_values_are_compared_with_published_ones(known, answers):
    right, wrong = calibrate(known.statistics, answers, official=True)
    assert (right["metric"], right["as_published"], right["n"], right["reference_n"]) == ("fid", True, 150, 600)
    assert right["published"] - right["value"] == pytest.approx(0.01)
    assert (wrong["metric"], wrong["as_published"], wrong["reference_n"]) == ("inception_score", False, None)


def test_another_dataset_has_no_verdict(known, answers):
    found = calibrate(known.statistics, answers, official=False)
    assert [row["as_published"] for row in found] == [None, None]
    assert np.isfinite([row["value"] for row in found]).all()
