"""Memorisation: samples that are closer to the training images than held-out images are.

A generator that has learned the distribution draws samples as far from the training images as held-out images are
(Meehan, Chaudhuri & Dasgupta 2020, arXiv 2004.05675).
"""

import numpy as np
from scipy.stats import rankdata

from easel.metrics.estimate import Bootstrap, DeLong, Estimate

NEAREST_SHARE = 0.01  # of held-out images: samples that are as close count as near copies
RESAMPLES = 200


def memorisation(
    samples_nearest: np.ndarray,  # (n,) distances of samples to the nearest training image, n at least 2
    held_out_nearest: np.ndarray,  # (m,) of held-out images, m at least 2
    seed: int = 0,
) -> dict[str, Estimate]:
    """Two signs of memorised training images.

    data_copying_auc: the probability that a sample is closer to its nearest training image than a held-out image is to
        its own, ties counting half (the area under the ROC curve, Mann & Whitney's U / nm). 0.5: as held-out images;
        1: every sample is closer than every held-out image; below 0.5: farther away, as blurred or odd samples are.
        Its standard error is that of DeLong, DeLong & Clarke-Pearson 1988.
    near_copy_rate: the fraction of samples at most as far as the nearest hundredth of the held-out images. It is about
        0.01 for real images, and more if over a hundredth of them have twins among the training images. Its
        uncertainty is a bootstrap standard deviation over both sets.

    Raises ValueError for fewer than two distances, and for distances that are negative or not finite.
    """
    samples, held_out = _checked(samples_nearest, "samples"), _checked(held_out_nearest, "held-out images")
    return {
        "data_copying_auc": _data_copying_auc(samples, held_out),
        "near_copy_rate": _near_copy_rate(samples, held_out, seed),
    }


def _data_copying_auc(samples: np.ndarray, held_out: np.ndarray) -> Estimate:
    # Of each, the share of the other set that lies on the other side of it: ranks among all less those among its own.
    n, m = len(samples), len(held_out)
    ranks = rankdata(np.concatenate([samples, held_out]))
    farther_held_out = 1.0 - (ranks[:n] - rankdata(samples)) / m  # (n,)
    nearer_samples = (ranks[n:] - rankdata(held_out)) / n  # (m,)
    variance = farther_held_out.var(ddof=1) / n + nearer_samples.var(ddof=1) / m
    return Estimate(float(farther_held_out.mean()), DeLong(float(np.sqrt(variance))))


def _near_copy_rate(samples: np.ndarray, held_out: np.ndarray, seed: int) -> Estimate:
    random = np.random.default_rng(seed)
    drawn = (
        _near_copy_rate_of(random.choice(samples, len(samples)), random.choice(held_out, len(held_out)))
        for _ in range(RESAMPLES)
    )
    spread = np.std(list(drawn), ddof=1)
    return Estimate(_near_copy_rate_of(samples, held_out), Bootstrap(float(spread), RESAMPLES))


def _near_copy_rate_of(samples: np.ndarray, held_out: np.ndarray) -> float:
    suspicious = np.quantile(held_out, NEAREST_SHARE, method="inverted_cdf")  # a distance that occurs
    return float(np.mean(samples <= suspicious))


def _checked(distances: np.ndarray, of: str) -> np.ndarray:
    distances = np.asarray(distances, np.float64)
    if distances.ndim != 1 or len(distances) < 2:
        raise ValueError(f"distances of {of} must be a list of at least 2, found shape {distances.shape}")
    if not (np.isfinite(distances) & (distances >= 0.0)).all():
        raise ValueError(f"distances of {of} must be finite and at least 0")
    return distances
