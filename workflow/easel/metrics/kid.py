"""Kernel inception distance (Bińkowski et al. 2018, arXiv 1801.01401), for the features of any judge.

It is the squared maximum mean discrepancy between the distributions of the features for the kernel

    k(x, y) = (x·y / d + 1)³

and its estimate has no bias, however few the samples are: small values below 0 are as valid as those above.
"""

import numpy as np
from scipy.linalg.blas import dsyrk

from easel.metrics.arrays import blocks, checked, require_same_dimensions
from easel.metrics.estimate import Estimate, SpreadOverSubsets


def mmd2(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased estimate of the squared discrepancy between x (n, d) and y (m, d), n and m at least 2.

    Memory: a float64 matrix (n + m, n + m).
    """
    x, y = checked(x, 2), checked(y, 2)
    require_same_dimensions(x, y)
    n, m, d = len(x), len(y), x.shape[1]
    points = np.ones((n + m, d + 1))  # with the 1, products are the kernel's base x·y / d + 1
    np.divide(x, np.sqrt(d), out=points[:n, :d])
    np.divide(y, np.sqrt(d), out=points[n:, :d])
    # One product for x and y together, and of each pair once: the matrix below the diagonal stays 0.
    base = dsyrk(1.0, points.T, trans=1, lower=0)  # in the order of Fortran, as points.T is
    of_itself = base.diagonal() ** 3
    within_x = (2.0 * _sum_of_cubes(base[:n, :n]) - 2.0 * of_itself[:n].sum()) / (n * (n - 1))
    within_y = (2.0 * _sum_of_cubes(base[n:, n:]) - 2.0 * of_itself[n:].sum()) / (m * (m - 1))
    return float(within_x + within_y - 2.0 * _sum_of_cubes(base[:n, n:]) / (n * m))


def standard_error(x: np.ndarray, y: np.ndarray) -> float:
    """The standard error of `mmd2` from one set x (n, d) to the next, with y (m, d) as it is; n at least 2.

    The discrepancy is an average over pairs, so to first order its variance is 4 / n times that of each sample's own
    mean, over its pairs within x less those with y (Hoeffding 1948). Between equal distributions that term vanishes,
    and what the samples' noise leaves of it reads up to √2 too high. Memory: float64 matrices (n, n) and (n, m).
    """
    x, y = checked(x, 2), checked(y, 2)
    require_same_dimensions(x, y)
    n, d = x.shape
    within = (x @ x.T / d + 1.0) ** 3
    own = (within.sum(axis=1) - within.diagonal()) / (n - 1) - ((x @ y.T / d + 1.0) ** 3).mean(axis=1)
    return float(2.0 * np.std(own, ddof=1) / np.sqrt(n))


def kid(
    samples: np.ndarray,  # (n, d), n at least 2
    reference: np.ndarray,  # (m, d), m at least 2
    subsets: int = 100,
    size: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The mean of `mmd2` over random subsets of as many samples as reference features, each without repetition.

    The uncertainty is its standard deviation over the subsets, as it is commonly reported: the variation of one subset,
    several times the error of the mean. If there are no more than `size` samples or reference features, subsets have
    half of the smaller number, because subsets of everything would not vary; the value is unbiased for every size.
    """
    samples, reference = checked(samples, 2, "samples"), checked(reference, 2, "reference features")
    require_same_dimensions(samples, reference)
    fewest = min(len(samples), len(reference))
    size = size if fewest > size else max(fewest // 2, 2)
    random = np.random.default_rng(seed)
    found = []
    for _ in range(subsets):
        # Sorted, because references may lie in a file.
        x, y = (each[np.sort(random.choice(len(each), size, replace=False))] for each in (samples, reference))
        found.append(mmd2(x, y))
    return Estimate(float(np.mean(found)), SpreadOverSubsets(float(np.std(found)), subsets, size))


def _sum_of_cubes(base: np.ndarray) -> float:
    """The sum of the cubes of a matrix in the order of Fortran, in pieces that the processor's cache holds."""
    pieces = (base[:, columns] for columns in blocks(base.shape[1], 64))
    return float(sum(np.einsum("ij,ij->", piece * piece, piece) for piece in pieces))
