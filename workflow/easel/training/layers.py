"""Stand-ins for Keras layers while training: the same weights and the same mathematics in a fraction of the time.

Models are written, exported and loaded with Keras's own layers; only what is trained holds these
(`benchmarks/README.md` says what they gain).
"""

import keras
import numpy as np
import tensorflow as tf


def quick(network: keras.Model) -> keras.Model:
    """The same functional network with quick layers in place of Keras's, newly initialised."""
    return keras.models.clone_model(network, clone_function=_quick_layer)


def _quick_layer(layer: keras.Layer) -> keras.Layer:
    quicker = {keras.layers.BatchNormalization: BatchNormalization, keras.layers.Dropout: Dropout}
    return quicker.get(type(layer), type(layer)).from_config(layer.get_config())


class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation by TensorFlow's fused kernel, whose arithmetic is float32 inside whatever the input is.

    For inputs (B, H, W, C) and (B, C). Keras's own passes over the input about ten times.
    """

    def call(self, inputs, training=None, mask=None):
        if not training:
            return super().call(inputs, training=training, mask=mask)
        pixels = inputs if len(inputs.shape) == 4 else inputs[:, None, None, :]  # (B, H, W, C)
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=pixels, scale=self.gamma, offset=self.beta, mean=[], variance=[], epsilon=self.epsilon, is_training=True
        )
        # The kernel normalises by the batch's variance but returns n / (n - 1) of it; Keras averages the former.
        count = tf.cast(tf.size(pixels) // tf.shape(pixels)[-1], tf.float32)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance * (count - 1.0) / count)):
            moving.assign(self.momentum * moving + (1.0 - self.momentum) * now)
        return tf.reshape(outputs, tf.shape(inputs)) if pixels is not inputs else outputs


class Dropout(keras.layers.Dropout):
    """Dropout from 16 random bits a number, half of what a uniform float32 takes.

    The rate is met to 1 / 65,536.
    """

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        shape = tf.shape(inputs)
        pairs = (tf.reduce_prod(shape) + 1) // 2
        bits = tf.random.stateless_uniform(
            [pairs], self.seed_generator.next(), minval=None, maxval=None, dtype=tf.uint32, alg="philox"
        )
        lots = tf.reshape(tf.reshape(tf.bitcast(bits, tf.uint16), [-1])[: tf.reduce_prod(shape)], shape)
        kept = tf.cast(lots >= np.uint16(round(self.rate * 2**16)), inputs.dtype)
        return inputs * (kept * tf.cast(1.0 / (1.0 - self.rate), inputs.dtype))
