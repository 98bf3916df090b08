"""The spread of features: whether they differ at all, and in how many directions."""

import numpy as np

from easel.metrics.arrays import checked

ROUNDING = 1e-10  # of the squared mean: variance that float32 features can get from rounding alone


def participation_ratio(mean: np.ndarray, covariance: np.ndarray) -> float:
    """The effective number of directions in which features vary, (Σ λ)² / Σ λ² of the covariance's eigenvalues λ.

    It is d if they vary equally in all d directions, 1 if they vary along one, and 0 if they do not vary beyond
    rounding. mean: (d,); covariance: (d, d).
    """
    variance = float(np.trace(covariance))
    if variance <= ROUNDING * float(mean @ mean):
        return 0.0
    return variance**2 / float(np.sum(np.square(covariance)))  # the squared entries sum to the squared eigenvalues


def distinct_rows(features: np.ndarray) -> int:
    """The number of different rows of features (n, d)."""
    return len(np.unique(checked(features), axis=0))
