"""Networks on disk: the same bytes for the same network."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest

from easel.keras_files import save
from easel.study.load import load_study
from easel.training.networks import build, float32_copy, with_canonical_names

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tiny():
    """tiny("dcgan"): the settings of a preset, with narrow networks."""
    study = load_study({"study": "cifar10"}, ROOT)
    return lambda run: study.runs[run].settings.model_copy(update={"width": 4, "latent_dim": 8})


@pytest.mark.parametrize(("run", "network"), [("dcgan", "generator"), ("vae", "encoder"), ("vae_gan", "decoder")])
def test_the_same_network_is_the_same_bytes(tmp_path, tiny, run, network):
    original = build(network, tiny(run), 32)
    for name in ("a", "b"):
        build(network, tiny(run), 32)  # so that Keras would give the next one's layers other names
        save(with_canonical_names(float32_copy(original, network, tiny(run), 32)), tmp_path / f"{name}.keras")
    assert (tmp_path / "a.keras").read_bytes() == (tmp_path / "b.keras").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.keras") as archive:
        assert json.loads(archive.read("metadata.json"))["date_saved"] == ""
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_other_weights_are_other_bytes(tmp_path, tiny):
    network = build("decoder", tiny("vae"), 32)
    save(network, tmp_path / "a.keras")
    network.set_weights([weights + 1 for weights in network.get_weights()])
    save(network, tmp_path / "b.keras")
    assert (tmp_path / "a.keras").read_bytes() != (tmp_path / "b.keras").read_bytes()


def test_keras_loads_it(tmp_path, tiny):
    network = build("generator", tiny("dcgan"), 32)
    save(network, tmp_path / "a.keras")
    latents = np.random.default_rng(0).normal(size=(2, network.input_shape[1])).astype(np.float32)
    loaded = keras.models.load_model(tmp_path / "a.keras")
    np.testing.assert_array_equal(loaded(latents), network(latents))
    assert zipfile.ZipFile(tmp_path / "a.keras").testzip() is None
