"""Intervals and tests of a few repetitions: of means, and of the difference of two means; of a proportion."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, ndtri, stdtr, stdtrit  # scipy.stats takes half a second to import

from easel.metrics.estimate import Estimate

ROUNDING = 1e-12  # of the values: a spread that is no larger is taken as none


class Difference(NamedTuple):
    """The difference of two means, with the bounds of its interval."""

    value: float
    low: float
    high: float


class TTest(NamedTuple):
    """Differences of two means each, of one shape, and what a t-test takes. Where it takes too little, error is NaN."""

    difference: np.ndarray
    error: np.ndarray
    """Its standard error."""
    freedom: np.ndarray
    """Degrees of freedom."""

    @property
    def p(self) -> np.ndarray:
        """The probability of a difference at least as far from 0 if the true one is 0."""
        return 2.0 * stdtr(self.freedom, -np.abs(self.difference) / self.error)


def paired(a: np.ndarray, b: np.ndarray) -> TTest:
    """Student's paired t-test of values (…, n), of which the n-th of both are a pair; NaN where one is missing.

    Needs two pairs, and some spread of their differences.
    """
    mean, variance, n = _moments(a - b)
    varies = np.sqrt(variance) > ROUNDING * np.maximum(_size(a), _size(b))
    return TTest(mean, np.where(varies, np.sqrt(variance / np.maximum(n, 1)), np.nan), np.maximum(n - 1, 1))


def welch(a: np.ndarray, b: np.ndarray) -> TTest:
    """Welch's t-test of values a (…, n) and b (…, m) that are not paired; NaN where one is missing.

    Variances may differ. Needs two values of each, and some spread of either.
    """
    mean, of_mean, share = _parts(a)
    other_mean, of_other_mean, other_share = _parts(b)
    variance = of_mean + of_other_mean
    variance = np.where(variance > 0.0, variance, np.nan)
    freedom = variance**2 / (share + other_share)  # Welch & Satterthwaite
    return TTest(mean - other_mean, np.sqrt(variance), freedom)


def _parts(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The mean of values along the last axis, that mean's variance, and its share in Welch's degrees of freedom."""
    mean, variance, n = _moments(values)
    variance = np.where(np.sqrt(variance) <= ROUNDING * _size(values), 0.0, variance)
    of_mean = variance / np.maximum(n, 1)
    return mean, of_mean, of_mean**2 / np.maximum(n - 1, 1)


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, variance and number of the values along the last axis that are not NaN; a variance of one value is NaN."""
    there = ~np.isnan(values)
    n = there.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=-1) / n
        squares = np.where(there, (values - mean[..., None]) ** 2, 0.0).sum(axis=-1)
        return mean, np.where(n > 1, squares / (n - 1), np.nan), n


def _size(values: np.ndarray) -> np.ndarray:
    """The largest absolute value along the last axis, by which rounding is measured."""
    return np.nanmax(np.abs(values), axis=-1, initial=0.0)


def mean_interval(values: Sequence[float] | np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and bounds (mean, low, high) of values (n,): Student's t interval, for normally distributed values.

    The bounds are NaN for fewer than two values, and the mean for none.
    """
    array = np.asarray(values, np.float64)
    n = len(array)
    mean = float(array.mean()) if n else np.nan
    if n < 2:
        return mean, np.nan, np.nan
    half = float(stdtrit(n - 1, 0.5 + level / 2.0) * array.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def half_width(standard_error: float, level: float = 0.95) -> float:
    """Half the width of the interval of a normally distributed estimate with this standard error; NaN of NaN."""
    return float(ndtri(0.5 + level / 2.0) * standard_error)


def paired_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Difference:
    """The mean of a - b for paired values (n,), with Student's interval; bounds are NaN where `paired` has no test.

    Raises ValueError where a and b differ in length.
    """
    if len(a) != len(b):
        raise ValueError(f"pairs need as many values of one as of the other, found {len(a)} and {len(b)}")
    return with_bounds(paired(np.asarray(a, np.float64), np.asarray(b, np.float64)), level)


def welch_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> Difference:
    """The difference of the means of a (n,) and b (m,), with Welch's interval; bounds as above."""
    return with_bounds(welch(np.asarray(a, np.float64), np.asarray(b, np.float64)), level)


def with_bounds(found: TTest, level: float) -> Difference:
    """One difference with the bounds of its interval."""
    half = stdtrit(found.freedom, 0.5 + level / 2.0) * found.error
    return Difference(float(found.difference), float(found.difference - half), float(found.difference + half))


def proportion_at_least(successes: int, n: int, level: float = 0.95) -> float:
    """The one-sided lower bound of a probability from its successes among n trials: exact (Clopper & Pearson 1934)."""
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"successes must be 0 to n, found {successes} of {n}")
    return float(betaincinv(successes, n - successes + 1, 1.0 - level)) if successes else 0.0


def is_above(one: Estimate, other: Estimate, level: float = 0.95) -> bool:
    """True if one value is above another, beyond their standard errors: a one-sided z-test.

    An estimate without uncertainty is taken as exact.
    """
    errors = [each.uncertainty.value if each.uncertainty else 0.0 for each in (one, other)]
    return bool(one.value - other.value > ndtri(level) * np.hypot(errors[0], errors[1]))
