"""What can be said from a few repetitions: intervals of means, and of differences between two."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import t as student


def mean_interval(values: Sequence[float], level: float = 0.95) -> tuple[float, float, float]:
    """Mean and bounds (mean, low, high) of values (n,): Student's t interval, for values that vary as a Gaussian does.

    The bounds are NaN for fewer than two values, and the mean for none.
    """
    values = np.asarray(values, np.float64)
    n = len(values)
    mean = float(values.mean()) if n else np.nan
    if n < 2:
        return mean, np.nan, np.nan
    half = float(student.ppf(0.5 + level / 2.0, n - 1) * values.std(ddof=1) / np.sqrt(n))
    return mean, mean - half, mean + half


def paired_difference(a: Sequence[float], b: Sequence[float], level: float = 0.95) -> tuple[float, float, float, float]:
    """The mean of a - b, its bounds and p: (difference, low, high, p) of values (n,) that belong together in pairs.

    Student's paired t-test: p is how likely a difference at least as far from 0 would be if there were none. Bounds and
    p are NaN for fewer than two pairs. Raises ValueError where a and b differ in length.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.shape != b.shape or a.ndim != 1:
        raise ValueError(f"pairs need as many values of one as of the other, found {a.shape} and {b.shape}")
    differences = a - b
    difference, low, high = mean_interval(differences, level)
    if len(differences) < 2:
        return difference, low, high, np.nan
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    if error == 0.0:  # every pair differs by the same
        return difference, low, high, 1.0 if difference == 0.0 else 0.0
    return difference, low, high, float(2.0 * student.sf(abs(difference) / error, len(differences) - 1))
