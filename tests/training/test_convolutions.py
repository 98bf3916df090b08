"""Convolutions whose kernels' gradients are matrix products compute what TensorFlow's own do."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.runtime.cpu import multiplies_bfloat16
from easel.training import convolutions
from easel.training.layers import accelerated


def normal(seed: int, shape: tuple[int, ...]) -> tf.Tensor:
    return tf.constant(np.random.default_rng(seed).standard_normal(shape), tf.float32)


@pytest.mark.parametrize("shape", [(2, 8, 8, 3), (2, 6, 4, 5)])
@pytest.mark.parametrize(("size", "stride"), [(2, 1), (3, 1), (4, 1), (5, 1), (2, 2), (3, 2), (4, 2), (5, 2), (6, 2)])
def test_the_gradient_of_a_kernel_is_tensorflows(shape, size, stride):
    images, kernel = normal(0, shape), normal(1, (size, size, shape[-1], 7))
    small = tf.nn.conv2d(images, kernel, stride, "SAME")
    upstream = normal(2, tuple(small.shape))
    expected = tf.raw_ops.Conv2DBackpropFilter(
        input=images, filter_sizes=kernel.shape, out_backprop=upstream, strides=[1, stride, stride, 1], padding="SAME"
    )
    got = convolutions.kernel_gradient(images, upstream, size, stride)
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("transposed", [False, True])
def test_outputs_and_first_and_second_gradients_are_tensorflows(transposed, stride):
    """Penalties of gradients differentiate the gradient once more."""
    kernel, images = normal(0, (4, 4, 3, 5)), normal(1, (2, 8, 8, 5 if transposed else 3))

    def own(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        function = convolutions.transposed_convolution if transposed else convolutions.convolution
        return function(images, kernel, stride)

    def theirs(images: tf.Tensor, kernel: tf.Tensor) -> tf.Tensor:
        if transposed:
            return tf.nn.conv2d_transpose(images, kernel, [2, 8 * stride, 8 * stride, 3], stride, "SAME")
        return tf.nn.conv2d(images, kernel, stride, "SAME")

    @tf.function
    def results(function) -> list[tf.Tensor]:
        with tf.GradientTape() as outer:
            outer.watch([images, kernel])
            with tf.GradientTape() as inner:
                inner.watch([images, kernel])
                outputs = function(images, kernel)
                loss = tf.reduce_sum(tf.sin(outputs))
            first = inner.gradient(loss, [images, kernel])
            norms = tf.add_n([tf.reduce_sum(gradient**2) for gradient in first])
        return [outputs, *first, *outer.gradient(norms, [images, kernel])]

    for one, other in zip(results(own), results(theirs), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-3)


def steps_of(network: keras.Model, images: tf.Tensor) -> set[str]:
    """The kinds of operations that the gradient of a network's weights takes."""

    @tf.function
    def gradients() -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(network(images, training=True))
        return tape.gradient(loss, network.trainable_variables)

    return {operation.type for operation in gradients.get_concrete_function().graph.get_operations()}


@pytest.mark.parametrize("spectral_norm", [False, True])
@pytest.mark.parametrize("kind", [keras.layers.Conv2D, keras.layers.Conv2DTranspose])
@pytest.mark.parametrize(
    ("change", "is_fast"),
    [
        ({}, True),
        ({"dtype": "float32"}, False),
        ({"filters": 8}, None),
        ({"strides": 1}, True),
        ({"kernel_size": 1, "strides": 1}, False),
        ({"padding": "valid"}, False),
        ({"strides": 1, "dilation_rate": 2}, False),
    ],
)
def test_layers_use_it_in_bfloat16_where_channels_are_many(kind, change, is_fast, spectral_norm):
    options = {"filters": 32, "kernel_size": 4, "strides": 2, "padding": "same", "dtype": "mixed_bfloat16"} | change
    inputs = keras.Input((8, 8, 32))
    plain = keras.Model(inputs, kind(**options)(inputs))
    network = accelerated(plain, spectral_norm)
    if is_fast is None:  # what counts is the channels of the larger image
        is_fast = kind is keras.layers.Conv2D
    images = normal(0, (2, 8, 8, 32))
    assert ("Conv2DBackpropFilter" in steps_of(network, images)) != is_fast
    # Only CPUs with instructions for bfloat16 compute a dilated transposed convolution in it.
    is_computed = kind is keras.layers.Conv2D or "dilation_rate" not in change or multiplies_bfloat16()
    if is_computed and not spectral_norm:  # its copy starts from other singular vectors
        network.set_weights(plain.get_weights())
        np.testing.assert_array_equal(tf.cast(network(images), tf.float32), tf.cast(plain(images), tf.float32))


@pytest.mark.parametrize(("side", "is_fast"), [(4, True), (16, True), (18, False), (32, False)])
def test_layers_use_it_where_images_are_small(side, is_fast):
    inputs = keras.Input((side, side, 32))
    outputs = keras.layers.Conv2D(32, 4, 2, padding="same", dtype="mixed_bfloat16")(inputs)
    kinds = steps_of(accelerated(keras.Model(inputs, outputs)), normal(0, (2, side, side, 32)))
    assert ("Conv2DBackpropFilter" in kinds) != is_fast
