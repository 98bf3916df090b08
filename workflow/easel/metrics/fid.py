"""Fréchet inception distance (Heusel et al. 2017, arXiv 1706.08500), for the features of any judge.

It is the squared 2-Wasserstein distance between two Gaussians that have the means and covariances of the features:

    |m₁ - m₂|² + Tr(C₁ + C₂ - 2 (C₁ C₂)^½)

Its estimate from n samples is biased upwards, the more the fewer they are: compare at equal n only.
"""

from functools import cached_property

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh, eigvalsh

from easel.metrics.arrays import blocks, checked, mean_of
from easel.metrics.estimate import Estimate, InterceptError, InterceptErrorAndBootstrap

RESAMPLES = 20  # of a bootstrap


def statistics(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d), both float64, of features (n, d); the covariance divides by n - 1.

    Raises ValueError for fewer than two samples and for features that are not finite.
    """
    if len(features) < 2:
        raise ValueError(f"a covariance needs at least 2 samples, found {len(features)}")
    return _moments(checked(features))


def frechet_distance(mean1: np.ndarray, covariance1: np.ndarray, mean2: np.ndarray, covariance2: np.ndarray) -> float:
    """The distance between two Gaussians with means (d,) and covariances (d, d): at least 0, and 0 for equals.

    Covariances may be singular, as those of fewer samples than dimensions are.
    """
    return _Reference(mean1, covariance1).to_gaussian(mean2, covariance2)


def distance_to(features: np.ndarray, mean: np.ndarray, covariance: np.ndarray) -> float:
    """The distance between features (n, d) and a reference with mean (d,) and covariance (d, d).

    It is the `frechet_distance` of their `statistics`, but faster for fewer samples than dimensions.
    """
    return _Reference(mean, covariance).to_samples(checked(features, 2))


def bootstrap(
    features: np.ndarray,  # (n, d)
    mean: np.ndarray,  # (d,) of the reference, taken as exact
    covariance: np.ndarray,  # (d, d)
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> float:
    """Standard deviation of the distance between samples and a reference, over resamples of the samples.

    It estimates the variation from one set of n samples to the next, not the bias.
    """
    random = np.random.default_rng(seed)
    reference = _Reference(mean, covariance)
    features = checked(features, 2)
    drawn = (features[random.integers(len(features), size=len(features))] for _ in range(resamples))
    return float(np.std([reference.to_samples(resample) for resample in drawn], ddof=1))


def extrapolated(
    features: np.ndarray,  # (n, d), n at least 3
    mean: np.ndarray,  # (d,) of the reference, taken as exact
    covariance: np.ndarray,  # (d, d)
    points: int = 15,
    seed: int = 0,
    spread: float = 0.0,  # standard deviation of the distance over sets of n samples: `bootstrap`
) -> Estimate:
    """FID∞ (Chong & Forsyth 2020, arXiv 1911.07023): the distance extrapolated to infinitely many samples.

    The bias falls as 1/n, so the distances of random subsets of `points` sizes are regressed on 1/n, and the value is
    the intercept. It can be below 0 where the distance is small. Sizes go in even steps from n/10, or from four times
    the dimensions where that is more, to n; smaller ones would leave the straight line. With n below eight times the
    dimensions they go from n/2, and the value reads too low.

    The intercept's standard error alone does not include the variation of the samples, which all subsets share: it is
    about half of the true one. With `spread` the uncertainty is the root of the sum of both squares.
    """
    features = checked(features, 3)
    n, d = features.shape
    random, reference = np.random.default_rng(seed), _Reference(mean, covariance)
    sizes = np.unique(np.linspace(max(n // 10, min(4 * d, n // 2), 2), n, points).astype(int))
    subsets = (np.sort(random.choice(n, size, replace=False)) for size in sizes)
    distances = [reference.to_samples(features[chosen]) for chosen in subsets]
    intercept, error = _intercept(1.0 / sizes, np.array(distances))
    if len(sizes) < 3:
        return Estimate(intercept, None)
    kind = InterceptErrorAndBootstrap if spread else InterceptError
    return Estimate(intercept, kind(float(np.hypot(error, spread)), len(sizes)))


class _Reference:
    """A Gaussian, and the distances of others from it; what depends on this one alone is computed once."""

    def __init__(self, mean: np.ndarray, covariance: np.ndarray):
        self.mean, self.covariance = mean, covariance

    @cached_property
    def root(self) -> np.ndarray:
        """A root R (d, d) of the covariance, R Rᵀ = C₁: Cholesky's, which is faster, or that of a singular C₁."""
        try:
            return cholesky(self.covariance, lower=True)
        except LinAlgError:
            eigenvalues, vectors = eigh(self.covariance)
            return vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))

    def to_gaussian(self, mean: np.ndarray, covariance: np.ndarray) -> float:
        """The distance to a Gaussian.

        Tr((C₁ C₂)^½) is the sum of the square roots of the eigenvalues of Rᵀ C₂ R, which has those of C₁ C₂ and is
        symmetric and positive semi-definite: no root is complex, and eigenvalues below 0 are rounding.
        """
        return self._distance(mean, np.trace(covariance), self.root.T @ covariance @ self.root)

    def to_samples(self, features: np.ndarray) -> float:
        """The distance to the Gaussian of features (n, d).

        With centred features X, C₂ is XᵀX / (n - 1), and the eigenvalues of X C₁ Xᵀ / (n - 1) are those of C₁ C₂, as
        far as they are not 0: the smaller matrix where there are fewer samples than dimensions.
        """
        n, d = features.shape
        if n > d:
            return self.to_gaussian(*_moments(features))
        mean = mean_of(features)
        centred = features - mean
        products = centred @ self.covariance @ centred.T
        return self._distance(mean, np.sum(centred**2) / (n - 1), products / (n - 1))

    def _distance(self, mean: np.ndarray, trace: float, product: np.ndarray) -> float:
        """The distance to a Gaussian, from its covariance's trace and a symmetric matrix with C₁ C₂'s eigenvalues."""
        overlap = np.sqrt(np.clip(eigvalsh(product), 0.0, None)).sum()
        distance = np.sum((self.mean - mean) ** 2) + np.trace(self.covariance) + trace - 2.0 * overlap
        return max(float(distance), 0.0)


def _intercept(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """The intercept of the least-squares line through y (k,) at x (k,), and its standard error; NaN for k = 2."""
    k, from_mean = len(x), x - x.mean()
    slope = from_mean @ y / (from_mean @ from_mean)
    residuals = y - y.mean() - slope * from_mean
    variance = residuals @ residuals / (k - 2) if k > 2 else np.nan
    error = np.sqrt(variance * (1.0 / k + x.mean() ** 2 / (from_mean @ from_mean)))
    return float(y.mean() - slope * x.mean()), float(error)


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance, a block of features at a time."""
    n, d = features.shape
    mean, scatter = mean_of(features), np.zeros((d, d))
    for rows in blocks(n):
        centred = features[rows] - mean
        scatter += centred.T @ centred
    return mean, scatter / (n - 1)
