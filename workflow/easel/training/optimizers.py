"""Optimisers, built immediately: a checkpoint can only be restored into variables that exist."""

import keras
import tensorflow as tf

from easel.config.presets import PresetBase
from easel.training import replicas


def adam(
    settings: PresetBase,
    learning_rate: float,  # at the start
    updates: int,  # in total; a learning rate that decays is almost 0 at the last one
    *networks: keras.Model,
) -> keras.optimizers.Optimizer:
    """Adam for some networks, with the preset's betas and learning-rate decay.

    float16 networks get loss scaling, without which small gradients vanish and large ones overflow.
    """
    rate = DECAYS[settings.decay](learning_rate, updates)
    optimizer = Adam(rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
    if any(layer.compute_dtype == "float16" for network in networks for layer in network.layers):
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    optimizer.build([variable for network in networks for variable in network.trainable_variables])
    return optimizer


class Cooldown(keras.optimizers.schedules.PolynomialDecay):
    """A learning rate that is constant for the first half of `updates`, then decays linearly to 0."""

    def __init__(self, learning_rate: float, updates: int):
        self.held = updates // 2
        super().__init__(learning_rate, updates - self.held, end_learning_rate=0.0)

    def __call__(self, step):
        return super().__call__(keras.ops.maximum(step - self.held, 0))


DECAYS = {
    "constant": lambda rate, updates: rate,
    "linear": lambda rate, updates: keras.optimizers.schedules.PolynomialDecay(rate, updates, end_learning_rate=0.0),
    "cosine": keras.optimizers.schedules.CosineDecay,
    "cooldown": Cooldown,
}
"""`decay` -> (initial learning rate, updates in total) -> the learning rate for Keras: a number or a schedule."""


class Adam(keras.optimizers.Adam):
    """Keras's Adam by TensorFlow's kernel, in one pass over each variable; Keras's own makes about ten."""

    def update_step(self, gradient, variable, learning_rate):
        if replicas.count() > 1:  # a variable is then one tensor per device
            return super().update_step(gradient, variable, learning_rate)
        index = self._get_variable_index(variable)
        taken = tf.cast(self.iterations, tf.float32) + 1.0
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**taken,
            beta2_power=self.beta_2**taken,
            lr=learning_rate,
            beta1=self.beta_1,
            beta2=self.beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )
        return None
