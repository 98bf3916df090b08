"""The number of seeds with which a difference between two runs would probably be significant.

The paired t-test of n seeds finds a true difference δ, whose values at the seeds have the standard deviation σ, with a
probability that follows from the noncentral t distribution with the noncentrality √n δ / σ (Cohen 1988, Statistical
Power Analysis, 2.3). δ / σ is the standardised effect.

The effect is known from a few seeds only. The observed one is too large on average: with two seeds it is more than
twice the true one half of the time, and a difference that is chance looks like an effect, too. Here it is the
median-unbiased estimate: the effect for which |t| would be as small as observed in half of all studies (the pivot of
Steiger & Fouladi 1997, Noncentrality interval estimation). As the number of seeds falls with the effect, that number
is too small in half of all studies, and too large in the other half. It does not exist if |t| is no larger than in half
of the studies without any difference.
"""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
from scipy.special import nctdtr, ndtr, ndtri, stdtrit  # scipy.stats and scipy.optimize take half a second to import

from easel.metrics.intervals import TTest

POWER = 0.8
"""The probability with which the test is to find the difference."""

MOST = 1_000
"""Seeds; a larger number tells no more than that the difference is within noise of zero."""

FEWEST = 2  # seeds of a test
MIDDLE_HALF = (0.25, 0.75)
STEPS = 60  # of bisection
SHARED, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)  # nodes of an integral over a standard normal
LARGEST = 30.0  # |t|: a larger one is taken as this, because nctdtr fails for noncentralities near 38


class Seeds(NamedTuple):
    """Numbers of seeds, those that there are included; None above MOST, and where no number exists."""

    total: int | None
    """With the median-unbiased effects: too few in half of all studies."""
    low: int | None
    """The lower bound of the interval that holds the number in half of all studies."""
    high: int | None
    """The upper bound."""


def seeds_to_settle(tests: TTest, best: int, level: float = 0.05) -> list[Seeds]:
    """For each of k groups, the seeds of all of them with which the best one's lead over it would be significant.

    tests: paired t-tests of each two groups, (k, k). best: the group with the best mean; its own entry has no meaning.
    level: of the corrected tests.
    """
    n = tests.freedom + 1.0
    t = tests.difference / tests.error
    found = [totals(effect_below(t, n, chance), best, level) for chance in (0.5, *MIDDLE_HALF)]
    return [Seeds(*numbers) for numbers in zip(*found, strict=True)]


def totals(effects: np.ndarray, best: int, level: float) -> list[int | None]:
    """The number of seeds for each lead of the best of k groups, given every pair's standardised effect (k, k).

    The two ways to significance of `best_of_several.against_best`: every lead of the best is significant alone, or this
    one is after Holm's correction, which multiplies its p by the number of pairs that are no clearer. The likelier way
    counts. NaN is a pair without a test; then only the second way is left.
    """
    every_pair, own = effects[np.triu_indices(len(effects), 1)], effects[best]
    others = np.delete(own, best)
    found = []
    for effect in own:
        no_clearer = max(1, int(np.sum(every_pair <= effect)))
        found.append(_fewest(effect, others, level, level / no_clearer) if effect > 0.0 else None)
    return found


def _fewest(effect: float, others: np.ndarray, level: float, pair_level: float) -> int | None:
    """The fewest seeds with which one of these two ways has the probability POWER.

    others: the effects of all leads of the best group, each tested at `level`. effect: tested at `pair_level`.
    """

    def chance(n: int) -> float:
        return float(np.fmax(_all_of(power(others, n, level)), power(effect, n, pair_level)))

    total = FEWEST + bisect_left(range(FEWEST, MOST + 1), POWER, key=chance)
    return total if total <= MOST else None


def _all_of(powers: np.ndarray) -> float:
    """The probability that all of several tests (k,) succeed: of differences from one run, whose values they share.

    A normal copula with the correlation 1/2 that two such differences have if all runs vary alike.
    """
    margins = ndtri(np.clip(powers, 1e-12, 1.0 - 1e-12))
    each = ndtr(np.sqrt(2.0) * margins + SHARED[:, None])  # (nodes, k)
    return float(WEIGHTS @ each.prod(axis=1) / WEIGHTS.sum())


def power(effect: np.ndarray | float, n: np.ndarray | int, level: float) -> np.ndarray:
    """The probability that a two-sided paired t-test of n ≥ 2 pairs finds a standardised effect ≥ 0, in its direction.

    Arguments broadcast; NaN where the effect is. level: of the test.
    """
    n = np.asarray(n, np.float64)
    noncentrality = effect * np.sqrt(n)
    missed = nctdtr(n - 1.0, noncentrality, stdtrit(n - 1.0, 1.0 - level / 2.0))
    return np.where(noncentrality > LARGEST, 1.0, 1.0 - missed)


def effect_below(t: np.ndarray, n: np.ndarray, chance: float = 0.5) -> np.ndarray:
    """The standardised effect for which a |t| no larger than the observed one has this chance.

    t: of paired t-tests, n: their pairs, at least 2; of one shape. 0 where even no effect has a larger |t| more often;
    NaN where t is. 0.5 gives the median-unbiased estimate; 0.25 and 0.75 bound an interval that holds the effect in
    half of all studies.
    """
    t, freedom = np.minimum(np.abs(t), LARGEST), np.asarray(n, np.float64) - 1.0
    low, high = np.zeros_like(t), t + 10.0  # noncentralities; the larger, the smaller the chance
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        opposite = np.nan_to_num(nctdtr(freedom, middle, -t))  # NaN where it is below the smallest number
        is_likely = nctdtr(freedom, middle, t) - opposite > chance
        low, high = np.where(is_likely, middle, low), np.where(is_likely, high, middle)
    return np.where(np.isnan(t), np.nan, low / np.sqrt(n))
