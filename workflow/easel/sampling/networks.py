"""Calls of trained networks, some images at a time, so that memory does not grow with their number."""

from collections.abc import Callable
from typing import Any

import numpy as np

from easel.images import per_call, to_float, to_uint8
from easel.runtime.errors import EaselError

BATCH = 500  # images per call ...
FULL = 32  # ... of so many pixels a side; fewer of larger ones: all layers' outputs are in memory at once


def generate(generator: Callable, latents: np.ndarray, labels: np.ndarray | None = None) -> np.ndarray:
    """Images, uint8 (N, H, W, 3), from latents float32 (N, latent_dim). Raises EaselError if one is not finite.

    labels: the images' classes, int32 (N,), of a conditional generator.
    """
    inputs = input_batches(latents, labels, images_per_call(generator))
    parts = [np.asarray(generator(batch, training=False)) for batch in inputs]
    if bad := sum(np.count_nonzero(~np.isfinite(part).all(axis=(1, 2, 3))) for part in parts):
        raise EaselError(
            f"{bad:,} of {len(latents):,} images that the network generated are not finite, so the network is broken; "
            "delete the run's state, lower its learning_rate and train it again"
        )
    return np.concatenate([to_uint8(part) for part in parts])


def reconstruct(encoder: Callable, generator: Callable, images: np.ndarray) -> np.ndarray:
    """Reconstructions, uint8 (N, H, W, 3), of images uint8 (N, H, W, 3), from the means of their posteriors."""
    return generate(generator, encode(encoder, images, images_per_call(generator)))


def encode(encoder: Callable, images: np.ndarray, count: int) -> np.ndarray:
    """The means of the posteriors of images uint8 (N, H, W, 3), `count` per call: float32 (N, latent_dim)."""
    return np.concatenate([np.asarray(encoder(to_float(batch), training=False)[0]) for batch in batches(images, count)])


def images_per_call(generator: Callable) -> int:
    """BATCH, or fewer if the images are large. generator: a Keras model; of another function they count as small."""
    return per_call(BATCH, (getattr(generator, "output_shape", None) or (None, FULL))[1], FULL)


def input_batches(latents: np.ndarray, labels: np.ndarray | None = None, count: int = BATCH) -> list[Any]:
    """The inputs of a generator's calls: batches of latents, or of a conditional generator [latents, labels]."""
    if labels is None:
        return batches(latents, count)
    return [list(pair) for pair in zip(batches(latents, count), batches(labels, count), strict=True)]


def batches(array: np.ndarray, count: int = BATCH) -> list[np.ndarray]:
    """Parts of an array, of at most `count` rows each."""
    return [array[start : start + count] for start in range(0, len(array), count)]
