"""Programs computed with NumPy, against Keras: the networks of every preset."""

import numpy as np
import pytest
from helpers.small_networks import NAMES, small_networks

from easel.player.networks import encoder_program, generator_programs
from easel.player.reference import run

CLOSE = 1e-5
"""Largest difference, in float32, of images in -1..1."""


@pytest.mark.parametrize("name", NAMES)
def test_a_generators_programs_draw_its_images(name):
    generator = small_networks(name)[0]
    programs, inputs = generator_programs(generator.keras), dict(generator.inputs)
    if "prior" in programs:
        inputs |= run(programs["prior"], inputs)
    found = run(programs["decoder"], inputs)["images"]
    wanted = generator.outputs()["images"]
    differences = np.abs(found - wanted).reshape(len(wanted), -1).max(axis=1)
    # Rounding may choose another code, or another component of a mixture.
    assert np.count_nonzero(differences > CLOSE) <= generator.chooses


@pytest.mark.parametrize("name", ["vae", "conv_vae", "vae_gan", "rae"])
def test_an_encoders_program_gives_the_trained_encoders_outputs(name):
    network = small_networks(name)[1]
    inside = [layer for layer in network.keras.layers if layer.name == "encoder"]
    trained = inside[0] if inside else network.keras
    wanted = trained(network.inputs["images"], training=False)
    found = run(encoder_program(network.keras), network.inputs)
    assert list(found) == ["codes", "log_variance"][: len(found)]
    for output, of_keras in zip(found.values(), wanted if isinstance(wanted, list) else [wanted], strict=True):
        np.testing.assert_allclose(output, of_keras, atol=1e-4, rtol=1e-4)
