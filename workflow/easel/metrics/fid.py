"""Fréchet inception distance (Heusel et al. 2017, arXiv 1706.08500), for the features of any judge.

It is the squared 2-Wasserstein distance between two Gaussians that have the means and covariances of the features:

    |m₁ - m₂|² + Tr(C₁ + C₂ - 2 (C₁ C₂)^½)

Its estimate from n samples is biased upwards, the more the fewer they are: compare at equal n only.
"""

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh, eigvalsh


def statistics(features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (d,) and covariance (d, d), both float64, of features (n, d); the covariance divides by n - 1.

    Raises ValueError for fewer than two samples and for features that are not finite.
    """
    if len(features) < 2:
        raise ValueError(f"a covariance needs at least 2 samples, found {len(features)}")
    features = np.asarray(features, np.float64)
    if not np.isfinite(features).all():
        raise ValueError("features must be finite")
    mean = features.mean(axis=0)
    centred = features - mean
    return mean, centred.T @ centred / (len(features) - 1)


def frechet_distance(mean1: np.ndarray, covariance1: np.ndarray, mean2: np.ndarray, covariance2: np.ndarray) -> float:
    """The distance between two Gaussians with means (d,) and covariances (d, d): at least 0, and 0 for equals.

    Covariances may be singular, as those of fewer samples than dimensions are.
    """
    return _distance_from(mean1, covariance1)(mean2, covariance2)


def bootstrap(
    features: np.ndarray,  # (n, d)
    mean: np.ndarray,  # (d,) of the reference, taken as exact
    covariance: np.ndarray,  # (d, d)
    resamples: int = 20,
    seed: int = 0,
) -> float:
    """Standard deviation of the distance between samples and a reference, over resamples of the samples.

    It tells how much the distance would vary from one draw of n samples to the next, not its bias.
    """
    random = np.random.default_rng(seed)
    distance = _distance_from(mean, covariance)
    features = np.asarray(features, np.float64)
    drawn = (features[random.integers(len(features), size=len(features))] for _ in range(resamples))
    return float(np.std([distance(*statistics(resample)) for resample in drawn], ddof=1))


def _distance_from(mean1: np.ndarray, covariance1: np.ndarray) -> Callable[[np.ndarray, np.ndarray], float]:
    """The distance from one Gaussian to others, with the work done once that does not depend on the others.

    Tr((C₁ C₂)^½) is the sum of the square roots of the eigenvalues of C₁^½ C₂ C₁^½, which is symmetric and
    positive semi-definite: nothing can turn complex, and eigenvalues below 0 are rounding.
    """
    eigenvalues, vectors = eigh(covariance1)
    root = (vectors * np.sqrt(np.clip(eigenvalues, 0.0, None))) @ vectors.T

    def distance(mean2: np.ndarray, covariance2: np.ndarray) -> float:
        overlap = np.sqrt(np.clip(eigvalsh(root @ covariance2 @ root), 0.0, None)).sum()
        spread = np.trace(covariance1) + np.trace(covariance2) - 2.0 * overlap
        return max(float(np.sum((mean1 - mean2) ** 2) + spread), 0.0)

    return distance
