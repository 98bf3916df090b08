"""A judge trained without labels: what it is shown, that it learns to see it, and that it judges."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.gpu_steps import deterministic_step
from helpers.prepared_dataset import write_dataset
from scripts.make_judge import make_judge

from easel import judges
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.data.shapes import draw
from easel.judges import training
from easel.judges.self_supervised import accuracies
from easel.judges.self_supervised.network import features_of, network
from easel.judges.self_supervised.training import COVARIANCE, batches, course, finished, learner, of_codes
from easel.judges.self_supervised.views import ORIENTATIONS, SMALLEST, crops, turned, views
from easel.metrics import fid
from easel.runtime.files import read_json
from easel.training.layers import accelerated

SETTINGS = {"kind": "self_supervised", "steps": 40, "width": 4, "batch_size": 32}


@pytest.fixture(scope="module")
def splits():
    return {"train": draw("train", 400, seed=0)[0], "test": draw("test", 200, seed=0)[0]}


@pytest.fixture(scope="module")
def made(splits, tmp_path_factory):
    """The folder of a judge of images of one class, that the script has made."""
    folder = tmp_path_factory.mktemp("self_supervised")
    flat = {name: split._replace(labels=np.zeros_like(split.labels)) for name, split in splits.items()}
    dataset = write_dataset(folder, "flat", ["all"], flat)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("easel.training.devices.use_threads", lambda *given, **how: None)  # for a new process only
        make_judge(
            dataset, folder / "self_supervised.keras", folder / "self_supervised.json", name="small",
            dataset="flat", settings=SETTINGS, threads=2,
        )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def judge(made):
    return judges.load(made / "self_supervised.keras")


# --- the views ---------------------------------------------------------------------------------------------


def test_the_eight_orientations_are_all_different_and_the_first_is_none():
    image = np.arange(4 * 4 * 3, dtype=np.uint8).reshape(1, 4, 4, 3)
    found = turned(np.repeat(image, ORIENTATIONS, axis=0), tf.range(ORIENTATIONS)).numpy()
    np.testing.assert_array_equal(found[0], image[0])
    np.testing.assert_array_equal(found[1], image[0, :, ::-1])
    expected = {np.rot90(each, quarter).tobytes() for quarter in range(4) for each in (image[0], image[0, :, ::-1])}
    assert {each.tobytes() for each in found} == expected
    assert len(expected) == ORIENTATIONS


def test_crops_are_parts_of_the_image_and_at_most_all_of_it():
    ramp = np.broadcast_to(np.linspace(-1, 1, 32, dtype=np.float32)[None, None, :, None], (3, 32, 32, 3))
    size, down, right = (tf.constant(each, tf.float32) for each in ([1, 0, 0], [0, 0, 0], [0, 0, 1]))
    whole, left, at_the_right = crops(tf.constant(ramp), size, down, right).numpy()
    np.testing.assert_allclose(whole, ramp[0], atol=1e-5)
    side = 2 * SMALLEST**0.5
    assert (left.min(), left.max()) == pytest.approx((-1, side - 1), abs=1e-4)
    assert (at_the_right.min(), at_the_right.max()) == pytest.approx((1 - side, 1), abs=1e-4)


def test_views_keep_the_colours_and_share_the_orientation(splits):
    """Images of one colour each stay as they are: nothing but place and orientation is changed."""
    colours = np.random.default_rng(0).integers(0, 256, (16, 1, 1, 3), dtype=np.uint8)
    shown, answers = views(tf.constant(np.broadcast_to(colours, (16, 32, 32, 3))), (0, 0))
    expected = np.broadcast_to(colours.astype(np.float32) / 127.5 - 1.0, (16, 32, 32, 3))
    np.testing.assert_allclose(shown, np.concatenate([expected, expected]), atol=1e-5)
    np.testing.assert_array_equal(answers[:16], answers[16:])
    np.testing.assert_array_equal(np.sum(answers, axis=1), 1)


def test_batches_depend_on_the_seed(splits):
    def first(seed):
        ((images, answers),) = batches(splits["train"].images, 64, seed).take(1).as_numpy_iterator()
        return images, answers

    images, answers = first(1)
    assert (images.shape, images.dtype, answers.shape) == ((128, 32, 32, 3), np.float32, (128, ORIENTATIONS))
    assert set(answers.argmax(axis=1)) == set(range(ORIENTATIONS))
    assert not np.array_equal(images[:64], images[64:])
    np.testing.assert_array_equal(first(1)[0], images)
    assert not np.array_equal(first(2)[0], images)


# --- the network and its training --------------------------------------------------------------------------


def test_the_loss_of_codes():
    """VICReg's terms on codes whose variances and covariances are known."""
    signs = np.float32(
        np.array(np.meshgrid(*[[-1, 1]] * 3)).reshape(3, 8).T
    )  # 3 uncorrelated components of deviation 1
    assert float(of_codes(signs, signs)) == pytest.approx(0, abs=1e-4)
    assert float(of_codes(signs, -signs)) == pytest.approx(4, abs=1e-3)  # the views' squared distance
    assert float(of_codes(signs / 4, signs / 4)) == pytest.approx(0.75, abs=1e-3)  # deviations are a quarter
    assert float(of_codes(0 * signs, 0 * signs)) == pytest.approx(0.99, abs=1e-3)  # a collapse
    same = np.repeat(signs[:, :1], 3, axis=1)
    assert float(of_codes(same, same)) == pytest.approx(COVARIANCE * 6 / 3, abs=1e-4)  # six covariances of 1


def test_it_learns(made, splits):
    """Of test images, which it was not trained on: chance is 1/8 and 1/200."""
    record = read_json(made / "self_supervised.json")
    assert list(record["accuracy"]) == ["orientation", "image"]
    assert record["accuracy"]["image"] > 0.1
    untrained = course(splits["train"].images, None, 1, SelfSupervisedSettings(**SETTINGS)).network
    assert record["accuracy"]["image"] > 1.1 * accuracies(untrained, splits["test"].images, 0)["image"]


def test_the_same_settings_give_the_same_weights(splits):
    def trained():
        settings = SelfSupervisedSettings(**SETTINGS | {"steps": 10})
        planned = course(splits["train"].images, None, 1, settings)
        training.run(planned, "small")
        return finished(planned, splits["train"].images, settings)

    for weight, same in zip(trained().get_weights(), trained().get_weights(), strict=True):
        np.testing.assert_array_equal(weight, same)


def test_a_step_on_a_gpu_would_wait_for_nothing_and_be_deterministic():
    settings = SelfSupervisedSettings(**SETTINGS)
    model = learner(accelerated(network((32, 32, 3), 4, "mixed_bfloat16")), settings)
    assert {"Conv2DBackpropFilter", "FusedBatchNormGradV3"} <= deterministic_step(model, ORIENTATIONS)


# --- the judge ---------------------------------------------------------------------------------------------


def test_the_script_records_the_judge(made, judge):
    record = read_json(made / "self_supervised.json")
    assert list(record) == [
        "judge", "dataset", "image_shape", "split", "accuracy", "feature_dim", "parameters", "precision", "device",
        "seconds", "settings",
    ]  # fmt: skip
    assert (record["dataset"], record["split"], record["feature_dim"]) == ("flat", "train", 55)
    assert record["parameters"] == judge.network.count_params()
    facts = judges.facts(made / "self_supervised.keras", record)
    assert facts == {"kind": "self_supervised", "dataset": "flat", "split": "train"}


def test_it_has_features_and_no_classes(judge, splits):
    seen = judge.outputs(splits["test"].images)
    assert seen.features.shape == (200, judge.feature_dim) == (200, SelfSupervisedSettings(**SETTINGS).feature_dim)
    assert seen.logits.shape == (200, 0)


def test_it_is_not_blind_to_colour_texture_or_orientation(judge, splits):
    """Each damage to test images costs more than twice what they cost undamaged."""
    images, held_out = splits["train"].images, splits["test"].images
    moments = fid.statistics(judge.outputs(images).features)
    rows, columns = np.mgrid[:32, :32]
    checkerboard = np.where((rows + columns) % 2, 16, -16)[None, :, :, None]
    damaged = {
        "checkerboard": np.clip(held_out + checkerboard, 0, 255).astype(np.uint8),
        "swapped channels": held_out[..., ::-1],
        "grey": np.repeat(held_out.mean(axis=-1, keepdims=True), 3, axis=-1).astype(np.uint8),
    }
    undamaged = fid.distance_to(judge.outputs(held_out).features, *moments)
    for damage, shown in damaged.items():
        assert fid.distance_to(judge.outputs(shown).features, *moments) > 2 * undamaged, damage


def test_plain_keras_loads_the_network(made, judge, splits):
    plain = keras.models.load_model(made / "self_supervised.keras")
    images = splits["test"].images[:20]
    (seen,) = keras.tree.flatten(plain.predict_on_batch(images.astype(np.float32) / 127.5 - 1.0))
    np.testing.assert_allclose(seen, judge.outputs(images).features, rtol=1e-4, atol=1e-4)


def test_other_sizes_of_images():
    assert features_of(network((64, 64, 3), 2)).outputs[0].shape == (None, 35)
