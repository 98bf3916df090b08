"""Memorisation: samples that are closer to the training images than held-out images are.

A generator that has learned the distribution draws samples as far from the training images as held-out images are.
Where training images are dense, everything is close to one of them, so typical samples would look like copies; samples
are compared with held-out images of the same cell of feature space (Meehan, Chaudhuri & Dasgupta 2020, arXiv
2004.05675, section 4).
"""

import numpy as np

from easel.metrics.estimate import Bootstrap, DeLong, Estimate

NEAREST_SHARE = 0.01  # of held-out images: samples that are as close count as near copies
RESAMPLES = 200
FEWEST = 5  # samples and held-out images of a cell that counts


def memorisation(
    samples_nearest: np.ndarray,  # (n,) distances of samples to the nearest training image, n at least 2
    held_out_nearest: np.ndarray,  # (m,) of held-out images, m at least 2
    samples_cells: np.ndarray | None = None,  # int (n,): the cell of each; None: all are in one
    held_out_cells: np.ndarray | None = None,  # int (m,)
    seed: int = 0,
) -> dict[str, Estimate]:
    """Two signs of memorised training images.

    data_copying_auc: the probability that a sample is closer to its nearest training image than a held-out image of the
        same cell is to its own, ties counting half (the area under the ROC curve, Mann & Whitney's U / nm); the mean
        over cells with at least FEWEST of both, weighted by their held-out images. 0.5: as held-out images; 1: every
        sample is closer than every held-out image; below 0.5: farther away, as blurred or odd samples are. Its standard
        error is that of DeLong, DeLong & Clarke-Pearson 1988 in each cell.
    near_copy_rate: the fraction of samples at most as far as the nearest hundredth of the held-out images, distances
        being relative to the median of the cell's held-out images. It is about 0.01 for real images, and more if over a
        hundredth of them have twins among the training images. Its uncertainty is a bootstrap standard deviation over
        both sets.

    Raises ValueError for fewer than two distances, and for distances that are negative or not finite.
    """
    samples, held_out = _checked(samples_nearest, "samples"), _checked(held_out_nearest, "held-out images")
    cells = [
        np.zeros(len(of), int) if found is None else np.asarray(found)
        for of, found in ((samples, samples_cells), (held_out, held_out_cells))
    ]
    counted = [cell for cell in np.unique(cells[1]) if min(np.count_nonzero(each == cell) for each in cells) >= FEWEST]
    if not counted:  # too few images for cells
        cells, counted = [np.zeros(len(of), int) for of in (samples, held_out)], [0]
    pairs = [(samples[cells[0] == cell], held_out[cells[1] == cell]) for cell in counted]
    relative = (_relative(samples, cells[0], held_out, cells[1]), _relative(held_out, cells[1], held_out, cells[1]))
    return {"data_copying_auc": _over_cells(pairs), "near_copy_rate": _near_copy_rate(*relative, seed)}


def _over_cells(pairs: list[tuple[np.ndarray, np.ndarray]]) -> Estimate:
    weights = np.array([len(held_out) for _, held_out in pairs], float)
    weights /= weights.sum()
    values, variances = np.transpose([_data_copying_auc(*pair) for pair in pairs])
    return Estimate(float(weights @ values), DeLong(float(np.sqrt(weights**2 @ variances))))


def _data_copying_auc(samples: np.ndarray, held_out: np.ndarray) -> tuple[float, float]:
    """Value and variance in a cell."""
    n, m = len(samples), len(held_out)
    farther_held_out = 1.0 - _share_below(samples, held_out)  # (n,)
    nearer_samples = _share_below(held_out, samples)  # (m,)
    return farther_held_out.mean(), farther_held_out.var(ddof=1) / n + nearer_samples.var(ddof=1) / m


def _share_below(values: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Of each value, the share of the others that are below it; equal ones count half."""
    others = np.sort(others)
    return (np.searchsorted(others, values, "left") + np.searchsorted(others, values, "right")) / (2 * len(others))


def _relative(distances: np.ndarray, cells: np.ndarray, held_out: np.ndarray, held_out_cells: np.ndarray) -> np.ndarray:
    """Distances as multiples of the median of the held-out images of their cell, or of all where it has none, or 0."""
    scales = np.full(len(distances), np.median(held_out))
    for cell in np.unique(held_out_cells):
        scales[cells == cell] = np.median(held_out[held_out_cells == cell]) or np.median(held_out)
    return distances / np.where(scales > 0.0, scales, 1.0)


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
