"""A judge's features of a dataset's real images: computed once, and shared by all studies."""

import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from easel.data.prepared import Split
from easel.evaluation import features
from easel.judges import Judge, Outputs
from easel.metrics import cells, fid, inception_score, neighbours
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic

KEPT = 10_000  # test images whose features are kept, at most


@dataclass(frozen=True)
class Reference:
    """A judge's features of the real images; see `write`."""

    statistics: Mapping[str, np.ndarray]
    """The arrays of reference.npz."""
    train_features: np.ndarray
    """float32 (N, d), in memory or mapped from their file"""
    train_labels: np.ndarray
    """integers (N,)"""

    @classmethod
    def read(cls, statistics: Path, train_labels: np.ndarray) -> "Reference":
        """statistics: a judge's reference.npz, with train_features.npy next to it. EaselError where one is damaged."""
        file = statistics.with_name("train_features.npy")
        try:
            features = np.load(file, mmap_mode="r")
        except (ValueError, EOFError) as error:
            raise damaged(file, error) from error
        return cls(load_statistics(statistics), features, train_labels)

    def __getitem__(self, name: str) -> np.ndarray:
        return self.statistics[name]

    def some_train_features(self, count: int) -> np.ndarray:
        """Features float32 (count, d) of training images drawn at random, or of all where there are no more."""
        chosen = np.random.default_rng(0).permutation(len(self.train_features))[:count]
        return self.train_features[np.sort(chosen)]


def write(judge: Judge, train: Split, test: Split, statistics: Path, features_of_train: Path) -> None:
    """Write a judge's features of both splits.

    train_features.npy: float32 (N, d), of every training image.
    reference.npz, of which everything but features, logits and labels is float64:

        train_mean, train_covariance, train_n     the features of all training images: (d,), (d, d), ()
        test_mean, test_covariance, test_n        likewise of all test images
        train_inception_score                     (2,): over all training images, and its uncertainty; only of a judge
                                                  that has classes
        test_features, test_logits, test_labels   float32 (m, d), float32 (m, classes), int64 (m,): of at most 10,000
                                                  test images in random order, so that the first few are a fair sample
        test_nearest                              (m,): the distance of each to the nearest training image
        test_cells                                int64 (m,): the cell of each
        cells                                     (k, d): the centres of the cells within which images are compared
        gaussian_features, gaussian_logits        likewise of m `gaussian_images`
    """
    of_train = features.outputs(judge, train.images, "training images")
    of_test = features.outputs(judge, test.images, "test images")
    kept = kept_test_images(len(test.images))
    of_gaussian = features.outputs(judge, gaussian_images(train.images, len(kept)), "pixel Gaussian")
    with Progress(len(kept), "images", "nearest training images of test images") as progress:
        nearest, _ = neighbours.nearest_neighbours(of_test.features[kept], of_train.features, advance=progress.update)
    centres = cells.centres(of_train.features, len(kept))
    arrays: dict[str, Any] = {
        **_moments("train", of_train.features),
        **_moments("test", of_test.features),
        **_inception_score("train", of_train),
        "test_features": of_test.features[kept],
        "test_logits": of_test.logits[kept],
        "test_labels": np.asarray(test.labels, np.int64)[kept],
        "test_nearest": nearest,
        "test_cells": cells.cells_of(of_test.features[kept], centres),
        "cells": centres,
        "gaussian_features": of_gaussian.features,
        "gaussian_logits": of_gaussian.logits,
    }
    with atomic(features_of_train) as partial:
        np.save(partial, of_train.features)
    with atomic(statistics) as partial:
        np.savez(partial, **arrays)


def kept_test_images(count: int) -> np.ndarray:
    """The indices (m,) of the test images that reference.npz has, of `count`: at most KEPT, in random order."""
    return np.random.default_rng(0).permutation(count)[:KEPT]


def load_statistics(file: Path, names: Iterable[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of a reference.npz, or those of some names. EaselError where it is damaged."""
    try:
        with open(file, "rb") as opened, np.load(opened) as arrays:  # NumPy leaves the file open where it is no archive
            return {name: arrays[name] for name in names or arrays.files}
    except (zipfile.BadZipFile, zlib.error, ValueError, KeyError, EOFError) as error:
        raise damaged(file, error) from error


def damaged(file: Path, error: Exception) -> EaselError:
    """The error for a file that cannot be read."""
    return EaselError(f"{file}: damaged or cut short ({error}). Delete it, and the same command makes it again")


def _moments(split: str, found: np.ndarray) -> Mapping[str, np.ndarray]:
    mean, covariance = fid.statistics(found)
    return {f"{split}_mean": mean, f"{split}_covariance": covariance, f"{split}_n": np.array(len(found), np.float64)}


def _inception_score(split: str, found: Outputs) -> Mapping[str, np.ndarray]:
    """The score and its uncertainty, NaN if there is none; nothing of a judge without classes."""
    if not found.has_classes:
        return {}
    score = inception_score.inception_score(found.logits)
    spread = score.uncertainty.value if score.uncertainty else np.nan
    return {f"{split}_inception_score": np.array([score.value, spread], np.float64)}


def gaussian_images(images: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Images uint8 (count, H, W, C) of independent Gaussian pixels, with the mean and standard deviation that each
    pixel has over `images`, uint8 (N, H, W, C); rounded, and clipped to 0..255.

    A generator that has learned every pixel on its own, and no relation between two, would generate them.
    """
    random = np.random.default_rng(seed)
    drawn = np.empty((count, *images.shape[1:]), np.uint8)
    for row in range(images.shape[1]):  # at a time, because float copies of all images would not fit every memory
        pixels = images[:, row]  # (N, W, C)
        values = pixels.mean(axis=0) + pixels.std(axis=0) * random.standard_normal((count, *pixels.shape[1:]))
        drawn[:, row] = np.clip(np.rint(values), 0, 255)
    return drawn
