"""The statistics of a network's batch normalisation, computed anew for the inputs that it will get."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after its start-up messages are caught)


def with_statistics(network: keras.Model, batches: Sequence[Any]) -> tuple[keras.Model, int]:
    """A copy of a network whose batch normalisation has the statistics of these inputs, and the number of its layers
    of batch normalisation. Without one, it is the network itself.

    batches: inputs of calls. As the authors of BigGAN do (Brock et al. 2019, arXiv 1809.11096, appendix B, "standing
    statistics"), each batch is normalised by itself, and the variance is that within batches plus that of their means.
    """
    if not any(isinstance(layer, keras.layers.BatchNormalization) for layer in all_layers(network)):
        return network, 0
    working = copy_of(network, network.get_weights())
    normalised = []
    for layer in all_layers(working):
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0  # a call for training leaves the batch's statistics
            normalised.append(layer)
        elif isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
    means, variances = [], []  # by batch, then by layer
    for batch in batches:
        working(batch, training=True)
        means.append([np.float64(layer.moving_mean) for layer in normalised])
        variances.append([np.float64(layer.moving_variance) for layer in normalised])
    for layer, mean, variance in zip(normalised, zip(*means, strict=True), zip(*variances, strict=True), strict=True):
        layer.moving_mean.assign(np.mean(mean, axis=0))
        layer.moving_variance.assign(np.mean(variance, axis=0) + np.var(mean, axis=0))
    return copy_of(network, working.get_weights()), len(normalised)


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
