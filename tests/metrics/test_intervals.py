"""Intervals against textbook numbers and SciPy's tests."""

import numpy as np
import pytest
from scipy import stats

from easel.metrics.best_of_several import paired_p, welch_p
from easel.metrics.estimate import Estimate, StandardError
from easel.metrics.intervals import (
    is_above,
    mean_interval,
    paired,
    paired_difference,
    proportion_at_least,
    welch,
    welch_difference,
)


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
    difference, low, high = paired_difference(a, b)
    assert difference == pytest.approx(np.mean(a - b))
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval()), rel=1e-12)
    assert paired(a, b).p == pytest.approx(expected.pvalue, rel=1e-12)


@pytest.mark.parametrize("shift", [0.0, 1.0, 0.1])
def test_identical_differences_have_no_bounds(shift):
    """0.1 is added with rounding, which is no spread."""
    values = np.array([1.0, 2.0, 3.3])
    difference, *rest = paired_difference(values + shift, values)
    assert difference == pytest.approx(shift)
    assert np.isnan(rest).all()
    assert np.isfinite(paired_difference(values + np.array([0.0, 0.0, 1e-9]), values)).all()


def test_welchs_difference_is_scipys(random):
    a, b = random.normal(3.0, 1.0, size=6), random.normal(0.0, 9.0, size=4)
    expected = stats.ttest_ind(a, b, equal_var=False)
    difference, low, high = welch_difference(a, b, 0.9)
    assert difference == pytest.approx(a.mean() - b.mean())
    assert (low, high) == pytest.approx(tuple(expected.confidence_interval(0.9)), rel=1e-12)
    assert welch(a, b).p == pytest.approx(expected.pvalue, rel=1e-12)


def test_welchs_test_needs_two_values_of_each_and_a_spread():
    assert np.isnan(welch_difference([1.0, 2.0], [3.0])[1:]).all()
    assert np.isnan(welch_difference([3.0], [1.0, 2.0])[1:]).all()
    assert np.isnan(welch_difference([1.0, 1.0], [3.0, 3.0])[1:]).all()
    assert np.isfinite(welch_difference([1.0, 2.0], [3.0, 3.0])).all()
    assert np.isfinite(welch_difference([3.0, 3.0], [1.0, 2.0])).all()


@pytest.mark.parametrize("spread", [0.0, 3e-13, 1e-12, 3e-12, 1e-9])
def test_there_are_bounds_where_there_is_a_p(spread):
    """Also near the rounding that is taken for no spread: one rule for both."""
    values = np.array([[1.0, 1.0, 1.0 + spread], [1.0, 1.0, 1.0], [2.0, 2.0 - spread, 2.0]])
    for one, p in ((paired_difference, paired_p(values)), (welch_difference, welch_p(values))):
        for i, j in ((0, 1), (0, 2), (1, 2)):
            assert np.isnan(one(values[i], values[j]).low) == np.isnan(p[i, j])


def test_pairs_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="found 2 and 3"):
        paired_difference([1.0, 2.0], [1.0, 2.0, 3.0])


@pytest.mark.parametrize(("successes", "n"), [(1, 9), (5, 51), (9, 10), (20, 20)])
def test_bound_of_a_proportion_is_exact(successes, n):
    """At the bound, so many successes or more have exactly the probability that is left."""
    bound = proportion_at_least(successes, n, 0.95)
    assert stats.binom.sf(successes - 1, n, bound) == pytest.approx(0.05)
    assert proportion_at_least(successes, n, 0.999) < bound


def test_bound_of_no_success_is_0_and_impossible_counts_are_refused():
    assert proportion_at_least(0, 7) == 0.0
    for successes, n in ((8, 7), (-1, 7), (0, 0)):
        with pytest.raises(ValueError, match="successes must be 0 to n"):
            proportion_at_least(successes, n)


def test_above_by_more_than_both_errors():
    """1.645 standard errors of the difference, here 5, at 95 %."""
    other = Estimate(1.0, StandardError(3.0))
    assert is_above(Estimate(9.23, StandardError(4.0)), other)
    assert not is_above(Estimate(9.22, StandardError(4.0)), other)
    assert not is_above(Estimate(9.23, StandardError(4.0)), other, 0.96)
    assert not is_above(Estimate(2.0, None), Estimate(2.0, None))
    assert is_above(Estimate(2.1, None), Estimate(2.0, None))
