"""What is fitted to a generator once it is trained: batch normalisation's statistics, and the colours of its images.

A moving average of weights has never seen a batch. It comes with the statistics of the weights that it averages, and
its images are then too pale, too dark or tinted, by little; but by more than many a better recipe gains.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from easel.images import per_call, to_float
from easel.models.batch_statistics import with_statistics

LATENTS = 9  # a stream of random numbers; the others are in monitor.py, priors.py and sampling/
BATCH, FULL = 500, 32  # images per call of so many pixels a side; fewer of larger ones
PIXELS = 2**21
"""that a generator is fitted to, generated: 2,048 images of 32 × 32, fewer of larger ones, to bound the memory"""
REAL_IMAGES = 10_000
"""training images, at most, that they are compared with"""
ROUNDS = 20
"""of the fit, each of which brings deviations and means closer; it has converged after about five"""
FARTHEST = 4.0
"""the largest factor by which a channel's contrast is raised or lowered, and the largest shift either way"""
SMALL = 1e-6


def match(generator: keras.Model, images: np.ndarray, labels: np.ndarray | None, seed: int) -> None:
    """Fit a generator in Keras's own layers to the training images, uint8 (N, H, W, C). Its last layer but the tanh is
    a convolution with a bias.

    labels: (N,), of a conditional generator, whose classes are drawn as frequently.
    """
    count = max(2, PIXELS // (images.shape[1] * images.shape[2]))
    batches = inputs(count, generator.inputs[0].shape[1], images.shape[1], labels, seed)
    renewed, _ = with_statistics(generator, batches)
    generator.set_weights(renewed.get_weights())
    match_colours(generator, batches, images)


def inputs(count: int, latent_dim: int, image_size: int, labels: np.ndarray | None, seed: int) -> list[Any]:
    """Inputs of a generator, in batches: latents, or of a conditional one [latents, classes as frequent as these]."""
    random = np.random.default_rng([seed, LATENTS])
    latents = random.standard_normal((count, latent_dim), np.float32)
    together = per_call(BATCH, image_size, FULL)
    parts = [slice(start, start + together) for start in range(0, count, together)]
    if labels is None:
        return [latents[part] for part in parts]
    classes = random.choice(labels, count).astype(np.int32)
    return [[latents[part], classes[part]] for part in parts]


def match_colours(generator: keras.Model, batches: Sequence[Any], images: np.ndarray) -> None:
    """Scale and shift each channel before the tanh so that pixels generated from these inputs have the mean and the
    deviation of the training images'."""
    *_, last, _ = generator.layers
    inner = keras.Model(generator.input, last.output)
    values = np.concatenate([np.asarray(inner(batch, training=False), np.float64) for batch in batches])
    means, deviations = colours(images[:: -(-len(images) // REAL_IMAGES)])
    kernel, bias = (np.array(weight) for weight in last.get_weights())
    outputs_axis = -2 if isinstance(last, keras.layers.Conv2DTranspose) else -1
    for channel, (mean, deviation) in enumerate(zip(means, deviations, strict=True)):
        scale, shift = fit_channel(values[..., channel], mean, deviation)
        weights = np.moveaxis(kernel, outputs_axis, 0)[channel]
        weights *= scale
        bias[channel] = scale * bias[channel] + shift
    last.set_weights([kernel, bias])


def fit_channel(values: np.ndarray, mean: float, deviation: float) -> tuple[float, float]:
    """The scale and the shift under which tanh(scale · values + shift) has a mean and a deviation."""
    scale, shift = 1.0, 0.0
    for _ in range(ROUNDS):
        spread = max(np.tanh(scale * values + shift).std(), SMALL)  # 0 for one image alone
        scale = np.clip(scale * deviation / spread, 1.0 / FARTHEST, FARTHEST)
        outputs = np.tanh(scale * values + shift)
        shift = np.clip(shift + (mean - outputs.mean()) / max((1.0 - outputs**2).mean(), SMALL), -FARTHEST, FARTHEST)
    return float(scale), float(shift)


def colours(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means and deviations (C,), in -1..1, of the channels of images uint8 (N, H, W, C)."""
    levels = to_float(np.arange(256)).astype(np.float64)
    shares = [np.bincount(channel.ravel(), minlength=256) / channel.size for channel in np.moveaxis(images, -1, 0)]
    means = np.array([share @ levels for share in shares])
    squares = np.array([share @ levels**2 for share in shares])
    return means, np.sqrt(squares - means**2)
