"""Optimisers, built immediately: a checkpoint can only be restored into variables that exist."""

import keras
import tensorflow as tf

from easel.config.presets import PresetBase
from easel.training import replicas


def adam(
    settings: PresetBase,
    learning_rate: float,  # at the start
    updates: int,  # in total; a learning rate that decays has almost reached its end at the last one
    *networks: keras.Model,
) -> keras.optimizers.Optimizer:
    """Adam for some networks, with the preset's betas and learning-rate decay.

    float16 networks get loss scaling, without which small gradients vanish and large ones overflow.
    """
    rate = DECAYS[settings.decay](learning_rate, updates, settings.decay_to)
    optimizer = Adam(rate, beta_1=settings.beta_1, beta_2=settings.beta_2)
    if any(layer.compute_dtype == "float16" for network in networks for layer in network.layers):
        optimizer = LossScaling(optimizer)
    optimizer.build([variable for network in networks for variable in network.trainable_variables])
    return optimizer


class Linear(keras.optimizers.schedules.PolynomialDecay):
    """A learning rate that falls linearly to `end`, a fraction of it."""

    def __init__(self, learning_rate: float, updates: int, end: float):
        super().__init__(learning_rate, updates, end_learning_rate=end * learning_rate)


class Cooldown(Linear):
    """A learning rate that is constant for the first half of `updates`, then falls linearly to `end`, a fraction."""

    def __init__(self, learning_rate: float, updates: int, end: float):
        self.held = updates // 2
        super().__init__(learning_rate, updates - self.held, end)

    def __call__(self, step):
        return super().__call__(keras.ops.maximum(step - self.held, 0))


DECAYS = {
    "constant": lambda rate, updates, end: rate,
    "linear": Linear,
    "cosine": keras.optimizers.schedules.CosineDecay,
    "cooldown": Cooldown,
}
"""`decay` -> (initial learning rate, updates in total, `decay_to`) -> the learning rate for Keras: a number or a
schedule."""


class Adam(keras.optimizers.Adam):
    """Keras's Adam by TensorFlow's kernel, in one pass over each variable; Keras's own makes about ten."""

    when: tf.Tensor | None = None
    """While `apply_if` runs: whether variables change."""

    def apply_if(self, when: tf.Tensor, gradients: list[tf.Tensor], variables: list[keras.Variable]) -> None:
        """Do what `apply` does if `when`, a boolean (), is true, and else change nothing. On one device alone.

        gradients: finite even if `when` is false. A condition (`tf.cond`) would make the host wait for the device in
        every step, to decide what is next. This one is arithmetic.
        """
        self.when = when
        try:
            self.apply(gradients, variables)
        finally:
            self.when = None
        self.iterations.assign_sub(tf.cast(tf.logical_not(when), self.iterations.dtype))

    def update_step(self, gradient, variable, learning_rate):
        if replicas.count() > 1:  # a variable is then one tensor per device
            return super().update_step(gradient, variable, learning_rate)
        index = self._get_variable_index(variable)
        taken = tf.cast(self.iterations, tf.float32) + 1.0
        beta_1, beta_2 = self.beta_1, self.beta_2
        if self.when is not None:  # means that keep all of themselves, and a step of length 0
            beta_1, beta_2 = (tf.where(self.when, beta, 1.0) for beta in (beta_1, beta_2))
            learning_rate = tf.where(self.when, learning_rate, 0.0)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=self.beta_1**taken,
            beta2_power=self.beta_2**taken,
            lr=learning_rate,
            beta1=beta_1,
            beta2=beta_2,
            epsilon=self.epsilon,
            grad=gradient,
        )
        return None


class LossScaling(keras.optimizers.LossScaleOptimizer):
    """Keras's dynamic loss scaling, on one device without its conditions, which would make every step wait."""

    def apply_if(self, when: tf.Tensor | bool, gradients: list[tf.Tensor], variables: list[keras.Variable]) -> None:
        """Do what `apply` does if `when`, a boolean (), is true, and else change nothing. On one device alone."""
        finite = self.check_finite(gradients)
        scale, counter = tf.convert_to_tensor(self.dynamic_scale), tf.convert_to_tensor(self.step_counter)
        unscaled = [tf.where(finite, gradient / scale, tf.zeros_like(gradient)) for gradient in gradients]
        self.inner_optimizer.apply_if(tf.logical_and(when, finite), unscaled, variables)
        grows = tf.equal(counter, self.dynamic_growth_steps - 1)
        counted = tf.where(tf.logical_and(finite, tf.logical_not(grows)), counter + 1, 0)
        factor = tf.where(finite, tf.where(grows, 2.0, 1.0), 0.5)
        self.step_counter.assign(tf.where(when, counted, counter))
        self.dynamic_scale.assign(tf.where(when, scale * factor, scale))

    def _tf_apply(self, grads, trainable_variables=None):
        if replicas.count() > 1:
            super()._tf_apply(grads, trainable_variables)
        else:
            self.apply_if(True, grads, trainable_variables)
