"""A run's player: what it holds, what its rounded weights draw, and why there is none."""

import json

import keras
import numpy as np
import pytest
from helpers.small_networks import small_networks
from keras import layers

from easel.player import packing
from easel.player.record import make_player
from easel.sampling import Samples, generate


def player_of(name: str):
    """The player of a preset's small networks, whose samples are also the test images."""
    generator, *encoders = small_networks(name)
    latents, labels = generator.inputs["latents"], generator.inputs.get("labels")
    samples = Samples(generate(generator.keras, latents, labels), latents, labels)
    classes = None if labels is None else [str(i) for i in range(10)]
    return make_player(generator.keras, encoders[0].keras if encoders else None, samples, samples.images, classes)


def test_a_conditional_generators_player():
    record, block = player_of("fast_cpu")
    assert record["unplayable"] is None
    assert record["image_shape"] == [32, 32, 3]
    assert len(record["classes"]) == 10
    assert record["codes"] is None
    assert record["batch_normalised"]
    assert record["bits"] == [16]
    assert record["loss"]["largest"] <= 1
    assert record["parameters"] == pytest.approx(small_networks("fast_cpu")[0].keras.count_params(), rel=0.05)
    assert 0 < len(record["directions"]) <= 6
    assert len(block) < 3 * record["parameters"]
    assert json.dumps(record, allow_nan=False)


def test_an_autoencoders_player_has_its_encoder_and_codes():
    record, _ = player_of("conv_vae")
    assert set(record["programs"]) == {"prior", "decoder", "encoder"}
    assert len(record["codes"]["kl"]) == len(record["directions"][0]["step"]) == 16


def test_discrete_codes_have_neither_directions_nor_an_encoder():
    record, _ = player_of("vq_vae")
    assert set(record["programs"]) == {"prior", "decoder"}
    assert (record["directions"], record["codes"]) == ([], None)
    assert record["bits"] == [16, 32]


def test_the_loss_of_fewer_bits_is_measured(monkeypatch):
    exact, _ = player_of("dcgan")
    monkeypatch.setattr("easel.player.record.pack", lambda programs: packing.pack(programs, share=1))
    coarse, _ = player_of("dcgan")
    assert coarse["bits"] == [8]
    assert coarse["loss"]["mean"] > 3 * exact["loss"]["mean"] > 0


def test_a_network_that_cannot_be_played_says_why(monkeypatch):
    latents = keras.Input((4,), name="latents")
    network = keras.Model(
        latents, layers.MaxPooling2D(2, name="odd")(layers.Reshape((4, 4, 3))(layers.Dense(48)(latents)))
    )
    samples = Samples(np.zeros((2, 2, 2, 3), np.uint8), np.zeros((2, 4), np.float32), None)
    record, block = make_player(network, None, samples, None, None)
    assert record == {"unplayable": {"why": "layer", "layer": "odd", "type": "MaxPooling2D"}}
    assert block == b""
    monkeypatch.setattr("easel.player.record.pack", lambda programs: packing.pack(programs, most=10))
    record, _ = player_of("dcgan")
    assert record["unplayable"]["why"] == "size"
