"""Ranks, and Kendall's τ-b of two orders."""

import math

import numpy as np
import pytest

from easel.metrics.orders import kendall_tau_b, ranks


def test_equal_values_share_the_mean_of_their_ranks():
    assert ranks(np.array([0.5, 3.0, -1.0])).tolist() == [2, 3, 1]
    assert ranks(np.array([2.0, 7.0, 2.0, 2.0, 9.0])).tolist() == [2, 4, 2, 2, 5]
    assert ranks(np.array([4.0])).tolist() == [1]
    assert ranks(np.array([])).tolist() == []


@pytest.mark.parametrize(
    ("a", "b", "expected"),  # of scipy.stats.kendalltau, SciPy 1.17.1
    [
        ([1, 2, 3, 4], [10, 20, 30, 40], 1.0),
        ([1, 2, 3, 4], [4, 3, 2, 1], -1.0),
        ([1, 2, 3, 4, 5], [3, 1, 2, 5, 4], 0.4),
        ([12, 2, 1, 12, 2], [1, 4, 7, 1, 0], -0.4714045207910316),
        ([1, 1, 2, 2, 3, 5], [1, 2, 2, 3, 3, 3], 0.7526178090063818),
    ],
)
def test_tau_as_scipy_computes_it(a, b, expected):
    assert kendall_tau_b(np.array(a), np.array(b)) == pytest.approx(expected, abs=1e-12)
    assert kendall_tau_b(np.array(b), np.array(a)) == pytest.approx(expected, abs=1e-12)
    assert kendall_tau_b(-np.array(a), np.array(b)) == pytest.approx(-expected, abs=1e-12)


def test_tau_of_many_random_scores_is_near_0():
    """Its deviation for n independent scores is √(2 (2n + 5) / 9n (n - 1)): 0.0213 for 1,000."""
    random = np.random.default_rng(0)
    assert abs(kendall_tau_b(random.normal(size=1000), random.normal(size=1000))) < 3 * 0.0213


@pytest.mark.parametrize("values", [[], [1.0], [2.0, 2.0, 2.0]])
def test_without_an_order_there_is_no_tau(values):
    other = np.arange(len(values), dtype=float)
    assert math.isnan(kendall_tau_b(np.array(values), other))
