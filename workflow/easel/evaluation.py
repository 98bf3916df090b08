"""Judging: what a judge knows of the real images, and the rows of metrics.json."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from easel.console import Progress
from easel.errors import EaselError
from easel.judges import Judge
from easel.metrics import fid

KEPT = 10_000  # features of reference images that are kept, at most
CHUNK = 5_000  # images between two signs of progress
RESAMPLES = 20


def reference(judge: Judge, train: np.ndarray, test: np.ndarray) -> dict[str, np.ndarray]:
    """What reference.npz holds, by name, from the images of both splits, uint8 (N, H, W, C).

    train_mean, train_covariance, train_n: the features of all training images; (d,), (d, d), (), float64.
    test_mean, test_covariance, test_n: likewise of all test images.
    test_features: float32 (m, d) of at most 10,000 test images in random order, so that the first few are a fair draw.
    gaussian_features: float32 (m, d) of `gaussian_images`.
    """
    of_train = features(judge, train, "training images")
    of_test = features(judge, test, "test images")
    kept = np.random.default_rng(0).permutation(len(test))[:KEPT]
    statistics = {}
    for split, found in (("train", of_train), ("test", of_test)):
        mean, covariance = fid.statistics(found)
        statistics |= {f"{split}_mean": mean, f"{split}_covariance": covariance, f"{split}_n": np.float64(len(found))}
    return statistics | {
        "test_features": of_test[kept],
        "gaussian_features": features(judge, gaussian_images(train, len(kept)), "pixel Gaussian"),
    }


def gaussian_images(images: np.ndarray, count: int, seed: int = 0) -> np.ndarray:
    """Images uint8 (count, H, W, C) of independent Gaussian pixels, with the mean and standard deviation that each
    pixel has over `images`, uint8 (N, H, W, C); rounded, and clipped to 0..255.

    They are what a generator draws that has learnt every pixel and no relation between two.
    """
    random = np.random.default_rng(seed)
    drawn = np.empty((count, *images.shape[1:]), np.uint8)
    for row in range(images.shape[1]):  # at a time, because float copies of all images would not fit every memory
        pixels = images[:, row]  # (N, W, C)
        values = pixels.mean(axis=0) + pixels.std(axis=0) * random.standard_normal((count, *pixels.shape[1:]))
        drawn[:, row] = np.clip(np.rint(values), 0, 255)
    return drawn


def features(judge: Judge, images: np.ndarray, label: str) -> np.ndarray:
    """A judge's features, float32 (N, d), of images uint8 (N, H, W, C), checked to be finite."""
    found = np.empty((len(images), judge.feature_dim), np.float32)
    with Progress(len(images), "images", label) as progress:
        for start in range(0, len(images), CHUNK):
            chunk = images[start : start + CHUNK]
            found[start : start + CHUNK] = judge.features(chunk)
            progress.update(len(chunk))
    if bad := np.count_nonzero(~np.isfinite(found).all(axis=1)):
        raise EaselError(
            f"{label}: the judge's features of {bad:,} of {len(images):,} images are not finite numbers, so its "
            "network is broken; delete it, and lower its learning_rate before it is trained again"
        )
    return found


def judge_samples(
    samples: np.ndarray,  # features (n, d)
    references: Mapping[str, np.ndarray],  # what `reference` returns
    judge: str,  # its name
    note: str,  # what a table says of it
) -> list[dict[str, Any]]:
    """One judge's rows of metrics.json: the samples, and between which limits to read them.

    The limits are the test images (the floor) and the pixel Gaussian (the ceiling), judged as if they were
    samples: as many of them, or as there are. All are compared with the training images.
    """
    n = len(samples)
    compared = {
        "samples": samples,
        "test images": references["test_features"][:n],
        "pixel Gaussian": references["gaussian_features"][:n],
    }
    return [
        {"of": of, **fid_of(found, references), "judge": judge, "judge_note": note} for of, found in compared.items()
    ]


def fid_of(found: np.ndarray, references: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """FID between features (n, d) and the training images, as the keys of a row of metrics.json."""
    mean, covariance = references["train_mean"], references["train_covariance"]
    n, dimensions = found.shape
    row = {
        "metric": "fid",
        "value": fid.frechet_distance(*fid.statistics(found), mean, covariance),
        "uncertainty": fid.bootstrap(found, mean, covariance, RESAMPLES),
        "uncertainty_kind": f"bootstrap standard deviation, {RESAMPLES} resamples",
        "n": n,
        "reference_split": "train",
        "reference_n": int(references["train_n"]),
    }
    if min(n, row["reference_n"]) <= dimensions:
        row["caveat"] = (
            f"a covariance of {min(n, row['reference_n']):,} images in {dimensions:,} dimensions is singular: "
            "the value reads too high, and compares with values of the same n only"
        )
    return row
