"""What is fitted to a generator once it is trained: batch normalisation's statistics, and the colours of its images.

A moving average of weights has never seen a batch. It comes with the statistics of the weights that it averages, and
its images are then too pale, too dark or tinted, by little; but by more than many a better recipe gains.
"""

from collections.abc import Callable

import keras
import numpy as np

PASSES = 2
"""batches that the statistics of batch normalisation are averaged over"""
PIXELS = 2**20
"""generated at a time, so 1,024 images of 32 × 32: memory grows with the images' size no further"""
FITTED = 2**21
"""generated pixels that the colours are fitted to"""
REAL_IMAGES = 10_000
"""training images, at most, that they are compared with"""
ROUNDS = 20
"""of the fit, each of which brings deviations and means closer; it has converged after about five"""
FARTHEST = 4.0
"""the largest factor by which a channel's contrast is raised or lowered, and the largest shift either way"""
SMALL = 1e-6
STREAM = 5
"""of random numbers; the others are in monitor.py, priors.py and sampling/"""

Draw = Callable[[int], list[np.ndarray]]
"""How many images -> the inputs of a generator for as many: latents and, if it is conditional, classes."""


def match(generator: keras.Model, images: np.ndarray, labels: np.ndarray | None, seed: int) -> None:
    """Fit a generator in Keras's own layers to the training images, uint8 (N, H, W, C). Its last layer but the tanh is
    a convolution with a bias.

    labels: (N,), of a conditional generator, whose classes are drawn as frequently.
    """
    random = np.random.default_rng([seed, STREAM])
    height, width = images.shape[1:3]

    def draw(count: int) -> list[np.ndarray]:
        latents = random.standard_normal((count, generator.inputs[0].shape[1]), np.float32)
        return [latents] if labels is None else [latents, random.choice(labels, count).astype(np.int32)]

    batch = max(2, PIXELS // (height * width))
    renew_statistics(generator, draw, batch)
    match_colours(generator, draw, images, batch)


def renew_statistics(generator: keras.Model, draw: Draw, batch: int) -> None:
    """Set batch normalisation's means and variances to their averages over a few large batches of generated images:
    "standing statistics" (Brock et al. 2019, arXiv 1809.11096)."""
    layers = [layer for layer in generator.layers if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    for taken in range(PASSES if layers else 0):
        for layer in layers:
            layer.momentum = taken / (taken + 1)  # so that the moving average is the average of all passes
        generator(draw(batch), training=True)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum


def match_colours(generator: keras.Model, draw: Draw, images: np.ndarray, batch: int) -> None:
    """Scale and shift each channel before the tanh so that generated pixels have the mean and the deviation of the
    training images'."""
    *_, last, _ = generator.layers
    inner = keras.Model(generator.inputs, last.output)
    count = max(2, FITTED // (images.shape[1] * images.shape[2]))
    drawn = (draw(min(batch, count - done)) for done in range(0, count, batch))
    values = np.concatenate([np.asarray(inner(inputs, training=False), np.float64) for inputs in drawn])
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
    levels = np.arange(256) / 127.5 - 1.0
    shares = [np.bincount(channel.ravel(), minlength=256) / channel.size for channel in np.moveaxis(images, -1, 0)]
    means = np.array([share @ levels for share in shares])
    squares = np.array([share @ levels**2 for share in shares])
    return means, np.sqrt(squares - means**2)
