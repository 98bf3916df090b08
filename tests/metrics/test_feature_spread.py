"""The spread of features."""

import numpy as np
import pytest

from easel.metrics import fid
from easel.metrics.feature_spread import distinct_rows, participation_ratio


@pytest.mark.parametrize(
    ("variances", "expected"), [([1.0, 1.0, 1.0], 3.0), ([4.0, 0.0, 0.0], 1.0), ([1.0, 3.0], 1.6), ([0.0, 0.0], 0.0)]
)
def test_effective_number_of_directions(variances, expected):
    mean = np.ones(len(variances))
    assert participation_ratio(mean, np.diag(variances)) == pytest.approx(expected)
    turn, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(len(variances),) * 2))
    assert participation_ratio(mean, turn @ np.diag(variances) @ turn.T) == pytest.approx(expected)


def test_rounding_is_no_variation(random):
    """The features of a broken network in float32, up to their last digit."""
    features = (100.0 + 1e-6 * random.normal(size=(500, 8))).astype(np.float32)
    assert participation_ratio(*fid.statistics(features)) == 0.0
    assert participation_ratio(*fid.statistics(100.0 + 0.1 * random.normal(size=(500, 8)))) > 7.0


def test_distinct_rows():
    assert distinct_rows(np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]])) == 2
    with pytest.raises(ValueError, match="must be finite"):
        distinct_rows(np.array([[np.nan]]))
