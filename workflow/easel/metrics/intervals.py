"""Confidence intervals from a few repetitions: of means, and of paired differences."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student


def mean_interval(values: Sequence[float] | np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Mean and bounds (mean, low, high) of values (n,): Student's t interval, for normally distributed values.

    The bounds are NaN for fewer than two values, and the mean for none.
    """
    array = np.asarray(values, np.float64)
    n = len(array)
    mean = float(array.mean()) if n else np.nan
    if n < 2:
        return mean, np.nan, np.nan
    half = float(student.ppf(0.5 + level / 2.0, n - 1) * array.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def paired_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> tuple[float, float, float, float]:
    """The mean of a - b, its bounds and p: (difference, low, high, p) of paired values (n,).

    Student's paired t-test: p is the probability of a difference at least as far from 0 if the true one is 0. Bounds
    and p are NaN for fewer than two pairs. Raises ValueError where a and b differ in length.
    """
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError(f"pairs need as many values of one as of the other, found {first.shape} and {second.shape}")
    differences = first - second
    difference, low, high = mean_interval(differences, level)
    if len(differences) < 2:
        return difference, low, high, np.nan
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    if error == 0.0:  # every pair differs by the same
        return difference, low, high, 1.0 if difference == 0.0 else 0.0
    return difference, low, high, float(2.0 * student.sf(abs(difference) / error, len(differences) - 1))
