"""The inputs of a generator, as functions of a seed: latents, classes, and paths and planes through latent space."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from easel.images import row_classes
from easel.runtime.errors import EaselError

# Independent streams of random numbers. 1 and 3 are the training's monitor's, 7 the fitted prior's.
SAMPLES, SNAPSHOTS, POSTERIORS, PLANE, STATISTICS = 2, 4, 5, 6, 8
CLASSES = 1  # appended to a stream of latents: the stream of their classes


def latent_points(count: int, latent_dim: int, seed: int, stream: int = SAMPLES) -> np.ndarray:
    """Latents from N(0, 1): float32 (count, latent_dim). The first ones do not depend on `count`.

    stream: one of the above.
    """
    return np.random.default_rng([seed, stream]).standard_normal((count, latent_dim), np.float32)


def class_frequencies(classes: Mapping[str, Any] | None, label: str = "") -> np.ndarray | None:
    """Relative frequencies of the classes to sample: int64 (classes,); None for an unconditional network.

    classes: the entry of train.json, with `names` and `images`. label: the only class to sample; "" for all classes, as
    frequent as among the training images. Raises EaselError if there is no such class.
    """
    if classes is None:
        if label:
            raise EaselError(f"sampling.label asks for the class '{label}', but the network is not conditional")
        return None
    names, images = classes["names"], np.array(classes["images"], np.int64)
    if not label:
        return images
    if label not in names:
        raise EaselError(f"sampling.label: there is no class '{label}'; the network was trained on {', '.join(names)}")
    return (np.arange(len(names)) == names.index(label)).astype(np.int64)


def sample_labels(count: int, frequencies: np.ndarray | None, seed: int, stream: int = SAMPLES) -> np.ndarray | None:
    """Classes of samples, each independent of the others: int32 (count,); None for an unconditional network.

    frequencies: of `class_frequencies`. The first ones do not depend on `count`.
    """
    if frequencies is None:
        return None
    chosen = np.random.default_rng([seed, stream, CLASSES]).integers(frequencies.sum(), size=count)
    return np.searchsorted(np.cumsum(frequencies), chosen, side="right").astype(np.int32)


def cycle_classes(rows: int, columns: int, frequencies: np.ndarray | None) -> np.ndarray | None:
    """Classes of a grid's images, one in each row, in a cycle of all that are sampled: int32 (rows · columns,)."""
    if frequencies is None:
        return None
    return row_classes(np.flatnonzero(frequencies), rows, columns)


def interpolate(first: np.ndarray, second: np.ndarray, steps: int) -> np.ndarray:
    """Spherical interpolations between latents, each float32 (N, D): float32 (N · steps, D), row after row.

    They follow a great circle, because N(0, 1) in many dimensions lies near a sphere: points on the straight line
    between two samples are shorter than any sample (White 2016, arXiv 1609.04468, section 2.1). Between latents of the
    same or of opposite directions, of which many great circles or none lead on, they follow the straight line.
    """
    t = np.linspace(0, 1, steps, dtype=np.float32)[None, :, None]
    lengths = np.linalg.norm(first, axis=1, keepdims=True) * np.linalg.norm(second, axis=1, keepdims=True)
    cosine = np.sum(first * second, axis=1, keepdims=True) / np.where(lengths > 0, lengths, 1)
    is_straight = (np.abs(cosine) > 1 - 1e-6) | (lengths == 0)
    angle = np.arccos(np.where(is_straight, 0, cosine))[:, None]
    on_circle = (np.sin((1 - t) * angle) * first[:, None] + np.sin(t * angle) * second[:, None]) / np.sin(angle)
    on_line = (1 - t) * first[:, None] + t * second[:, None]
    points = np.where(is_straight[:, None], on_line, on_circle)
    return points.reshape(-1, first.shape[1]).astype(np.float32)


def latent_plane(latent_dim: int, seed: int, side: int = 17) -> np.ndarray:
    """A patch of latent space as a grid: float32 (side, side, latent_dim), or (1, side, 1) for one dimension.

    In d ≥ 3 dimensions it lies on the sphere of radius √d, near which N(0, 1) has its mass:

        √d (tan a · u + tan b · v + w) / √(tan² a + tan² b + 1),    a and b evenly from -45° to 45°,

    with u, v, w orthonormal and drawn from the seed. That is a face of a cube blown up to the sphere, on which
    neighbours are nearly equally far apart (Ronchi et al. 1996, doi 10.1006/jcph.1996.0047, section 2); the middles of
    opposite edges are at right angles, as two samples nearly are. In 2 dimensions or one it is the quantiles of the
    Gaussian, ndtri((i + ½) / side), which do not depend on the seed. The first coordinate grows from left to right,
    the second from the bottom to the top.
    """
    if latent_dim < 3:
        quantiles = ndtri((np.arange(side) + 0.5) / side)
        x, y = np.meshgrid(quantiles, -quantiles if latent_dim == 2 else [0.0])
        return np.stack([x, y][:latent_dim], axis=-1).astype(np.float32)
    axes, _ = np.linalg.qr(np.random.default_rng([seed, PLANE]).standard_normal((latent_dim, 3)))
    tangents = np.tan(np.linspace(-np.pi / 4, np.pi / 4, side))
    x, y = np.meshgrid(tangents, -tangents)
    points = np.stack([x, y, np.ones_like(x)], axis=-1)
    points *= np.sqrt(latent_dim) / np.linalg.norm(points, axis=-1, keepdims=True)
    return (points @ axes.T).astype(np.float32)
