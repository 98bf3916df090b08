"""Optimisers, built at once: a checkpoint can only be restored into variables that exist."""

import keras

from easel.config import Training


def adam(network: keras.Model, settings: Training, learning_rate: float) -> keras.optimizers.Optimizer:
    """Adam for one network, with the preset's betas."""
    optimizer = keras.optimizers.Adam(learning_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
    optimizer.build(network.trainable_variables)
    return optimizer
