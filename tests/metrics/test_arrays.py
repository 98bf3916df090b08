"""The arrays that metrics accept as features."""

import numpy as np
import pytest

from easel.metrics.arrays import blocks, checked, mean_of, require_same_dimensions


def test_blocks_cut_all_rows():
    assert list(blocks(7, 3)) == [slice(0, 3), slice(3, 6), slice(6, 7)]
    assert list(blocks(6, 3)) == [slice(0, 3), slice(3, 6)]
    assert list(blocks(0, 3)) == []


def test_features_are_handed_on_as_they_are():
    features = np.ones((3, 2), np.float32)
    assert checked(features) is features


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.zeros(5), r"features must be real numbers of shape \(n, d\), found float64 \(5,\)"),
        (np.zeros((5, 0)), r"shape \(n, d\), found float64 \(5, 0\)"),
        (np.zeros((5, 2), complex), "real numbers"),
        (np.array([["a", "b"]]), "real numbers"),
        (np.zeros((1, 2)), "features must be at least 2, found 1"),
        (np.array([[0.0, 1.0], [np.inf, 1.0]]), "features must be finite"),
        (np.array([[0.0, np.nan], [0.0, 1.0]]), "features must be finite"),
    ],
)
def test_bad_features_are_refused(features, message):
    with pytest.raises(ValueError, match=message):
        checked(features, 2)


def test_what_is_not_finite_is_found_in_every_block(small_blocks):
    features = np.zeros((100, 2))
    features[99, 1] = np.nan
    with pytest.raises(ValueError, match="finite"):
        checked(features)


def test_other_dimensions_cannot_be_compared():
    with pytest.raises(ValueError, match="features of 3 and of 4 dimensions"):
        require_same_dimensions(np.zeros((5, 3)), np.zeros((5, 4)))


def test_the_mean_is_taken_in_float64(random, small_blocks):
    features = (1e4 + random.normal(size=(200, 3))).astype(np.float32)
    np.testing.assert_allclose(mean_of(features), features.astype(np.float64).mean(axis=0), rtol=1e-15)
