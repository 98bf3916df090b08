"""Networks as programs: nested ones, values that are used twice, and steps that are merged."""

import keras
import numpy as np
from helpers.small_networks import small_networks
from keras import layers

from easel.player.networks import generator_programs
from easel.player.reference import run
from easel.player.tracing import traced


def ops_of(network: keras.Model) -> list[str]:
    return [step.op for step in traced(network, "y").steps]


def test_normalisation_and_activation_are_part_of_the_convolution_before():
    steps = generator_programs(small_networks("dcgan")[0].keras)["decoder"].steps
    assert [step.op for step in steps] == ["linear"] * 5
    assert [step.activation for step in steps] == [{"kind": "leaky", "slope": 0.0}] * 4 + [{"kind": "tanh"}]


def test_what_two_layers_take_is_not_changed_for_one_of_them():
    inputs = keras.Input((4, 4, 2), name="x")
    x = layers.Conv2D(3, 3, padding="same")(inputs)
    network = keras.Model(inputs, layers.Add()([x, layers.ReLU()(layers.BatchNormalization()(x))]))
    assert ops_of(network) == ["linear", "affine", "add"]
    random = np.random.default_rng(0)
    network.set_weights([random.random(each.shape) for each in network.get_weights()])
    x = random.standard_normal((2, 4, 4, 2), np.float32)
    np.testing.assert_allclose(run(traced(network, "y"), {"x": x})["y"], network(x), atol=1e-5)


def test_normalisation_after_an_activation_stays_a_step():
    inputs = keras.Input((3,), name="x")
    assert ops_of(keras.Model(inputs, layers.BatchNormalization()(layers.ReLU()(layers.Dense(3)(inputs))))) == [
        "linear",
        "affine",
    ]


def test_nested_networks_and_several_outputs():
    inner = keras.Input((3,))
    nested = keras.Model(inner, [layers.Dense(2)(inner), layers.Dense(1)(inner)])
    inputs = keras.Input((3,), name="x")
    network = keras.Model(inputs, nested(layers.ReLU()(inputs)))
    x = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    found = run(traced(network, "a", "b"), {"x": x})
    for output, wanted in zip((found["a"], found["b"]), network(x), strict=True):
        np.testing.assert_allclose(output, wanted, atol=1e-6)
