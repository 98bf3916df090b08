"""The steps of single layers: every geometry that Keras has, and refusals of what no step does."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

from easel.player.plan import Unplayable
from easel.player.reference import run
from easel.player.tracing import traced


def outputs(layer: Callable, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """What Keras and the program of a layer, or of several in turn, make of the same inputs."""
    inputs = keras.Input(shape, name="x")
    network = keras.Model(inputs, layer(inputs))
    random = np.random.default_rng(0)
    network.set_weights([0.1 * random.standard_normal(each.shape) + 0.5 for each in network.get_weights()])
    x = random.standard_normal((3, *shape), np.float32)
    return np.asarray(network(x, training=False)), run(traced(network, "y"), {"x": x})["y"]


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("kernel", "stride"), [(1, 1), (3, 1), (3, 2), (4, 2), (5, 2), (2, 3), (5, 3)])
@pytest.mark.parametrize("kind", [layers.Conv2D, layers.Conv2DTranspose])
def test_convolutions_both_ways(kind, kernel, stride, padding):
    wanted, found = outputs(kind(5, kernel, stride, padding=padding), (9, 8, 3))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (layers.Conv2D(4, (3, 5), padding="same", use_bias=False, activation="relu"), (6, 7, 2)),
        (layers.Dense(4), (7,)),
        (layers.Dense(4, activation="tanh"), (5, 7)),
        (layers.BatchNormalization(), (4, 4, 3)),
        (layers.BatchNormalization(center=False, scale=False), (4, 4, 3)),
        (layers.LeakyReLU(0.3), (5,)),
        (layers.Rescaling(3.0, offset=-1.0), (5,)),
        (layers.DepthwiseConv2D(1), (4, 4, 3)),
        (layers.UpSampling2D(), (3, 4, 2)),
        (layers.UpSampling2D((2, 3)), (3, 4, 2)),
        (layers.UpSampling2D(interpolation="bilinear"), (3, 4, 2)),
        (layers.AveragePooling2D(2), (4, 6, 3)),
    ],
)
def test_other_layers(layer, shape):
    wanted, found = outputs(layer, shape)
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize("between", [layers.Flatten(), layers.Reshape((4, 3, 3))])
def test_normalisation_of_a_reshaped_image(between):
    wanted, found = outputs(lambda x: layers.BatchNormalization()(between(layers.Conv2D(9, 2)(x))), (3, 3, 2))
    np.testing.assert_allclose(found, wanted, atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        layers.MaxPooling2D(2, name="odd"),
        layers.Conv2D(4, 3, dilation_rate=2, name="odd"),
        layers.Conv2D(4, 3, groups=2, name="odd"),
        layers.Conv2D(4, 3, activation="gelu", name="odd"),
        layers.AveragePooling2D(3, name="odd"),
        layers.BatchNormalization(axis=1, name="odd"),
        layers.DepthwiseConv2D(3, name="odd"),
        layers.ReLU(6.0, name="odd"),
    ],
)
def test_what_no_step_does_is_refused_by_name(layer):
    inputs = keras.Input((8, 8, 2), name="x")
    with pytest.raises(Unplayable) as refused:
        traced(keras.Model(inputs, layer(inputs)), "y")
    assert (refused.value.layer, refused.value.kind) == ("odd", type(layer).__name__)


def test_an_operation_that_is_no_layer_is_refused():
    inputs = keras.Input((4,), name="x")
    with pytest.raises(Unplayable, match="Sort"):
        traced(keras.Model(inputs, keras.ops.sort(inputs)), "y")
    with pytest.raises(Unplayable, match="Add"):  # its other value is a constant
        traced(keras.Model(inputs, inputs + 1.0), "y")


def test_a_nested_network_without_a_graph_is_refused():
    inputs = keras.Input((4,), name="x")
    nested = keras.Sequential([layers.Dense(2)], name="odd")
    with pytest.raises(Unplayable, match="layer odd of type Sequential"):
        traced(keras.Model(inputs, nested(inputs)), "y")
