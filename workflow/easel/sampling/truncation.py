"""Truncation of latents (Brock et al. 2019, arXiv 1809.11096, section 3.1), and what of a network has to follow it.

Two parts of a network expect latents from all of N(0, 1). The first number of a generator with a fitted mixture chooses
the component; it is truncated within its component, so that every component keeps its weight. And the moving statistics
of batch normalisation are those of whole latents: under truncated ones, which are shorter, activations would be too
weak, and images worse instead of clearer. They are computed anew.
"""

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr, ndtri

from easel.runtime.lean_keras import import_keras
from easel.sampling.networks import input_batches

import_keras()

import keras  # noqa: E402 (after its start-up messages are caught)

MIXTURE, INTERVALS = "mixture", "intervals"  # the names of these layers in a generator (easel.training.priors)


def truncated(points: np.ndarray, threshold: float, intervals: np.ndarray | None = None) -> np.ndarray:
    """Samples of N(0, 1), (N, D), mapped to the normal distribution truncated at ± threshold: float32 (N, D).

    The paper resamples a number until it is within the threshold. Here it is mapped to the same quantile of the same
    truncated distribution,

        z → Φ⁻¹(Φ(-t) + Φ(z) (Φ(t) - Φ(-t))),

    so that images of the same latents can be compared across thresholds.

    intervals: see `mixture_intervals`. With them, u = Φ(z₁) chooses the component k with cₖ ≤ u < cₖ + πₖ, and the
    number that is truncated is e₁ = Φ⁻¹((u - cₖ) / πₖ), the component's own; z₁ itself can be beyond the threshold.
    """
    points = points.astype(np.float64)
    low, high = ndtr(-threshold), ndtr(threshold)
    within = np.clip(ndtri(low + (high - low) * ndtr(points)), -threshold, threshold)
    if intervals is not None:
        starts, shares = intervals.T
        u = ndtr(points[:, 0])
        component = np.searchsorted(starts, u, side="right") - 1
        own = (u - starts[component]) / shares[component]
        within[:, 0] = ndtri(starts[component] + shares[component] * (low + (high - low) * own))
    return within.astype(np.float32)


def mixture_intervals(generator: keras.Model) -> np.ndarray | None:
    """The intervals of Φ(z₁) in which a generator's first latent number chooses each component of its fitted mixture:
    float64 (components, 2), where each begins and how long it is; None of a generator without a mixture."""
    mixtures = [layer for layer in generator.layers if layer.name == MIXTURE]
    if not mixtures:
        return None
    intervals = mixtures[0].get_layer(INTERVALS).get_weights()[0].astype(np.float64)
    # Components that are never chosen are stored as intervals that begin at 1.
    return intervals[intervals[:, 0] < 1.0]


def with_statistics(
    generator: keras.Model, latents: np.ndarray, labels: np.ndarray | None = None
) -> tuple[keras.Model, int]:
    """A copy of a generator whose batch normalisation has the statistics of these inputs, and the number of its layers
    of batch normalisation. Without one, it is the generator itself.

    latents: float32 (N, latent_dim). labels: int32 (N,), of a conditional generator. As the authors of BigGAN do
    (appendix B, "standing statistics"), the inputs pass through in batches, each normalised by itself, and the
    variance is that within batches plus that of their means.
    """
    if not any(isinstance(layer, keras.layers.BatchNormalization) for layer in all_layers(generator)):
        return generator, 0
    working = copy_of(generator, generator.get_weights())
    normalised = []
    for layer in all_layers(working):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # a call for training leaves the batch's statistics
            normalised.append(layer)
        elif isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    means, variances = [], []  # by batch, then by layer
    for batch in input_batches(latents, labels):
        working(batch, training=True)
        means.append([np.float64(layer.moving_mean) for layer in normalised])
        variances.append([np.float64(layer.moving_variance) for layer in normalised])
    for layer, mean, variance in zip(normalised, zip(*means, strict=True), zip(*variances, strict=True), strict=True):
        layer.moving_mean.assign(np.mean(mean, axis=0))
        layer.moving_variance.assign(np.mean(variance, axis=0) + np.var(mean, axis=0))
    return copy_of(generator, working.get_weights()), len(normalised)


def copy_of(network: keras.Model, weights: list[np.ndarray]) -> keras.Model:
    """A network with the layers and settings of another one, and with these weights."""
    copy = keras.models.clone_model(network)
    copy.set_weights(weights)
    return copy


def all_layers(network: keras.Model) -> Iterator[keras.Layer]:
    """The layers of a network and of the networks inside it."""
    for layer in network.layers:
        yield layer
        if isinstance(layer, keras.Model):
            yield from all_layers(layer)
