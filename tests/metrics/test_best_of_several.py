"""The best of several groups: corrected p-values, and how often equal groups get a winner."""

import numpy as np
import pytest
from scipy import stats

from easel.metrics.best_of_several import against_best, holm, level_from_best, paired_p, welch_p
from easel.metrics.intervals import paired_difference

PAIRS = [(0, 1), (0, 2), (1, 2), (2, 0)]


@pytest.mark.parametrize("pair", PAIRS)
def test_p_of_each_pair_is_scipys(random, pair):
    values = random.normal(size=(3, 6)) * np.array([[1.0], [4.0], [0.2]])
    a, b = values[list(pair)]
    assert paired_p(values)[pair] == pytest.approx(stats.ttest_rel(a, b).pvalue, rel=1e-9)
    assert welch_p(values)[pair] == pytest.approx(stats.ttest_ind(a, b, equal_var=False).pvalue, rel=1e-9)


@pytest.mark.parametrize("pair", PAIRS)
def test_missing_values_are_left_out(random, pair):
    values = random.normal(size=(3, 6))
    values[0, :2], values[2, 3:] = np.nan, np.nan
    values[1, 5] = np.nan
    a, b = values[list(pair)]
    with np.errstate(all="ignore"):
        expected = stats.ttest_rel(a, b, nan_policy="omit").pvalue if (~np.isnan(a + b)).sum() > 1 else np.nan
    assert paired_p(values)[pair] == pytest.approx(expected, rel=1e-9, nan_ok=True)
    expected = stats.ttest_ind(a, b, equal_var=False, nan_policy="omit").pvalue
    assert welch_p(values)[pair] == pytest.approx(expected, rel=1e-9)


def test_without_a_spread_there_is_no_p():
    values = np.array([[0.1, 0.2, 0.7], [1.1, 1.2, 1.7], [5.0, 5.0, 5.0], [4.1, 4.1, 4.1]])
    assert np.isnan(paired_p(values)[[0, 2], [1, 3]]).all()
    assert np.isnan(welch_p(values)[2, 3])
    assert np.isfinite(paired_p(values)[0, 2])
    assert np.isfinite(welch_p(values)[[0, 0], [1, 2]]).all()


def test_one_value_gives_no_p():
    values = np.array([[1.0, np.nan], [2.0, 2.5], [4.0, 3.0]])
    for p in (paired_p(values), welch_p(values)):
        assert np.isnan(p[0]).all()
        assert np.isnan(p[:, 0]).all()
        assert 0.0 < p[1, 2] < 1.0


def test_holms_correction():
    """By hand: the least of four is multiplied by 4, the next by 3, and none is below one before it."""
    assert holm(np.array([0.03, 0.01, 0.02, 0.9])) == pytest.approx([0.06, 0.04, 0.06, 0.9])
    assert holm(np.array([0.6, 0.7])) == pytest.approx([1.0, 1.0])
    corrected = holm(np.array([0.02, np.nan, 0.01]))
    assert corrected[[0, 2]] == pytest.approx([0.02, 0.02])  # a test that was not done does not count
    assert np.isnan(corrected[1])
    assert holm(np.array([])).shape == (0,)


def p_of(*pairs: tuple[int, int, float], k: int) -> np.ndarray:
    """A symmetric matrix of p; NaN elsewhere."""
    p = np.full((k, k), np.nan)
    for i, j, value in pairs:
        p[i, j] = p[j, i] = value
    return p


def test_the_best_is_compared_as_one_of_all_pairs():
    """The lead over 2 is one of three p: 0.01 becomes 0.03. That over 1, 0.2, has one left before it, and stays."""
    corrected = against_best(p_of((0, 1, 0.2), (0, 2, 0.01), (1, 2, 0.15), k=3), 0)
    assert corrected[[1, 2]] == pytest.approx([0.2, 0.03])
    assert np.isnan(corrected[0])


def test_a_lead_over_every_other_is_one_claim():
    """No p is above the largest of the best's own, 0.04, which needs no correction."""
    p = p_of((0, 1, 0.04), (0, 2, 0.03), (1, 2, 0.9), k=3)
    assert against_best(p, 0)[[1, 2]] == pytest.approx([0.04, 0.04])
    assert against_best(p, 1)[[0, 2]] == pytest.approx([0.09, 0.9])


def test_nothing_is_said_of_all_if_one_was_not_tested():
    p = p_of((0, 1, 0.04), (1, 2, 0.9), k=3)
    corrected = against_best(p, 0)
    assert corrected[1] == pytest.approx(0.08)
    assert np.isnan(corrected[2])


def test_two_groups_need_no_correction():
    assert against_best(p_of((0, 1, 0.02), k=2), 1)[0] == 0.02
    assert level_from_best(0.95, 2) == pytest.approx(0.95)
    assert level_from_best(0.95, 10) == pytest.approx(0.99)


STUDIES = 1_000


@pytest.mark.parametrize(("runs", "seeds"), [(2, 2), (3, 10), (10, 5)])
def test_equal_runs_seldom_have_a_winner(runs, seeds):
    """A thousand studies of equal runs: any lead is significant in at most 5 % of them, up to the luck of a thousand.

    And of the intervals of the leads, 95 % or a little more hold the true difference, which is 0.
    """
    random = np.random.default_rng(100 * runs + seeds)
    level = level_from_best(0.95, runs)
    winners, held = [], []
    for _ in range(STUDIES):
        values = random.normal(size=(runs, seeds))
        best = int(values.mean(axis=1).argmin())
        corrected = against_best(paired_p(values), best)
        winners.append(np.nanmin(corrected) <= 0.05)
        other = random.choice(np.delete(np.arange(runs), best))
        _, low, high = paired_difference(values[other], values[best], level)
        held.append(low <= 0.0 <= high)
    assert np.mean(winners) <= 0.05 + 2.6 * np.sqrt(0.05 * 0.95 / STUDIES)
    assert 0.93 <= np.mean(held) <= 0.995
