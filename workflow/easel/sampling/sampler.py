"""A trained generator's samples, and the pictures of them and of its latent space."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.images import grid
from easel.models.batch_statistics import with_statistics
from easel.runtime.files import atomic
from easel.sampling.latents import (
    SAMPLES,
    STATISTICS,
    cycle_classes,
    interpolate,
    latent_plane,
    latent_points,
    sample_labels,
)
from easel.sampling.networks import generate, images_per_call, input_batches
from easel.sampling.truncation import mixture_intervals, truncated

STATISTICS_LATENTS = 5_000  # from which statistics of batch normalisation are computed


class Samples(NamedTuple):
    """Images of a generator, and what they were drawn from."""

    images: np.ndarray
    """uint8 (n, H, W, 3)"""
    latents: np.ndarray
    """float32 (n, latent_dim)"""
    labels: np.ndarray | None
    """int32 (n,): the images' classes; None of an unconditional generator"""

    @classmethod
    def load(cls, file: Path) -> "Samples":
        """Read samples.npz; labels, if there are any, as int64."""
        with np.load(file) as arrays:
            return cls(arrays["images"], arrays["latents"], arrays.get("labels"))

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
    """see `truncated`"""
    intervals: np.ndarray | None = None
    """see `mixture_intervals`; only needed for truncation"""

    def latents(self, count: int, stream: int = SAMPLES) -> np.ndarray:
        """Latents of samples: float32 (count, latent_dim). The first ones do not depend on `count`."""
        points = latent_points(count, self.latent_dim, self.seed, stream)
        return points if self.truncation is None else truncated(points, self.truncation, self.intervals)

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


def truncate(sampler: Sampler, threshold: float, class_frequencies: np.ndarray | None) -> tuple[Sampler, dict | None]:
    """A sampler with truncated latents, and of batch normalisation the statistics that belong to them.

    class_frequencies: int64 (classes,), of the classes that the network was trained on. The statistics are those of all
    of them, even where a single one is sampled, because what distinguishes a class is its distance from the others.

    Also returns the entry `batch_statistics` of samples.json: how many layers they were computed for, from how many
    latents; None without batch normalisation.
    """
    cut = replace(sampler, truncation=threshold, intervals=mixture_intervals(sampler.network))
    latents = cut.latents(STATISTICS_LATENTS, STATISTICS)
    labels = sample_labels(STATISTICS_LATENTS, class_frequencies, sampler.seed, STATISTICS)
    network, layers = with_statistics(sampler.network, input_batches(latents, labels, images_per_call(sampler.network)))
    record = {"layers": layers, "latents": STATISTICS_LATENTS} if layers else None
    return replace(cut, network=network), record
