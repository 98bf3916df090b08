"""Faster replacements of Keras layers during training: the same weights and the same mathematics.

Models are written, exported and loaded with Keras's own layers; only the networks in training have these. On a CPU,
Keras's batch normalisation and dropout took a disproportionate share of a step; benchmarks/README.md has the gains.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from easel.training import convolutions, replicas
from easel.training.spectral_norm import Normalised, normalised


def accelerated(network: keras.Model, spectral_norm: bool = False) -> keras.Model:
    """A copy of a functional network with faster layers in place of Keras's, newly initialised.

    Integer inputs (classes, codes) are int64 in it: arithmetic of 32-bit integers is left to the host by a GPU, which
    would have to wait for it. spectral_norm: also divide kernels by their spectral norms.
    """
    faster = {
        keras.layers.BatchNormalization: BatchNormalization,
        keras.layers.Conv2D: convolutions.Conv2D,
        keras.layers.Conv2DTranspose: convolutions.Conv2DTranspose,
        keras.layers.DepthwiseConv2D: DepthwiseConv2D,
        keras.layers.Dropout: Dropout,
    }

    def replaced(layer: keras.Layer) -> keras.Layer:
        own: type[keras.Layer] | None = normalised(layer) if spectral_norm else None
        kind = own or faster.get(type(layer), type(layer))
        copy = kind.from_config(layer.get_config())
        if isinstance(layer, keras.layers.GRU):
            copy.use_cudnn = layer.use_cudnn  # which a configuration lacks
        return copy

    def widened(tensor: keras.KerasTensor) -> keras.KerasTensor:
        dtype = "int64" if tensor.dtype == "int32" else tensor.dtype
        return keras.Input(batch_shape=tensor.shape, dtype=dtype, name=tensor.name)

    inputs = keras.tree.map_structure(widened, network.input)
    return keras.models.clone_model(network, input_tensors=inputs, clone_function=replaced)


def plain_weights(layer: keras.Layer) -> list[np.ndarray]:
    """The weights of the Keras layer that a layer replaces; the kernel of a normalised layer is the normalised one."""
    if not isinstance(layer, Normalised):
        return layer.get_weights()
    return [(layer.normalised() if weight is layer.raw else weight).numpy() for weight in layer.own_weights]


class BatchNormalization(keras.layers.BatchNormalization):
    """Batch normalisation by TensorFlow's fused kernel, in float32 arithmetic whatever the input's dtype.

    Inputs are (B, H, W, C) or (B, C). Keras's own makes about ten passes over the input.
    """

    def call(self, inputs, training=None, mask=None):
        if not training:
            return super().call(inputs, training=training, mask=mask)
        pixels = inputs if len(inputs.shape) == 4 else inputs[:, None, None, :]  # (B, H, W, C)
        normalise = over_own_batch if replicas.count() == 1 else over_all_devices
        channels = pixels.shape[-1]
        gamma = tf.convert_to_tensor(self.gamma) if self.scale else tf.ones(channels)
        beta = tf.convert_to_tensor(self.beta) if self.center else tf.zeros(channels)
        outputs, mean, variance = normalise(pixels, gamma, beta, self.epsilon)
        for moving, now in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(self.momentum * moving + (1.0 - self.momentum) * now)
        return tf.reshape(outputs, tf.shape(inputs)) if pixels is not inputs else outputs


def over_own_batch(pixels: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: float) -> tuple[tf.Tensor, ...]:
    """Pixels (B, H, W, C) normalised over the batch, and the batch's mean and variance, float32 (C,)."""
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=pixels, scale=gamma, offset=beta, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    # The kernel normalises by the biased variance but returns the unbiased one; Keras averages the former.
    count = tf.cast(tf.size(pixels) // tf.shape(pixels)[-1], tf.float32)
    return outputs, mean, variance * (count - 1.0) / count


def over_all_devices(pixels: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: float) -> tuple[tf.Tensor, ...]:
    """The same, with the mean and variance of the batches of all devices together."""

    @tf.custom_gradient
    def normalise(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor):
        _, own_mean, own_variance = over_own_batch(x, gamma, beta, epsilon)
        # Two reductions, because subtracting the squared mean from the mean square would lose digits.
        (mean,) = replicas.mean([own_mean])
        (variance,) = replicas.mean([own_variance + (own_mean - mean) ** 2])
        y, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x, scale=gamma, offset=beta, mean=mean, variance=variance, epsilon=epsilon, is_training=False
        )

        def gradient(dy: tf.Tensor, *_):
            # Ioffe & Szegedy 2015 (arXiv 1502.03167), section 3. The fused kernel for statistics that are given,
            # FusedBatchNormGrad with is_training=False, is not deterministic on a GPU.
            inverse = tf.math.rsqrt(variance + epsilon)
            upstream, normalised = tf.cast(dy, tf.float32), (tf.cast(x, tf.float32) - mean) * inverse
            dbeta = tf.reduce_sum(upstream, axis=[0, 1, 2])
            dgamma = tf.reduce_sum(upstream * normalised, axis=[0, 1, 2])
            count = tf.cast(tf.size(x) // tf.shape(x)[-1], tf.float32)
            all_dgamma, all_dbeta = replicas.mean([dgamma, dbeta])
            dx = gamma * inverse * (upstream - (all_dbeta + normalised * all_dgamma) / count)
            return tf.cast(dx, x.dtype), dgamma, dbeta

        return (y, mean, variance), gradient

    return normalise(pixels, gamma, beta)


class DepthwiseConv2D(keras.layers.DepthwiseConv2D):
    """Depthwise convolution; one of a single pixel, without bias, is computed as a product with a gain per channel.

    The gradient of TensorFlow's kernel, DepthwiseConv2dNativeBackpropFilter, is not deterministic on a GPU.
    """

    def call(self, inputs):
        is_gain = self.kernel_size == self.strides == (1, 1) and self.depth_multiplier == 1 and not self.use_bias
        if not is_gain or self.activation is not keras.activations.linear:
            return super().call(inputs)
        return inputs * tf.convert_to_tensor(self.kernel)[0, 0, :, 0]


class Dropout(keras.layers.Dropout):
    """Dropout by 16 random bits per value, half of what a uniform float32 takes. The rate is exact to 1 / 65,536."""

    def call(self, inputs, training=False):
        if not training or self.rate == 0:
            return inputs
        shape = [inputs.shape[0] * replicas.count(), *inputs.shape[1:]] if inputs.shape[0] else tf.shape(inputs)
        size = tf.reduce_prod(shape) if tf.is_tensor(shape) else math.prod(shape)
        bits = tf.random.stateless_uniform(
            [(size + 1) // 2], self.seed_generator.next(), minval=None, maxval=None, dtype=tf.uint32, alg="philox"
        )
        random = tf.reshape(tf.reshape(tf.bitcast(bits, tf.uint16), [-1])[:size], shape)
        kept = tf.cast(replicas.local_slice(random) >= np.uint16(round(self.rate * 2**16)), inputs.dtype)
        return inputs * (kept * tf.cast(1.0 / (1.0 - self.rate), inputs.dtype))
