"""Intervals and tests of a few repetitions: of means, and of the difference of two means; of a proportion."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

from easel.metrics.estimate import Estimate

ROUNDING = 1e-12  # of the values: a spread that is no larger is taken as none


class Difference(NamedTuple):
    """The difference of two means, with the bounds of its interval, and p."""

    value: float
    low: float
    high: float
    p: float
    """The probability of a difference at least as far from 0 if the true one is 0."""


def mean_interval(values: Sequence[float] | np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and bounds (mean, low, high) of values (n,): Student's t interval, for normally distributed values.

    The bounds are NaN for fewer than two values, and the mean for none.
    """
    array = np.asarray(values, np.float64)
    n = len(array)
    mean = float(array.mean()) if n else np.nan
    if n < 2:
        return mean, np.nan, np.nan
    half = float(stats.t.ppf(0.5 + level / 2.0, n - 1) * array.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def paired_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Difference:
    """The mean of a - b for paired values (n,), by Student's paired t-test.

    Bounds and p are NaN for fewer than two pairs, and where every pair differs by the same: without a spread there is
    nothing to test a difference against. Raises ValueError where a and b differ in length.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"pairs need as many values of one as of the other, found {first.shape} and {second.shape}")
    difference = float(np.mean(first - second))
    if len(first) < 2 or not _vary(first - second, of=np.concatenate([first, second])):
        return Difference(difference, np.nan, np.nan, np.nan)
    test = stats.ttest_rel(first, second)
    bounds = test.confidence_interval(level)
    return Difference(difference, float(bounds.low), float(bounds.high), float(test.pvalue))


def welch_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Difference:
    """The difference of the means of a (n,) and b (m,), values that are not paired, by Welch's t-test.

    Variances may differ. Bounds and p are NaN for fewer than two values of either, and where neither varies.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    difference = float(np.mean(first) - np.mean(second))
    if min(len(first), len(second)) < 2 or not (_vary(first, of=first) or _vary(second, of=second)):
        return Difference(difference, np.nan, np.nan, np.nan)
    numbers = np.array([len(first), len(second)])
    of_means = np.array([first.var(ddof=1), second.var(ddof=1)]) / numbers
    error = np.sqrt(of_means.sum())
    freedom = error**4 / np.sum(of_means**2 / (numbers - 1))  # Welch & Satterthwaite
    half = float(stats.t.ppf(0.5 + level / 2.0, freedom) * error)
    p = float(2.0 * stats.t.sf(abs(difference) / error, freedom))
    return Difference(difference, difference - half, difference + half, p)


def proportion_at_least(successes: int, n: int, level: float = 0.95) -> float:
    """The one-sided lower bound of a probability from its successes among n trials: exact (Clopper & Pearson 1934)."""
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"successes must be 0 to n, found {successes} of {n}")
    return float(stats.beta.ppf(1.0 - level, successes, n - successes + 1)) if successes else 0.0


def is_above(one: Estimate, other: Estimate, level: float = 0.95) -> bool:
    """True if one value is above another, beyond their standard errors: a one-sided z-test.

    An estimate without uncertainty is taken as exact.
    """
    errors = [each.uncertainty.value if each.uncertainty else 0.0 for each in (one, other)]
    return bool(one.value - other.value > stats.norm.ppf(level) * np.hypot(errors[0], errors[1]))


def _vary(values: np.ndarray, of: np.ndarray) -> bool:
    """True if values differ by more than rounding of the numbers that they come from."""
    return bool(np.ptp(values) > ROUNDING * np.abs(of).max())
