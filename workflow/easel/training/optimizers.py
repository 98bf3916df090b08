"""Optimisers, built at once: a checkpoint can only be restored into variables that exist."""

import keras

from easel.config import Training


def adam(settings: Training, learning_rate: float, *networks: keras.Model) -> keras.optimizers.Optimizer:
    """Adam for some networks, with the preset's betas.

    In float16 with loss scaling, without which small gradients vanish and large ones overflow.
    """
    optimizer = keras.optimizers.Adam(learning_rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
    if any(layer.compute_dtype == "float16" for network in networks for layer in network.layers):
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build([variable for network in networks for variable in network.trainable_variables])
    return optimizer
