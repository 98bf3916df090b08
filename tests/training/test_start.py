"""Starting from trained networks: which weights are taken, in training and averaged, and what is refused."""

import json
import zipfile

import keras
import numpy as np
import pytest
from helpers.small_trainings import CLASSES, SMALL, Training, small_settings, small_trainer

from easel.keras_files import save
from easel.runtime.errors import EaselError
from easel.training import start
from easel.training.record import write_outputs, write_record
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

LEAN = {"conditional": True, "ema_decay": 0.9, "epochs": 1.0, "spectral_norm": "discriminator"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("source")


@pytest.fixture(scope="module")
def trained(folder) -> Training:
    """A finished conditional GAN with moving averages, whose files are in `folder`."""
    trainer = small_trainer(small_settings(folder, "lean", **LEAN))
    training = Training(trainer, TrainingState(trainer, folder / "state", {"data": "x"}))
    training.run()
    write_outputs(training.state, folder)
    names = {"study": "a", "run": "b", "seed": 0, "preset": "sngan", "dataset": "x"}
    write_record(trainer, training.state, folder / "train.json", names, {"data": "x"})
    return training


@pytest.fixture
def source(trained, folder) -> start.Source:
    return start.read_source("a/b/seed-0", folder / "train.json")


def weights_of(network: keras.Model) -> list[np.ndarray]:
    """Every weight but seeds of dropout."""
    return [weight.numpy() for weight in network.weights]


def assert_equal(one: keras.Model, other: keras.Model) -> None:
    for a, b in zip(weights_of(one), weights_of(other), strict=True):
        np.testing.assert_array_equal(a, b)


def test_both_the_networks_in_training_and_their_averages_are_taken(trained, source, trainer_of):
    trainer = trainer_of("lean", **LEAN, seed=1)
    trainer.start(source)
    for name, network in trained.trainer.objective.networks.items():
        assert_equal(trainer.objective.networks[name], network)
    average = trainer.averages["generator"]
    assert_equal(average.network, trained.trainer.averages["generator"].network)
    assert any(not np.array_equal(a, b) for a, b in zip(
        weights_of(average.network), weights_of(average.source), strict=True
    ))  # fmt: skip
    assert trainer.started["from"] == "a/b/seed-0"
    assert trainer.started["step"] == trained.state.step
    generator = trainer.started["networks"]["generator"]
    assert generator["averaged"]
    assert generator["left"] == []
    assert sum(each["parameters"] for each in generator["taken"]) == average.source.count_params()


def test_a_trained_average_is_not_forgotten_in_the_first_steps(source, training_of):
    """At a rising decay of 1 / 10 in the first step, nine tenths of it would be."""
    training = training_of("lean", **LEAN | {"ema_decay": 0.999})
    training.trainer.start(source)
    average = training.trainer.averages["generator"]
    before = [weight.numpy() for weight in average.network.trainable_variables]
    training.trainer.run_steps(0, 1)
    now = [weight.numpy() for weight in average.source.trainable_variables]
    for mean, first, live in zip(average.network.trainable_variables, before, now, strict=True):
        np.testing.assert_allclose(mean.numpy(), 0.999 * first + 0.001 * live, rtol=1e-5, atol=1e-7)


def test_without_classes_what_does_not_depend_on_them_is_taken(source, trainer_of):
    trainer = trainer_of("lean", **LEAN | {"conditional": False})
    trainer.start(source)
    for name in ("generator", "discriminator"):
        entry = trainer.started["networks"][name]
        assert entry["taken"]
        assert all(each["reason"] in ("missing", "shape") for each in entry["left"])
    left = {each["layer"]: each for each in trainer.started["networks"]["generator"]["left"]}
    assert set(left)
    assert all(layer.startswith("dense") for layer in left)
    assert "conv2d 0" in {each["layer"] for each in trainer.started["networks"]["discriminator"]["taken"]}


def test_between_image_sizes_the_layers_nearest_to_the_images_correspond(source, settings_of):
    images = np.zeros((16, 64, 64, 3), np.uint8)
    trainer = Trainer(images, settings_of("lean", **LEAN), 0, "float32", "t", np.arange(16) % 4, CLASSES)
    trainer.start(source)
    taken = {name: [each["layer"] for each in entry["taken"]] for name, entry in trainer.started["networks"].items()}
    assert {"conv2d 0", "conv2d_transpose 0", "conv2d_transpose 1"} <= set(taken["generator"])
    assert {"conv2d 0", "conv2d 1", "conv2d 2"} <= set(taken["discriminator"])
    last = [layer for layer in trainer.objective.networks["generator"].layers if layer.weights][-1]
    old = [layer for layer in source.live["generator"].layers if layer.weights][-1]
    np.testing.assert_array_equal(last.get_weights()[0], old.get_weights()[0])


def test_a_normalised_kernel_is_taken_as_it_is_used(source, trainer_of):
    """Into a network without spectral normalisation, and back."""
    plain = trainer_of("lean", **LEAN | {"spectral_norm": "none"})
    plain.start(source)
    inputs = [np.random.default_rng(0).standard_normal((4, 32, 32, 3), np.float32), np.arange(4)]
    expected = source.live["discriminator"](inputs, training=False)
    found = plain.objective.networks["discriminator"]
    np.testing.assert_allclose(found(inputs, training=False), expected, rtol=1e-4, atol=1e-5)
    again = trainer_of("lean", **LEAN)
    again.start(start.Source("plain", {"discriminator": found}))
    np.testing.assert_allclose(
        again.objective.networks["discriminator"](inputs, training=False), expected, rtol=0.05, atol=0.02
    )


def test_a_file_has_the_generator_only(trained, folder, trainer_of):
    file = next(file for file in sorted((folder / "snapshots").iterdir()))
    trainer = trainer_of("lean", **LEAN, seed=1)
    before = weights_of(trainer.objective.networks["discriminator"])
    trainer.start(start.read_source(str(file), file))
    saved = keras.models.load_model(file, compile=False)
    for network in (trainer.objective.networks["generator"], trainer.averages["generator"].network):
        assert_equal(network, saved)
    assert all(np.array_equal(a, b) for a, b in zip(
        weights_of(trainer.objective.networks["discriminator"]), before, strict=True
    ))  # fmt: skip
    assert trainer.started["networks"]["discriminator"]["from"] is None
    assert not trainer.started["networks"]["generator"]["averaged"]


def test_of_an_autoencoder_with_a_fitted_prior_the_decoder_is_taken(trainer_of, tmp_path):
    settings = {"prior": "gaussian_mixture", "components": 2}
    first = trainer_of("conv_vae", **settings)
    save(first.exported()["generator"], tmp_path / "generator.keras")
    second = trainer_of("conv_vae", seed=1)
    second.start(start.read_source("x", tmp_path / "generator.keras"))
    assert_equal(second.objective.networks["decoder"], first.objective.networks["decoder"])


def test_equal_weights_have_equal_digests(source, trained, folder):
    again = start.read_source("elsewhere", folder / "train.json")
    assert again.digest == source.digest
    weight = again.averaged["generator"].weights[0]
    weight.assign(weight + 1.0)
    assert again.digest != source.digest


# --- what is refused ---------------------------------------------------------------------------------------


def test_a_file_that_is_no_network_is_refused(tmp_path):
    text, archive = tmp_path / "text.keras", tmp_path / "zip.keras"
    text.write_text("weights")
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("config.json", "{}")
    with pytest.raises(EaselError, match=r"is no \.keras file"):
        start.read_source("x", text)
    with pytest.raises(EaselError, match=r"cannot be loaded as a \.keras file"):
        start.read_source("x", archive)
    inputs = keras.Input((3,))
    save(keras.Model(inputs, keras.layers.Dense(2)(inputs)), tmp_path / "dense.keras")
    with pytest.raises(EaselError, match="makes no images"):
        start.read_source("x", tmp_path / "dense.keras")


def test_networks_of_which_nothing_fits_are_refused(source, trainer_of):
    with pytest.raises(EaselError, match="no layer of a/b/seed-0 fits"):
        trainer_of("vae", width=SMALL["width"] + 1).start(source)


def test_without_its_state_a_training_is_refused(trained, folder, tmp_path):
    record = json.loads((folder / "train.json").read_text())
    (tmp_path / "train.json").write_text(json.dumps(record))
    with pytest.raises(EaselError, match=r"not in .*checkpoint-.* any more.*--forcerun .*train.json"):
        start.read_source("a/b/seed-0", tmp_path / "train.json")


# --- FreezeD -----------------------------------------------------------------------------------------------


def test_frozen_layers_stay_and_the_others_learn(source, training_of):
    training = training_of("lean", **LEAN, start_from="a/b/seed-0", freeze=2)
    training.trainer.start(source)
    discriminator = training.trainer.objective.networks["discriminator"]
    convolutions = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.Conv2D)]
    before = [layer.raw.numpy() for layer in convolutions]
    training.run()
    changed = [
        not np.array_equal(layer.raw.numpy(), kernel) for layer, kernel in zip(convolutions, before, strict=True)
    ]
    assert changed == [False, False, *[True] * (len(convolutions) - 2)]
    training.trainer.exported()  # copies take the weights of frozen layers, too


def test_a_frozen_layer_that_was_not_trained_is_refused(source, trainer_of):
    wider = trainer_of("lean", **LEAN | {"width": SMALL["width"] + 1}, start_from="a/b/seed-0", freeze=1)
    with pytest.raises(EaselError, match="freeze keeps the discriminator's conv2d 0 as it was trained"):
        wider.start(source)
