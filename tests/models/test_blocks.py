"""The blocks that models share, against NumPy."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

from easel.models import blocks

X = np.random.default_rng(0).standard_normal((3, 4, 4, 8)).astype(np.float32)
LABELS = np.array([1, 0, 1], np.int32)


@pytest.fixture
def x() -> keras.KerasTensor:
    return keras.Input((4, 4, 8))


def randomised(network: keras.Model) -> keras.Model:
    """The network with other weights: what starts at 0 or 1 would hide mistakes."""
    random = np.random.default_rng(1)
    network.set_weights([random.uniform(0.5, 1.5, weight.shape) for weight in network.get_weights()])
    return network


def weights(network: keras.Model, kind: str) -> list[list[np.ndarray]]:
    """The weights of the layers of a kind, in order."""
    return [layer.get_weights() for layer in network.layers if type(layer).__name__ == kind]


def test_class_batch_norm_scales_and_shifts_by_class(x):
    labels = blocks.labels_input()
    network = keras.Model([x, labels], blocks.class_batch_norm(x, labels, 2))
    np.testing.assert_allclose(network([X, LABELS]), X / np.sqrt(1 + 1e-3), rtol=1e-5)  # as it starts
    randomised(network)
    (scale,), (shift,) = weights(network, "Embedding")
    mean, variance = weights(network, "BatchNormalization")[0]
    normal = (X - mean) / np.sqrt(variance + 1e-3)
    expected = normal * scale[LABELS][:, None, None] + shift[LABELS][:, None, None]
    np.testing.assert_allclose(network([X, LABELS]), expected, rtol=1e-4, atol=1e-5)


def test_without_classes_it_is_batch_normalisation(x):
    network = keras.Model(x, blocks.class_batch_norm(x, None, 0))
    assert [len(found) for found in weights(network, "BatchNormalization")] == [4]


def test_a_projection_is_added_to_the_logits():
    features, logits, labels = keras.Input((8,)), keras.Input((1,)), blocks.labels_input()
    network = keras.Model([features, logits, labels], blocks.projection_logits(logits, features, labels, 2))
    ((table,),) = weights(network, "Embedding")
    values, given = X[:, 0, 0], np.array([[0.5], [1.0], [-1.0]], np.float32)
    expected = given[:, 0] + (values * table[LABELS]).sum(axis=1)
    np.testing.assert_allclose(network([values, given, LABELS])[:, 0], expected, rtol=1e-5)
    assert blocks.projection_logits(logits, features, None, 0) is logits


def test_attention_starts_as_the_identity_and_is_its_formula(x):
    network = keras.Model(x, blocks.attended(x))
    np.testing.assert_array_equal(network(X), X)
    randomised(network)
    found = (layer[0][0, 0] for layer in weights(network, "Conv2D"))  # whose order is Keras's
    queries, keys, values, out = sorted(found, key=lambda kernel: kernel.shape[1])
    (gain,) = weights(network, "DepthwiseConv2D")[0]
    places = X.reshape(3, 16, 8)
    small = X.reshape(3, 2, 2, 2, 2, 8).mean(axis=(2, 4)).reshape(3, 4, 8)
    both = []
    for one, other in ((queries, keys), (keys, queries)):
        scores = softmax((places @ one) @ np.swapaxes(small @ other, 1, 2), axis=2)
        both.append(places + scores @ (small @ values) @ out * gain[0, 0, :, 0])
    found = network(X).numpy().reshape(3, 16, 8)
    assert min(np.abs(found - each).max() for each in both) < 1e-3


@pytest.mark.parametrize(
    ("down", "first", "side", "kernels"), [(True, True, 2, 3), (True, False, 2, 3), (False, False, 4, 2)]
)
def test_a_discriminators_block(x, down, first, side, kernels):
    network = keras.Model(x, blocks.down_block(x, 8, down=down, first=first))
    assert network(X).shape == (3, side, side, 8)
    assert len(weights(network, "Conv2D")) == kernels
    assert len(weights(network, "ReLU")) == (1 if first else 2)


def test_the_shortcut_alone_is_a_1x1_convolution_of_the_upsampled_input(x):
    """With the other branch at 0, whichever comes first."""
    network = keras.Model(x, blocks.up_block(x, 6, lambda x: x))
    for layer in network.layers:
        if type(layer).__name__ == "Conv2D" and layer.kernel_size == (3, 3):
            layer.set_weights([0 * weight for weight in layer.get_weights()])
    ((kernel, bias),) = [each for each in weights(network, "Conv2D") if each[0].shape[0] == 1]
    enlarged = X.repeat(2, axis=1).repeat(2, axis=2)
    np.testing.assert_allclose(network(X), enlarged @ kernel[0, 0] + bias, rtol=1e-4, atol=1e-5)


def test_sum_pooling_sums_over_all_positions(x):
    np.testing.assert_allclose(keras.Model(x, blocks.sum_pooled(x))(X), X.sum(axis=(1, 2)), rtol=1e-4, atol=1e-5)
