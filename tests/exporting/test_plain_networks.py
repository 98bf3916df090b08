"""Copies of networks with plain operations: the same outputs, and none of the operations that formats lack."""

import keras
import numpy as np
import pytest
from helpers.small_networks import small_networks

from easel.exporting.plain_networks import IN_32_BITS, REPLACED, plain

MISSING = {"Erf", "Erfinv", "Argmax"}
WITH_REPLACEMENTS = ("beta_vae", "vq_vae", "sngan_resnet")


def operations(network: keras.Model) -> set[str]:
    """The types of a network's operations, nested ones included, and the names of nested networks."""
    found = set()
    for each in network.operations:
        found |= {each.name, *operations(each)} if isinstance(each, keras.Model) else {type(each).__name__}
    return found


@pytest.mark.parametrize("only_32_bits", [False, True])
@pytest.mark.parametrize("name", WITH_REPLACEMENTS)
def test_outputs_and_weights_are_those_of_the_network(name, only_32_bits):
    for network in small_networks(name):
        copy = plain(network.keras, *network.output_names, only_32_bits=only_32_bits)
        assert not MISSING & operations(copy)
        inputs = [network.inputs[each.name] for each in network.keras.inputs]
        found = copy(inputs if len(inputs) > 1 else inputs[0])
        for output, wanted in network.outputs().items():
            scale = max(1.0, np.abs(wanted).max())
            np.testing.assert_allclose(found[output], wanted, atol=1e-5 * scale, rtol=0, err_msg=output)


def test_what_is_replaced_is_in_the_networks():
    """Otherwise the replacement of an operation that Keras has renamed would be missed."""
    found = set()
    for name in WITH_REPLACEMENTS:
        for network in small_networks(name):
            found |= operations(network.keras)
    assert REPLACED.keys() | IN_32_BITS.keys() <= found


def test_argmax_over_another_axis_is_refused():
    inputs = keras.Input((3, 4))
    network = keras.Model(inputs, keras.ops.argmax(inputs, axis=1))
    with pytest.raises(ValueError, match="over the last axis"):
        plain(network, "positions")
