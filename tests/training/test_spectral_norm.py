"""Spectral normalisation: σ and its gradient, that it is a reparametrisation, and what is exported."""

from contextlib import nullcontext

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.training import spectral_norm
from easel.training.layers import accelerated, plain_weights

KINDS = {
    "conv": (lambda: keras.layers.Conv2D(6, 3, padding="same"), (5, 5, 4)),
    "transposed": (lambda: keras.layers.Conv2DTranspose(6, 4, 2, padding="same"), (5, 5, 4)),
    "dense": (lambda: keras.layers.Dense(3), (7,)),
    "embedding": (lambda: keras.layers.Embedding(5, 3), ()),
}


def network_of(kind: str) -> keras.Model:
    """One layer as a network, with its kernel normalised by a well-known σ."""
    layer, shape = KINDS[kind]
    keras.utils.set_random_seed(0)
    inputs = keras.Input(shape, dtype="int32" if kind == "embedding" else "float32")
    network = accelerated(keras.Model(inputs, layer()(inputs)), spectral_norm=True)
    for _ in range(200):
        spectral_norm.iterate(network)
    return network


def inputs_of(kind: str) -> tf.Tensor:
    if kind == "embedding":
        return tf.constant([0, 3, 4, 3])
    return tf.constant(np.random.default_rng(1).standard_normal((2, *KINDS[kind][1])), tf.float32)


def sigma(kernel: np.ndarray) -> float:
    """The largest singular value of a kernel as a matrix (all axes but the last) × (the last)."""
    return np.linalg.svd(np.reshape(kernel, (-1, np.shape(kernel)[-1])), compute_uv=False)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_kernel_in_use_has_spectral_norm_1_and_the_raw_one_stays(kind):
    network = network_of(kind)
    layer = network.layers[-1]
    raw = layer.raw.numpy()
    np.testing.assert_allclose(layer.normalised(), raw / sigma(raw), rtol=1e-4, atol=1e-6)
    assert sigma(layer.normalised()) == pytest.approx(1.0, rel=1e-4)
    network(inputs_of(kind), training=True)
    np.testing.assert_array_equal(layer.raw, raw)  # Keras's own layer would have written the normalised one over it


@pytest.mark.parametrize("kind", KINDS)
def test_the_plain_layer_with_the_exported_weights_computes_the_same(kind):
    network = network_of(kind)
    make, shape = KINDS[kind]
    inputs = keras.Input(shape, dtype=network.inputs[0].dtype)
    plain = keras.Model(inputs, make()(inputs))
    plain.layers[-1].set_weights(plain_weights(network.layers[-1]))
    np.testing.assert_allclose(plain(inputs_of(kind)), network(inputs_of(kind)), rtol=1e-5, atol=1e-6)


def test_the_gradient_goes_through_sigma():
    """Miyato et al. 2018, equations 10 to 12: (G − ⟨G, W / σ⟩ u vᵀ) / σ, of a gradient G at W / σ."""
    layer = network_of("dense").layers[-1]
    cotangent = np.random.default_rng(2).standard_normal(layer.raw.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer.normalised() * cotangent)
    found = tape.gradient(loss, layer.raw.value)
    left, values, right = np.linalg.svd(layer.raw.numpy(), full_matrices=False)
    used = layer.raw.numpy() / values[0]
    expected = (cotangent - (cotangent * used).sum() * np.outer(left[:, 0], right[0])) / values[0]
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-5)


def test_singular_vectors_are_constants_that_only_iterating_changes():
    layer = network_of("conv").layers[-1]
    vectors = [layer.left, layer.right]
    assert not any(vector.trainable for vector in vectors)
    assert len(layer.trainable_variables) == 2
    with tf.GradientTape() as tape:
        tape.watch([vector.value for vector in vectors])
        loss = tf.reduce_sum(layer(inputs_of("conv")))
    assert tape.gradient(loss, layer.raw.value) is not None
    before = [vector.numpy() for vector in vectors]
    layer(inputs_of("conv"), training=True)
    np.testing.assert_array_equal(before[0], vectors[0])
    layer.raw.assign(np.random.default_rng(3).standard_normal(layer.raw.shape))
    layer.iterate()
    assert not np.allclose(before[0], vectors[0])
    assert [float(tf.norm(tf.convert_to_tensor(vector))) for vector in vectors] == pytest.approx([1.0, 1.0], rel=1e-5)


def test_scales_and_shifts_of_classes_are_left_alone():
    for start in ("ones", "zeros"):
        layer = keras.layers.Embedding(3, 4, embeddings_initializer=start)
        assert spectral_norm.normalised(layer) is None
    assert spectral_norm.normalised(keras.layers.DepthwiseConv2D(1)) is None
    assert spectral_norm.normalised(keras.layers.Dense(1)) is spectral_norm.Dense


def test_norms_are_float32_in_mixed_precision():
    inputs = keras.Input((8,))
    network = accelerated(
        keras.Model(inputs, keras.layers.Dense(4, dtype="mixed_bfloat16")(inputs)), spectral_norm=True
    )
    layer = network.layers[-1]
    assert layer.kernel.dtype == tf.bfloat16
    assert layer.normalised().dtype == tf.float32
    assert network(tf.ones((2, 8))).dtype == tf.bfloat16


@pytest.mark.parametrize("kind", KINDS)
def test_passes_that_share_kernels_have_the_gradients_of_passes_that_do_not(kind):
    network, inputs = network_of(kind), inputs_of(kind)
    variables = network.trainable_variables

    def gradients(shared: bool) -> list[tf.Tensor]:
        with tf.GradientTape() as tape, spectral_norm.shared_kernels(network) if shared else nullcontext():
            one, other = network(inputs), network(inputs)
            loss = tf.reduce_sum(one**2) + tf.reduce_sum(tf.sin(other))
        return tape.gradient(loss, variables)

    for shared, own in zip(gradients(shared=True), gradients(shared=False), strict=True):
        np.testing.assert_allclose(shared, own, rtol=1e-4, atol=1e-5)


def test_shared_kernels_are_computed_once_and_anew_afterwards():
    network = network_of("conv")
    layer = network.layers[-1]
    with spectral_norm.shared_kernels(network):
        shared = layer.kernel
        assert layer.kernel is shared
    layer.raw.assign(2.0 * np.random.default_rng(0).standard_normal(layer.raw.shape))
    assert not np.allclose(layer.kernel, shared)
