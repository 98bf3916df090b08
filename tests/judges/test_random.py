"""A judge of random weights: the same on every machine, without classes, and of features that all count."""

import keras
import numpy as np
import pytest
from helpers.prepared_dataset import write_dataset
from scripts.make_judge import make_judge

from easel import judges
from easel.config.judges.random import RandomSettings
from easel.data.shapes import CLASSES, draw
from easel.judges import random
from easel.metrics import fid
from easel.metrics.feature_spread import participation_ratio
from easel.runtime.files import read_json

WIDTH = 8
FIRST_OF_SEED = {
    0: [-0.9769064914273369, -0.5169016068745638, -0.7771482889701236],
    1: [-0.3928639313864828, 0.6974174993715538, -0.6877304439130538],
}
"""By NumPy 2.4.6."""
SETTINGS = {"kind": "random", "width": WIDTH, "seed": 0}


@pytest.fixture(scope="module")
def splits():
    return {"train": draw("train", 400, seed=0)[0], "test": draw("test", 100, seed=0)[0]}


@pytest.fixture(scope="module")
def made(splits, tmp_path_factory):
    """The folder of a judge that the script has made."""
    folder = tmp_path_factory.mktemp("random")
    dataset = write_dataset(folder, "shapes", CLASSES, splits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("easel.training.devices.use_devices", lambda *given: None)  # for a new process only
        make_judge(
            dataset, folder / "random.keras", folder / "random.json", name="random", dataset="shapes",
            settings=SETTINGS, threads=2,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def judge(made):
    return judges.load(made / "random.keras")


def test_the_script_records_the_judge(made, judge):
    record = read_json(made / "random.json")
    assert record == {
        "judge": "random", "dataset": "shapes", "image_shape": [32, 32, 3], "feature_dim": 8 * WIDTH,
        "parameters": judge.network.count_params(), "settings": SETTINGS,
    }  # fmt: skip
    assert judges.facts(made / "random.keras", record) == {"kind": "random", "seed": 0}


def test_it_has_features_and_no_classes(judge, splits):
    seen = judge.outputs(splits["test"].images)
    assert (seen.features.shape, seen.features.dtype) == ((100, judge.feature_dim), np.float32)
    assert judge.feature_dim == RandomSettings(**SETTINGS).feature_dim
    assert (seen.logits.shape, seen.has_classes) == ((100, 0), False)


def test_every_feature_of_training_images_varies_alike(judge, splits):
    deviations = judge.outputs(splits["train"].images).features.std(axis=0, dtype=np.float64)
    np.testing.assert_allclose(deviations[deviations > 0], 10 / np.sqrt((deviations > 0).sum()), rtol=1e-3)
    assert (deviations > 0).mean() > 0.9


def test_it_sees_what_a_classifier_does_not(judge, splits):
    """Each damage costs more than the same number of other real images does."""
    images, held_out = splits["train"].images, splits["test"].images
    mean, covariance = fid.statistics(judge.outputs(images).features)
    rows, columns = np.mgrid[:32, :32]
    checkerboard = np.where((rows + columns) % 2, 16, -16)[None, :, :, None]
    damaged = {
        "checkerboard": np.clip(held_out + checkerboard, 0, 255).astype(np.uint8),
        "swapped channels": held_out[..., ::-1],
        "grey": np.repeat(held_out.mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8),
    }
    undamaged = fid.distance_to(judge.outputs(held_out).features, mean, covariance)
    for damage, shown in damaged.items():
        assert fid.distance_to(judge.outputs(shown).features, mean, covariance) > 2 * undamaged, damage
    assert participation_ratio(mean, covariance) > 4


@pytest.mark.parametrize("seed", FIRST_OF_SEED)
def test_the_weights_are_those_of_the_seed_on_every_machine(seed):
    assert random.uniform(seed)((3,)).tolist() == FIRST_OF_SEED[seed]


def test_networks_of_one_seed_are_equal_and_of_two_are_not():
    one, same, other = (random.network((32, 32, 3), 4, seed).get_weights() for seed in (3, 3, 4))
    for weight, equal, different in zip(one, same, other, strict=True):
        np.testing.assert_array_equal(weight, equal)
        assert not np.array_equal(weight, different)


def test_half_of_the_filters_see_brightness_and_all_respond_alike():
    kernel = random.filters(random.uniform(0), channels=3, count=6)
    np.testing.assert_allclose(np.square(kernel).sum(axis=(0, 1, 2)), 2)
    levels = np.abs(kernel.mean(axis=(0, 1)))  # (3, 6)
    assert (levels[:, ::2] > 1e-3).all()
    np.testing.assert_allclose(levels[:, 1::2], 0, atol=1e-12)


def test_plain_keras_loads_the_network(made, judge, splits):
    plain = keras.models.load_model(made / "random.keras")
    images = splits["test"].images[:20]
    seen = plain.predict_on_batch(images.astype(np.float32) / 127.5 - 1.0)
    np.testing.assert_allclose(keras.tree.flatten(seen)[-1], judge.outputs(images).features, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("shape", [(16, 16, 3), (64, 64, 3)])
def test_other_sizes_of_images(shape):
    assert random.network(shape, 4, 0).outputs[-1].shape == (None, 32)
