"""Kernel inception distance (Bińkowski et al. 2018, arXiv 1801.01401), for the features of any judge.

It is the squared maximum mean discrepancy between the distributions of the features for the kernel

    k(x, y) = (x·y / d + 1)³

and its estimate has no bias, however few the samples are: small values below 0 are as valid as those above.
"""

import numpy as np

from easel.metrics.arrays import alike, blocks, checked
from easel.metrics.estimate import Estimate

TILE = 512  # points: 2 MB of their products, which stay in the processor's cache


def mmd2(x: np.ndarray, y: np.ndarray) -> float:
    """The unbiased estimate of the squared discrepancy between x (n, d) and y (m, d), n and m at least 2."""
    x, y = checked(x, 2), checked(y, 2)
    alike(x, y)
    n, m = len(x), len(y)
    x, y = _factors(x), _factors(y)
    within = _sum_of_others(x) / (n * (n - 1)) + _sum_of_others(y) / (m * (m - 1))
    return within - 2.0 * _sum(x, y) / (n * m)


def kid(
    samples: np.ndarray,  # (n, d), n at least 2
    reference: np.ndarray,  # (m, d), m at least 2
    subsets: int = 100,
    size: int = 1000,
    seed: int = 0,
) -> Estimate:
    """The mean of `mmd2` over random subsets of as many samples as reference features, each without repetition.

    The uncertainty is its standard deviation over the subsets, as it is commonly printed: how much one subset varies,
    several times the error of the mean. Where samples or references are not more than `size`, subsets take half of
    the fewer, because subsets of everything would not vary; the value has no bias for any size.
    """
    samples, reference = checked(samples, 2, "samples"), checked(reference, 2, "reference features")
    alike(samples, reference)
    fewest = min(len(samples), len(reference))
    size = size if fewest > size else max(fewest // 2, 2)
    random = np.random.default_rng(seed)
    found = []
    for _ in range(subsets):
        # Sorted, because references may lie in a file.
        x, y = (each[np.sort(random.choice(len(each), size, replace=False))] for each in (samples, reference))
        found.append(mmd2(x, y))
    return Estimate(float(np.mean(found)), float(np.std(found)), f"standard deviation over {subsets} subsets of {size}")


def _factors(points: np.ndarray) -> np.ndarray:
    """Points (n, d) as (n, d + 1), whose products are the kernel's base x·y / d + 1."""
    n, d = points.shape
    factors = np.ones((n, d + 1))
    np.divide(points, np.sqrt(d), out=factors[:, :d])
    return factors


def _sum(x: np.ndarray, y: np.ndarray) -> float:
    """The sum of the kernel over all pairs of x (n, d + 1) and y (m, d + 1)."""
    return sum(_sum_of_tile(x[rows], y[columns]) for rows in blocks(len(x), TILE) for columns in blocks(len(y), TILE))


def _sum_of_others(x: np.ndarray) -> float:
    """The sum of the kernel over all pairs of different points of x (n, d + 1): it is symmetric."""
    total = -np.sum(np.einsum("ij,ij->i", x, x) ** 3)
    for rows in blocks(len(x), TILE):
        total += _sum_of_tile(x[rows], x[rows])
        total += 2.0 * _sum(x[rows], x[rows.stop :])
    return float(total)


def _sum_of_tile(x: np.ndarray, y: np.ndarray) -> float:
    base = x @ y.T
    return float(np.vdot(base * base, base))
