"""Seeds that settle a difference: power, effects without bias, and whether what is promised comes true."""

import numpy as np
import pytest
from scipy import stats

from easel.metrics import intervals
from easel.metrics.best_of_several import against_best
from easel.metrics.seeds_to_settle import MOST, Seeds, effect_below, power, seeds_to_settle, totals


def paired_tests(values: np.ndarray) -> intervals.TTest:
    return intervals.paired(values[:, None], values[None])


@pytest.mark.parametrize("effect", [0.2, 0.5, 2.0])
@pytest.mark.parametrize("level", [0.05, 0.05 / 45])
def test_power_is_scipys(effect, level):
    n = np.array([2, 3, 10, 100])
    critical = stats.t.isf(level / 2, n - 1)
    assert power(effect, n, level) == pytest.approx(stats.nct.sf(critical, n - 1, effect * np.sqrt(n)), abs=1e-9)


def test_power_of_a_sure_effect_is_one_however_many_seeds():
    assert power(10.0, np.arange(10, MOST), 0.05) == pytest.approx(1.0)


@pytest.mark.parametrize("n", [2, 3, 10])
@pytest.mark.parametrize("effect", [0.3, 1.5])
def test_half_of_all_studies_find_a_larger_effect(random, effect, n):
    """And in half of them, the true one is between the quarter's and three quarters' bounds."""
    pairs = random.normal(effect, size=(2_000, n))
    found = intervals.paired(pairs, np.zeros_like(pairs))
    t = found.difference / found.error
    low, middle, high = (effect_below(t, np.full(len(t), n), chance) for chance in (0.75, 0.5, 0.25))
    assert np.mean(middle > effect) == pytest.approx(0.5, abs=0.035)
    assert np.mean((low <= effect) & (effect < high)) == pytest.approx(0.5, abs=0.035)


def test_effects_of_no_and_of_very_large_differences():
    t = np.array([0.0, 0.5, -3.0, 3.0, 1e6, np.nan])
    found = effect_below(t, np.full(6, 3))
    assert found[:2] == pytest.approx([0.0, 0.0])
    assert found[2] == found[3] == pytest.approx(1.4743, abs=1e-4)
    assert found[4] > 10.0
    assert np.isnan(found[5])


def test_seeds_of_two_runs_are_those_of_the_power_of_the_effect():
    """t = 3 of three seeds is an effect of 1.47, of which 6 seeds are enough: scipy.stats.nct, by hand."""
    values = np.array([[0.0, 0.0, 0.0], 3.0 + np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0])])
    first, other = seeds_to_settle(paired_tests(values), best=0)
    assert first.total is None
    assert other.total == 6
    assert (
        stats.nct.sf(stats.t.isf(0.025, 5), 5, 1.4743 * 6**0.5)
        > 0.8
        > stats.nct.sf(stats.t.isf(0.025, 4), 4, 1.4743 * 5**0.5)
    )
    assert (other.low, other.high) == (4, 14)


def test_a_difference_within_noise_is_settled_by_no_number():
    values = np.array([[0.0, 0.0, 0.0], [0.01, 1.0, -1.0]])
    assert seeds_to_settle(paired_tests(values), best=0)[1] == Seeds(
        None, seeds_to_settle(paired_tests(values), 0)[1].low, None
    )


def test_one_seed_tells_nothing():
    values = np.array([[0.0], [1.0], [5.0]])
    assert seeds_to_settle(paired_tests(values), best=0) == [Seeds(None, None, None)] * 3


def test_a_run_without_a_test_leaves_holms_way():
    values = np.array([[0.0, 0.1, 0.3, 0.2], [2.0, 1.0, 1.5, 3.0], [9.0, np.nan, np.nan, np.nan]])
    alone, among = (seeds_to_settle(paired_tests(some), 0)[1].total for some in (values[:2], values))
    assert alone == among
    assert seeds_to_settle(paired_tests(values), 0)[2].total is None


@pytest.mark.parametrize("means", [(0.0, 1.0), (0.0, 1.0, 1.0), (0.0, 0.8, 0.8, 0.8, 0.8), (0.0, 0.8, 1.2, 2.0)])
def test_the_number_is_right_within_a_fifth(random, means):
    """A fifth fewer seeds find the lead over the second run in less than 80 % of studies, a fifth more in more."""
    effects = np.abs(np.subtract.outer(means, means)) / np.sqrt(2.0)  # of runs that vary by 1 each
    total = totals(effects, best=0, level=0.05)[1]
    assert found_of(means, round(0.8 * total), random) < 0.8 < found_of(means, round(1.2 * total), random)


def found_of(means: tuple[float, ...], seeds: int, random: np.random.Generator, studies: int = 1_000) -> float:
    """The fraction of studies in which the first run is found to be better than the second."""
    values = np.array(means)[:, None] + random.normal(size=(studies, len(means), seeds))
    p = intervals.paired(values[:, :, None], values[:, None]).p
    bests = values.mean(axis=2).argmin(axis=1)
    return float(np.mean([best == 0 and against_best(of, 0)[1] <= 0.05 for of, best in zip(p, bests, strict=True)]))


@pytest.mark.parametrize("seeds", [2, 5])
def test_the_median_promise_is_the_right_number(random, seeds):
    """18 seeds settle an effect of 1 / √2, and half of all pilot studies promise no more, with few seeds, too."""
    pilots = random.normal(size=(300, 2, seeds)) + np.array([[0.0], [1.0]])
    promised = []
    for pilot in pilots:
        t = paired_tests(pilot)
        promised.append(totals(effect_below(t.difference / t.error, t.freedom + 1), best=0, level=0.05)[1] or np.inf)
    assert totals(np.array([[np.nan, 0.5**0.5]] * 2), best=0, level=0.05)[1] == 18
    assert np.median(promised) == pytest.approx(18, rel=0.2)
