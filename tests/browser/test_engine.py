"""The player's engine in Chromium, over file:// and without a network: the images of Keras, for every preset."""

from pathlib import Path

import keras
import numpy as np
import pytest
from benchmarks.exports import PRESETS
from helpers.engine_page import engine_page
from helpers.small_networks import small_networks
from keras import layers

from easel.images import to_float, to_uint8
from easel.player import packing
from easel.player.record import make_player
from easel.player.reference import run
from easel.sampling import Samples

WITHOUT = "delete self.WebAssembly;\n"
"""What makes a worker one of a browser without WebAssembly."""


@pytest.fixture
def pages() -> dict:
    """Pages by name, which a test adds."""
    return {}


@pytest.fixture
def player(opened, pages, tmp_path):
    """Open a page with the player of a preset's small networks; also its record, and the networks."""

    def open_player(name: str, before: str = ""):
        generator, *encoders = small_networks(name)
        latents, labels = generator.inputs["latents"], generator.inputs.get("labels")
        samples = Samples(to_uint8(generator.outputs()["images"]), latents, labels)
        encoder = encoders[0].keras if encoders else None
        pages[name] = player_page(tmp_path / f"{name}.html", generator.keras, samples, encoder, before)
        return opened(name), samples

    return open_player


def player_page(file: Path, generator: keras.Model, samples: Samples, encoder=None, before: str = "") -> Path:
    """Write the page of a player, whose samples are also the test images."""
    record, block = make_player(generator, encoder, samples, samples.images, None)
    return engine_page(file, record, block, before)


def drawn(page, samples: Samples, i: int, **message) -> np.ndarray:
    """The image of a sample's latents: int (H, W, 3)."""
    label = None if samples.labels is None else int(samples.labels[i])
    asked = {"kind": "draw", "latents": samples.latents[i].tolist(), "label": label, **message}
    answer = page.evaluate("async asked => { await load(); return await ask(asked); }", asked)
    assert "error" not in answer, answer
    return np.array(answer["pixels"], int).reshape(*samples.images.shape[1:3], 4)[..., :3]


@pytest.mark.parametrize("name", PRESETS)
def test_an_image_is_that_of_keras(player, name):
    page, samples = player(name)
    assert np.abs(drawn(page, samples, 3) - samples.images[3]).max() <= 1


@pytest.mark.parametrize("name", ["biggan", "tutorial_dcgan", "rae"])
def test_a_browser_without_webassembly_draws_the_same(player, name):
    page, samples = player(name, WITHOUT)
    assert np.abs(drawn(page, samples, 3) - samples.images[3]).max() <= 1


def test_eight_bits_are_decoded_as_they_were_packed(player, monkeypatch):
    kept = {}

    def coarsely(programs):
        kept["packed"] = packing.pack(programs, share=1)
        return kept["packed"]

    monkeypatch.setattr("easel.player.record.pack", coarsely)
    page, samples = player("sngan")
    wanted = to_uint8(run(kept["packed"].rounded["decoder"], {"latents": samples.latents[:4]})["images"])
    assert np.abs(drawn(page, samples, 3) - wanted[3]).max() <= 1


def test_an_image_is_encoded_as_by_keras(player):
    page, samples = player("vae")
    encoder = small_networks("vae")[1].keras
    image = to_float(samples.images[:1])
    wanted = [np.asarray(each)[0] for each in encoder(image, training=False)]
    answer = page.evaluate(
        """async image => {
          await load();
          const { codes, logVariance } = await ask({ kind: "encode", image });
          return [[...codes], [...logVariance]];
        }""",
        image[0].ravel().tolist(),
    )
    np.testing.assert_allclose(answer, wanted, atol=0.02)


@pytest.mark.parametrize("name", ["dcgan", "conv_vae"])
def test_truncated_latents_are_those_of_the_workflow(player, name):
    from easel.sampling import truncation

    page, samples = player(name)
    generator = small_networks(name)[0].keras
    cut = truncation.truncated(samples.latents[:4], 0.5, truncation.mixture_intervals(generator))
    wanted = to_uint8(generator(cut, training=False))
    assert np.abs(drawn(page, samples, 3, truncation=0.5) - wanted[3]).max() <= 1


def test_codes_are_moved_by_an_offset(player):
    page, samples = player("dcgan")
    offset = np.linspace(-1, 1, samples.latents.shape[1])
    wanted = to_uint8(small_networks("dcgan")[0].keras(samples.latents[:4] + offset, training=False))
    assert np.abs(drawn(page, samples, 3, offset=offset.tolist()) - wanted[3]).max() <= 1


def test_a_part_of_a_vector_is_changed_alone(opened, pages, tmp_path):
    latents = keras.Input((8,), name="latents")
    part = layers.Flatten()(layers.Cropping1D((0, 4))(layers.Reshape((8, 1))(latents)))
    both = layers.Concatenate()([layers.ReLU()(part), latents])
    network = keras.Model(latents, layers.Reshape((4, 4, 3))(layers.Dense(48, activation="tanh")(both)))
    points = np.random.default_rng(0).standard_normal((8, 8), np.float32)
    samples = Samples(to_uint8(network(points)), points, None)
    pages["parts"] = player_page(tmp_path / "parts.html", network, samples)
    page = opened("parts")
    for i in range(4):
        assert np.abs(drawn(page, samples, i) - samples.images[i]).max() <= 1


def test_what_fails_in_a_worker_is_answered(player):
    page, _ = player("dcgan")
    answer = page.evaluate("async () => { await load(); return await ask({ kind: 'encode', image: [] }); }")
    assert "TypeError" in answer["error"]
