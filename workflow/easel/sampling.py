"""Sample a trained model: samples, interpolations, a patch of latent space, reconstructions.

Networks are called with BATCH images at a time, so that memory does not grow with the number of images.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from easel.images import grid, row_classes, to_float, to_uint8
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic

BATCH = 500  # images per call of a network

# Independent streams of random numbers. 1 and 3 are the training's.
SAMPLES, SNAPSHOTS, POSTERIORS, PLANE = 2, 4, 5, 6
CLASSES = 1  # appended to a stream of latents: the stream of their classes


def latent_points(
    count: int, latent_dim: int, seed: int, stream: int = SAMPLES, truncation: float | None = None
) -> np.ndarray:
    """Latents from N(0, 1): float32 (count, latent_dim). The first ones do not depend on `count`.

    stream: one of the above. truncation: see `truncated`.
    """
    points = np.random.default_rng([seed, stream]).standard_normal((count, latent_dim), np.float32)
    return points if truncation is None else truncated(points, truncation)


def truncated(points: np.ndarray, threshold: float) -> np.ndarray:
    """Samples of N(0, 1), any shape, mapped to the normal distribution truncated at ± threshold: float32.

    Brock et al. 2019 (arXiv 1809.11096, section 3.1) resample a number until it is within the threshold. Here it
    is mapped to the same quantile of the same truncated distribution,

        z → Φ⁻¹(Φ(-t) + Φ(z) (Φ(t) - Φ(-t))),

    so that images of the same latents can be compared across thresholds.
    """
    low, high = ndtr(-threshold), ndtr(threshold)
    within = ndtri(low + (high - low) * ndtr(points.astype(np.float64)))
    return np.clip(within, -threshold, threshold).astype(np.float32)


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


def generate(generator: Callable, latents: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """Images, uint8 (N, H, W, 3), from latents float32 (N, latent_dim). Raises EaselError if one is not finite.

    labels: the images' classes, int32 (N,), of a conditional generator.
    """
    inputs: list[Any] = batches(latents)
    if labels is not None:
        inputs = [list(pair) for pair in zip(inputs, batches(labels), strict=True)]
    parts = [np.asarray(generator(batch, training=False)) for batch in inputs]
    if bad := sum(np.count_nonzero(~np.isfinite(part).all(axis=(1, 2, 3))) for part in parts):
        raise EaselError(
            f"{bad:,} of {len(latents):,} images that the network generated are not finite, so the network is broken; "
            "delete the run's state, lower its learning_rate and train it again"
        )
    return np.concatenate([to_uint8(part) for part in parts])


def interpolate(first: np.ndarray, second: np.ndarray, steps: int) -> np.ndarray:
    """Spherical interpolations between latents, each float32 (N, D): float32 (N · steps, D), row after row.

    They follow a great circle, because N(0, 1) in many dimensions lies near a sphere: points on the straight line
    between two samples are shorter than any sample (White 2016, arXiv 1609.04468, section 2.1).
    """
    t = np.linspace(0, 1, steps, dtype=np.float32)[None, :, None]
    lengths = np.linalg.norm(first, axis=1, keepdims=True) * np.linalg.norm(second, axis=1, keepdims=True)
    cosine = np.sum(first * second, axis=1, keepdims=True) / lengths
    angle = np.arccos(np.clip(cosine, -1 + 1e-6, 1 - 1e-6))[:, None]
    points = np.sin((1 - t) * angle) * first[:, None] + np.sin(t * angle) * second[:, None]
    return (points / np.sin(angle)).reshape(-1, first.shape[1]).astype(np.float32)


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


def reconstruct(encoder: Callable, generator: Callable, images: np.ndarray) -> np.ndarray:
    """Reconstructions, uint8 (N, H, W, 3), of images uint8 (N, H, W, 3), from the means of their posteriors."""
    means = [np.asarray(encoder(to_float(batch), training=False)[0]) for batch in batches(images)]
    return generate(generator, np.concatenate(means))


def batches(array: np.ndarray) -> list[np.ndarray]:
    """Parts of an array, of at most BATCH rows each."""
    return [array[start : start + BATCH] for start in range(0, len(array), BATCH)]


class Samples(NamedTuple):
    """Images of a generator, and what they were drawn from."""

    images: np.ndarray
    """uint8 (n, H, W, 3)"""
    latents: np.ndarray
    """float32 (n, latent_dim)"""
    labels: np.ndarray | None
    """int32 (n,): the images' classes; None of an unconditional generator"""

    def save(self, file: Path, seed: int) -> None:
        """Write samples.npz: images, latents, seed, and of a conditional generator labels int64 (n,)."""
        arrays: dict[str, Any] = {"images": self.images, "latents": self.latents, "seed": np.int64(seed)}
        if self.labels is not None:
            arrays["labels"] = self.labels.astype(np.int64)
        with atomic(file) as partial:
            np.savez(partial, **arrays)


@dataclass(frozen=True)
class Sampler:
    """A trained generator, and how it is sampled."""

    network: Callable
    """latents float32 (n, latent_dim), or latents and labels, to images in -1..1; a Keras model"""
    latent_dim: int
    class_frequencies: np.ndarray | None
    """int64 (classes,): relative frequency of each class; None of an unconditional generator"""
    seed: int
    """of latents and labels"""
    truncation: float | None = None

    def latents(self, count: int) -> np.ndarray:
        """Latents of samples: float32 (count, latent_dim). The first ones do not depend on `count`."""
        return latent_points(count, self.latent_dim, self.seed, truncation=self.truncation)

    def samples(self, count: int) -> Samples:
        """Independent samples."""
        latents, classes = self.latents(count), sample_labels(count, self.class_frequencies, self.seed)
        return Samples(generate(self.network, latents, classes), latents, classes)

    def overview(self, samples: Samples, side: int = 10) -> np.ndarray:
        """The picture samples.png: the first side² samples; of a conditional generator, one class in each row."""
        first = samples.images[: side**2]
        if self.class_frequencies is not None:
            first = generate(self.network, self.latents(side**2), cycle_classes(side, side, self.class_frequencies))
        return grid(first, columns=side)

    def interpolations(self, rows: int = 8, steps: int = 10) -> np.ndarray:
        """The picture interpolation.png: in each row the images from one latent to another, all of one class."""
        ends = self.latents(2 * rows)
        between = interpolate(ends[:rows], ends[rows:], steps)
        return grid(generate(self.network, between, cycle_classes(rows, steps, self.class_frequencies)), columns=steps)

    def plane(self) -> np.ndarray:
        """The picture latent_plane.png: the images of a patch of latent space, all of one class."""
        patch = latent_plane(self.latent_dim, self.seed)
        points = patch.reshape(-1, self.latent_dim)
        return grid(
            generate(self.network, points, cycle_classes(1, len(points), self.class_frequencies)),
            columns=patch.shape[1],
        )
