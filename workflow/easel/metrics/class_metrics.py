"""Metrics of classes: their shares among the samples, and the quality within each."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from easel.metrics import fid
from easel.metrics.arrays import checked, require_same_dimensions
from easel.metrics.estimate import Bootstrap, ClassBootstrap, Estimate, StandardError

COVERED = 0.1  # fraction of its reference share below which a class does not count as covered
RESAMPLES = 1000
RESAMPLES_OF_FID = 40  # over all classes together, because each needs the eigenvalues of a large matrix


class IntraClassFid(NamedTuple):
    """Fréchet distances within classes."""

    mean: Estimate
    """over the classes that have a value; NaN if none has"""
    values: np.ndarray
    """float64 (classes,): NaN for a class with fewer than 2 samples or 2 reference images"""


def shares(labels: np.ndarray, classes: int) -> np.ndarray:
    """The share of each class among labels (n,), integers in 0..classes - 1: float64 (classes,), sum 1.

    Raises ValueError for other labels, or if there are none.
    """
    return np.bincount(_checked(labels, classes), minlength=classes) / len(labels)


def class_tv_distance(labels: np.ndarray, reference_shares: np.ndarray, seed: int = 0) -> Estimate:
    """Total variation distance of the classes' shares from those of the reference, ½ Σ |p - q|.

    It is the fraction of samples that would have to change their class: 0 for equal shares, 1 if no class is in both.
    n samples with the reference's own shares q still give about Σ (q (1 - q) / 2πn)^½, and not 0.

    labels: integers (n,); reference_shares: (classes,), sum 1. The uncertainty is a bootstrap standard deviation.
    """
    return _of_shares(labels, reference_shares, lambda p, q: 0.5 * np.abs(p - q).sum(axis=-1), seed)


def class_coverage(labels: np.ndarray, reference_shares: np.ndarray, seed: int = 0) -> Estimate:
    """The fraction of the reference's classes that have at least a tenth of their reference share.

    labels: integers (n,); reference_shares: (classes,), sum 1. The uncertainty is a bootstrap standard deviation.
    """

    def covered(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        limit = COVERED * q * (1.0 - 1e-9)  # a share of exactly a tenth counts in spite of rounding
        return (p >= limit)[..., q > 0].mean(axis=-1)

    return _of_shares(labels, reference_shares, covered, seed)


def class_accuracy(labels: np.ndarray, wanted: np.ndarray) -> Estimate:
    """The fraction of images whose label is the wanted one; both are integers (n,).

    For samples and the classes that were requested it is the GAN-test of Shmelkov et al. 2018 (arXiv 1807.09499,
    section 3).
    """
    if len(labels) != len(wanted) or len(labels) == 0:
        raise ValueError(f"every image needs a wanted class, found {len(labels)} and {len(wanted)}")
    right = np.asarray(labels) == np.asarray(wanted)
    return Estimate(float(right.mean()), StandardError(float(right.std() / np.sqrt(len(right)))))


def intra_class_fid(
    features: np.ndarray,  # (n, d)
    labels: np.ndarray,  # integers (n,)
    reference_features: np.ndarray,  # (m, d)
    reference_labels: np.ndarray,  # integers (m,)
    classes: int,
    seed: int = 0,
) -> IntraClassFid:
    """Fréchet distances between samples and reference images of the same class, and their mean over classes.

    They are of fewer samples than the FID of all, and so are higher. The uncertainty is a bootstrap standard deviation
    of the mean over these classes, from a few resamples of each.
    """
    features, reference_features = checked(features), checked(reference_features, 1, "reference features")
    require_same_dimensions(features, reference_features)
    labels, reference_labels = _checked(labels, classes), _checked(reference_labels, classes)
    for of, found in ((features, labels), (reference_features, reference_labels)):
        if len(of) != len(found):
            raise ValueError(f"every image needs a label, found {len(of)} images and {len(found)} labels")
    values, spreads = np.full(classes, np.nan), np.full(classes, np.nan)
    resamples = max(2, math.ceil(RESAMPLES_OF_FID / classes))
    for each in range(classes):
        samples, reference = features[labels == each], reference_features[reference_labels == each]
        if min(len(samples), len(reference)) >= 2:
            statistics = fid.statistics(reference)
            values[each] = fid.distance_to(samples, *statistics)
            spreads[each] = fid.bootstrap(samples, *statistics, resamples, seed + each)
    judged = ~np.isnan(values)
    if not judged.any():
        return IntraClassFid(Estimate(math.nan, None), values)
    spread = np.sqrt(np.sum(spreads[judged] ** 2)) / judged.sum()
    estimate = Estimate(float(values[judged].mean()), ClassBootstrap(float(spread), resamples))
    return IntraClassFid(estimate, values)


def _of_shares(
    labels: np.ndarray, reference_shares: np.ndarray, measure: Callable[[np.ndarray, np.ndarray], np.ndarray], seed: int
) -> Estimate:
    """A measure of shares p (..., classes) against reference shares q (classes,), with its bootstrap."""
    reference = np.asarray(reference_shares, np.float64)
    if reference.ndim != 1 or not (reference >= 0.0).all() or not math.isclose(reference.sum(), 1.0, abs_tol=1e-6):
        raise ValueError("reference shares must be one number per class, at least 0, with sum 1")
    found = shares(labels, len(reference))
    resampled = np.random.default_rng(seed).multinomial(len(labels), found, RESAMPLES) / len(labels)
    spread = np.std(measure(resampled, reference), ddof=1)
    return Estimate(float(measure(found, reference)), Bootstrap(float(spread), RESAMPLES))


def _checked(labels: np.ndarray, classes: int) -> np.ndarray:
    labels = np.asarray(labels)
    if labels.ndim != 1 or len(labels) == 0 or labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers of shape (n,), found {labels.dtype} {labels.shape}")
    if labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels must be from 0 to {classes - 1}, found {labels.min()} to {labels.max()}")
    return labels
