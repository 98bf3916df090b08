"""Similarity of reconstructions and originals: pixel by pixel, and in local structure.

Every function compares two uint8 arrays (N, H, W, C) in 0..255, image by image, and gives float64 (N,). They take a
block of images at a time, so that float copies of all are never in memory together.
"""

from collections.abc import Callable

import numpy as np

BLOCK = 2**19  # pixel values at a time
RADIUS = 5
SIGMA = 1.5
K1, K2 = 0.01, 0.03


def mse(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Mean squared error over an image's pixels and channels, on the scale 0..1: 0 for equals, at most 1."""
    return _by_blocks(first, second, lambda x, y: ((x - y) ** 2).mean(axis=(1, 2, 3)) / 255**2)


def psnr(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Peak signal-to-noise ratio, -10 · log₁₀ of the MSE on the scale 0..1, in dB; the peak is 255.

    It is infinite for equals, which have no noise. One level in one of n values gives 48.13 + 10 · log₁₀ n.
    """
    with np.errstate(divide="ignore"):
        return -10.0 * np.log10(mse(first, second))


def ssim(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Structural similarity (Wang, Bovik, Sheikh & Simoncelli 2004, doi 10.1109/TIP.2003.819861, equation 13).

    Means, variances and covariance are weighted by an 11 × 11 Gaussian window of standard deviation 1.5 that sums
    to 1, K₁ = 0.01, K₂ = 0.03 and the range is 255, as in the paper; the mean is taken over all places where the window
    lies within the image, and over channels, each compared on its own. 1 for equals, at least -1.

    Raises ValueError for images smaller than the window.
    """
    _require_pairs(first, second)
    height, width = first.shape[1:3]
    if min(height, width) < 2 * RADIUS + 1:
        raise ValueError(f"images of {height} × {width} pixels are smaller than the window of SSIM, 11 × 11")
    down, across = _window(height), _window(width).T

    def similarity(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, y = np.moveaxis(x, -1, 1), np.moveaxis(y, -1, 1)  # (n, C, H, W)
        mean_x, mean_y, square_x, square_y, product = (down @ part @ across for part in (x, y, x * x, y * y, x * y))
        variances = square_x - mean_x**2 + square_y - mean_y**2
        covariance = product - mean_x * mean_y
        c1, c2 = (K1 * 255) ** 2, (K2 * 255) ** 2
        places = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
        places /= (mean_x**2 + mean_y**2 + c1) * (variances + c2)
        return places.mean(axis=(1, 2, 3))

    return _by_blocks(first, second, similarity)


def _window(side: int) -> np.ndarray:
    """The Gaussian window at each place of a side: (side - 10, side).

    As a matrix it takes a fifth of the time of a convolution for images of 32 × 32 pixels, and not more for 256 × 256.
    """
    weights = np.exp(-0.5 * (np.arange(-RADIUS, RADIUS + 1) / SIGMA) ** 2)
    places = side - 2 * RADIUS
    matrix = np.zeros((places, side))
    for place in range(places):
        matrix[place, place : place + len(weights)] = weights / weights.sum()
    return matrix


def _by_blocks(first: np.ndarray, second: np.ndarray, compare: Callable) -> np.ndarray:
    """`compare`, which gets float64 (n, H, W, C) in 0..255 and gives (n,), over all images: float64 (N,)."""
    _require_pairs(first, second)
    values = np.empty(len(first))
    step = max(1, BLOCK // max(1, first[:1].size))
    for start in range(0, len(first), step):
        block = slice(start, start + step)
        values[block] = compare(first[block].astype(np.float64), second[block].astype(np.float64))
    return values


def _require_pairs(first: np.ndarray, second: np.ndarray) -> None:
    """Raise ValueError for arrays of different shapes, of no images, or of another type than uint8."""
    if first.shape != second.shape or first.ndim != 4:
        raise ValueError(f"expected two arrays (N, H, W, C) of one shape, found {first.shape} and {second.shape}")
    if first.dtype != np.uint8 or second.dtype != np.uint8:
        raise ValueError(f"expected uint8 images, found {first.dtype} and {second.dtype}")
