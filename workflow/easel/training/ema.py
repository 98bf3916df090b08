"""An exponential moving average of a network's weights, used after training instead of the network itself."""

import keras
import tensorflow as tf


class Average:
    """`network` follows `source` with a decay per step that rises as (1 + step) / (10 + step) up to `decay`.

    The rise makes it forget the initial weights soon; where those are trained ones, `rises` is False, and the decay is
    `decay` from the first step on. Weights that are not trained (statistics of batch normalisation)
    are copied. Keras optimisers' own `use_ema` has neither the rise nor the statistics.
    """

    def __init__(self, source: keras.Model, network: keras.Model, decay: float):
        """network: of the same shape as `source`; its weights are overwritten."""
        self.source, self.network, self.decay, self.rises = source, network, decay, True
        network.set_weights(source.get_weights())

    def update(self, step: tf.Tensor) -> None:
        """Move the average towards the source. step: int32 (), the number of updates before this one."""
        step = tf.cast(step, tf.float32)
        decay = tf.minimum(self.decay, (1.0 + step) / (10.0 + step)) if self.rises else self.decay
        means, values = self.network.trainable_variables, self.source.trainable_variables
        for mean, value in zip(means, values, strict=True):
            mean.assign(decay * mean + (1.0 - decay) * value)
        for copy, value in zip(self.network.non_trainable_variables, self.source.non_trainable_variables, strict=True):
            copy.assign(value)
