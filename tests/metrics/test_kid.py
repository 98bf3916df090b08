"""KID: other implementations, the definition, and sensitivity."""

import numpy as np
import pytest

from easel.metrics.estimate import SpreadOverSubsets
from easel.metrics.kid import kid, mmd2, standard_error


def by_definition(x: np.ndarray, y: np.ndarray) -> float:
    """Means of the kernel over pairs, one by one."""

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return (float(a @ b) / len(a) + 1.0) ** 3

    within = [
        np.mean([kernel(a, b) for i, a in enumerate(points) for j, b in enumerate(points) if i != j])
        for points in (x, y)
    ]
    return sum(within) - 2.0 * np.mean([kernel(a, b) for a in x for b in y])


def test_the_definition(random):
    x, y = random.normal(size=(71, 4)), random.normal(size=(17, 4)) + 0.5
    assert mmd2(x, y) == pytest.approx(by_definition(x, y), rel=1e-12)


def test_other_implementations(compared):
    samples, reference, expected = compared
    found = kid(samples, reference, subsets=20, size=200)
    for theirs in expected["kid"].values():
        assert found.value == pytest.approx(theirs["mean"], rel=1e-9)
        assert found.uncertainty.value == pytest.approx(theirs["std"], rel=1e-9)


def test_no_bias(random):
    """Of one distribution it is 0 on the average, however few the samples are."""
    found = [mmd2(random.normal(size=(5, 8)), random.normal(size=(7, 8))) for _ in range(3_000)]
    assert abs(np.mean(found)) < 3.0 * np.std(found) / np.sqrt(len(found))
    assert min(found) < 0.0


def test_subsets_take_half_where_there_are_no_more_than_their_size(random):
    samples, reference = random.normal(size=(60, 8)) + 0.5, random.normal(size=(500, 8))
    found = kid(samples, reference, subsets=200, size=100)
    assert found.uncertainty == SpreadOverSubsets(found.uncertainty.value, subsets=200, size=30)
    assert found.uncertainty.value > 0.0
    assert found.value == pytest.approx(mmd2(samples, reference), rel=0.1)
    assert kid(samples, reference, size=60).uncertainty.size == 30
    assert kid(samples, reference, size=59).uncertainty.size == 59


def test_rises_with_a_shift(random):
    reference, samples = random.normal(size=(2, 600, 16))
    found = [kid(samples + shift, reference, subsets=10, size=300).value for shift in (0.0, 0.2, 0.4, 0.8)]
    assert np.all(np.diff(found) > 0.0)


def test_the_standard_error_is_the_spread_over_sets_of_samples(random):
    """Of shifted samples; of equal distributions it is too large by up to √2."""
    reference = random.normal(size=(200, 8))
    for shift, least, most in ((0.6, 0.9, 1.1), (0.0, 1.0, 1.5)):
        sets = [random.normal(size=(120, 8)) + shift for _ in range(200)]
        spread = np.std([mmd2(samples, reference) for samples in sets], ddof=1)
        error = np.sqrt(np.mean([standard_error(samples, reference) ** 2 for samples in sets]))
        assert least < error / spread < most, shift


def test_the_standard_error_falls_with_the_root_of_the_number(random):
    samples, reference = random.normal(size=(1600, 8)) + 0.6, random.normal(size=(200, 8))
    assert standard_error(samples, reference) == pytest.approx(standard_error(samples[:400], reference) / 2, rel=0.1)


def test_the_same_each_time(random):
    samples, reference = random.normal(size=(2, 300, 8))
    assert kid(samples, reference, 5, 100) == kid(samples, reference, 5, 100)
    assert kid(samples, reference, 5, 100, seed=1) != kid(samples, reference, 5, 100)


def test_two_samples_and_constant_ones_are_finite():
    found = kid(np.eye(2), np.eye(2))
    assert np.isfinite([found.value, found.uncertainty.value]).all()
    assert mmd2(np.ones((10, 4)), np.ones((12, 4))) == pytest.approx(0.0, abs=1e-12)


def test_bad_input_is_refused(random):
    with pytest.raises(ValueError, match="samples must be at least 2, found 1"):
        kid(random.normal(size=(1, 4)), random.normal(size=(9, 4)))
    with pytest.raises(ValueError, match="4 and of 5 dimensions"):
        kid(random.normal(size=(9, 4)), random.normal(size=(9, 5)))
