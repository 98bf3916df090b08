"""Orders of the same things by several scores: ranks, and how two orders agree."""

import numpy as np


def ranks(values: np.ndarray) -> np.ndarray:
    """The ranks of values (n,), float64 (n,): 1 for the smallest; equal values share the mean of their ranks."""
    return (len(values) + 1 + _comparisons(values).sum(axis=1)) / 2.0


def kendall_tau_b(a: np.ndarray, b: np.ndarray) -> float:
    """Kendall's τ-b of two scores a (n,) and b (n,) of the same things, in -1..1.

    1 if they order every two things alike, -1 if the other way. A pair that is tied in one of the two counts for
    neither. NaN if all values of a score are equal, and for fewer than two things (Kendall 1945, Biometrika 33,
    239-251).
    """
    one, other = _comparisons(a), _comparisons(b)
    compared = np.sqrt(np.abs(one).sum() * np.abs(other).sum())
    return float((one * other).sum() / compared) if compared else np.nan


def _comparisons(values: np.ndarray) -> np.ndarray:
    """For each two of n values, 1 if the first is larger, -1 if it is smaller, 0 if they are equal: (n, n)."""
    return np.sign(np.subtract.outer(np.asarray(values, np.float64), np.asarray(values, np.float64)))
