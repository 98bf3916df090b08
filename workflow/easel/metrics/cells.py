"""Cells of feature space, by k-means, within which images are about equally typical."""

import warnings

import numpy as np
from scipy.cluster.vq import kmeans2

from easel.metrics.arrays import checked
from easel.metrics.neighbours import nearest_neighbours

PER_CELL = 20  # held-out images in a cell, on average
MOST = 50  # cells
FITTED = 10_000  # features, at most, that the centres are fitted to


def centres(features: np.ndarray, held_out: int, seed: int = 0) -> np.ndarray:
    """The centres (k, d) of cells of features (n, d): as many as give each about 20 of the held-out images, at most 50.

    A random subset of the features is enough to place them.
    """
    features = checked(features)
    random = np.random.default_rng(seed)
    some = features[np.sort(random.permutation(len(features))[:FITTED])].astype(np.float64)
    count = int(np.clip(held_out // PER_CELL, 1, min(MOST, len(some))))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "One of the clusters is empty")  # as where features are equal
        return kmeans2(some, count, minit="points", rng=random)[0]


def cells_of(features: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The cell of each feature (n, d), that of the nearest centre: int64 (n,)."""
    return nearest_neighbours(features, centres)[1]
