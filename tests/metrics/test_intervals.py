"""Intervals against textbook numbers and SciPy's tests."""

import numpy as np
import pytest
from scipy import stats

from easel.metrics.intervals import mean_interval, paired_difference


def test_mean_of_three():
    """Student's t for 2 degrees of freedom at 95 %: 4.302653."""
    mean, low, high = mean_interval([8.0, 9.0, 10.0])
    assert mean == 9.0
    assert high - mean == pytest.approx(4.302653 / np.sqrt(3.0), rel=1e-6)
    assert mean - low == pytest.approx(high - mean)


def test_interval_is_scipys(random):
    values = random.normal(size=7)
    expected = stats.ttest_1samp(values, 0.0).confidence_interval(0.8)
    assert mean_interval(values, 0.8)[1:] == pytest.approx(tuple(expected), rel=1e-12)


def test_intervals_hold_the_mean_as_often_as_they_say(random):
    found = [mean_interval(random.normal(3.0, 2.0, size=4), 0.9) for _ in range(4_000)]
    assert np.mean([low <= 3.0 <= high for _, low, high in found]) == pytest.approx(0.9, abs=0.015)


def test_too_few_have_no_bounds():
    assert mean_interval([2.0])[0] == 2.0
    assert np.isnan(mean_interval([2.0])[1:]).all()
    assert np.isnan(mean_interval([])).all()
    assert paired_difference([2.0], [1.5])[0] == 0.5
    assert np.isnan(paired_difference([2.0], [1.5])[1:]).all()


def test_paired_difference_is_scipys(random):
    a, b = random.normal(size=(2, 6)) + np.linspace(0.0, 5.0, 6)
    expected = stats.ttest_rel(a, b)
    difference, low, high, p = paired_difference(a, b)
    assert difference == pytest.approx(np.mean(a - b))
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()), rel=1e-12)
    assert p == pytest.approx(expected.pvalue, rel=1e-12)


def test_equal_differences():
    assert paired_difference([1.0, 2.0], [1.0, 2.0]) == (0.0, 0.0, 0.0, 1.0)
    assert paired_difference([2.0, 3.0], [1.0, 2.0]) == (1.0, 1.0, 1.0, 0.0)


def test_pairs_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"found \(2,\) and \(3,\)"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])
