"""Directions in latent space along which images change most, and what they change.

Of latents w from N(0, 1) and their images x, E[w xᵀ] is the mean of the images' derivatives with respect to w (Stein's
lemma). Its left singular vectors are the directions whose effect is the same wherever one starts, the largest first.
Latents with another covariance Σ are whitened first, w = Σ^-½ (latent - mean). A direction is named by the property of
images that is correlated most with the position along it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from easel.images import LUMA

COUNT = 6
"""Directions that a page offers, at most."""
NUMBERS = 2**24
"""Numbers of the images that they are computed from, at most."""
NAMED = 0.3
"""Correlation from which on a direction has a property's name."""
AS_GOOD = 0.05
"""Difference of correlations that is not taken for one."""
STANDS_OUT = 0.15
"""Distance of a pixel from the border's mean colour, as a share of white, from which on it belongs to a thing."""
SMALLEST = 1e-6
"""Variance of a latent number, relative to the largest, below which it counts as this large: its scale is noise."""

Property = Callable[[np.ndarray], np.ndarray]
"""A function of images float32 (N, H, W, 3) in 0..1: float (N,)."""


def luminance(images: np.ndarray) -> np.ndarray:
    """(N, H, W)"""
    return images @ LUMA


def distinctness(images: np.ndarray) -> np.ndarray:
    """How far each pixel is from the mean colour of its image's border: (N, H, W)."""
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    return np.sqrt(((images - border.mean(axis=1)[:, None, None]) ** 2).mean(axis=-1))


def centre(axis: int) -> Property:
    """The place along an axis of images, 1 or 2, around which what is distinct lies."""

    def place(images: np.ndarray) -> np.ndarray:
        share = distinctness(images).sum(axis=3 - axis) + 1e-6
        return (share * np.arange(share.shape[1])).sum(axis=1) / share.sum(axis=1)

    return place


PROPERTIES: dict[str, Property] = {
    "across": centre(2),
    "down": centre(1),
    "size": lambda images: (distinctness(images) > STANDS_OUT).mean(axis=(1, 2)),
    "red_blue": lambda images: (images[..., 0] - images[..., 2]).mean(axis=(1, 2)),
    "green_magenta": lambda images: (images[..., 1] - images[..., ::2].mean(axis=-1)).mean(axis=(1, 2)),
    "brightness": lambda images: luminance(images).mean(axis=(1, 2)),
    "contrast": lambda images: luminance(images).std(axis=(1, 2)),
    "colourfulness": lambda images: (images.max(axis=-1) - images.min(axis=-1)).mean(axis=(1, 2)),
}
"""In the order in which they are preferred: a larger thing on black is brighter, too."""


def directions(latents: np.ndarray, images: np.ndarray, labels: np.ndarray | None = None) -> list[dict[str, Any]]:
    """Directions, the one with the largest effect first.

    latents: float (N, D), of independent samples. images: uint8 (N, H, W, 3). labels: int (N,): differences between
    classes then do not count. Each has a `step`, the change of latents by one standard deviation; `changes`, the name
    of a property or None; and its `correlation` with that property, which grows along the direction.
    """
    count = min(len(images), NUMBERS // images[0].size)
    if count < 2:
        return []
    latents, pixels = latents[:count].astype(np.float64), images[:count].astype(np.float32) / 255
    groups = np.zeros(count, int) if labels is None else labels[:count]
    found = {name: within(value(pixels)[:, None], groups)[:, 0] for name, value in PROPERTIES.items()}
    flat = within(pixels.reshape(count, -1), groups)
    root = covariance_root(latents)
    whitened = (latents - latents.mean(axis=0)) @ np.linalg.inv(root)
    vectors, sizes, _ = np.linalg.svd(whitened.T.astype(np.float32) @ flat / count, full_matrices=False)
    return [
        named(vector, whitened @ vector, root, found)
        for vector, size in zip(vectors.T[:COUNT].astype(np.float64), sizes, strict=False)
        if size > 1e-6 * max(sizes[0], 1e-6)
    ]


def within(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Values (N, ...) less the mean of their group."""
    values = np.array(values)
    for group in np.unique(groups):
        values[groups == group] -= values[groups == group].mean(axis=0)
    return values


def covariance_root(latents: np.ndarray) -> np.ndarray:
    """The symmetric square root of the covariance of latents (N, D): (D, D)."""
    variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(latents.T)))
    return (axes * np.sqrt(np.maximum(variances, SMALLEST * variances.max(initial=1e-12)))) @ axes.T


def named(vector: np.ndarray, along: np.ndarray, root: np.ndarray, properties: dict[str, np.ndarray]) -> dict[str, Any]:
    """A direction's entry. along: the position of each sample along it. properties: of the samples' images."""
    correlations = {name: correlation(along, values) for name, values in properties.items()}
    largest = max(map(abs, correlations.values()))
    name = next(name for name, value in correlations.items() if abs(value) >= largest - AS_GOOD)
    sign = -1.0 if correlations[name] < 0 else 1.0
    is_named = abs(correlations[name]) >= NAMED
    return {
        "step": np.round(sign * vector @ root, 6).tolist(),
        "changes": name if is_named else None,
        "correlation": round(abs(correlations[name]), 4) if is_named else None,
    }


def correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Pearson's correlation coefficient of (N,) and (N,); 0 where one is constant."""
    first, second = first - first.mean(), second - second.mean()
    sizes = np.sqrt((first**2).sum() * (second**2).sum())
    return float((first * second).sum() / sizes) if sizes > 0 else 0.0
