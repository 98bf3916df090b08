"""Large images that judges which are trained here see reduced."""

import numpy as np
import pytest

from easel import judges
from easel.config.judges import KINDS
from easel.config.judges.base import reduced_size
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.judges import classifier, self_supervised
from easel.judges.networks import NetworkJudge, reduced
from easel.judges.self_supervised.training import course, finished


def noise(count: int, side: int) -> np.ndarray:
    return np.random.default_rng(side).integers(0, 256, (count, side, side, 3), np.uint8)


@pytest.mark.parametrize(("size", "seen"), [(32, 32), (48, 48), (64, 64), (96, 48), (128, 64), (256, 64)])
def test_the_size_that_is_seen(size, seen):
    assert reduced_size(size) == seen
    for kind in ("classifier", "self_supervised"):
        assert KINDS[kind](kind=kind).seen_size(size) == seen
    assert KINDS["random"](kind="random").seen_size(size) == size
    assert KINDS["inception"](kind="inception").seen_size(size) == 32


@pytest.mark.parametrize("size", [32, 96])
def test_pixels_are_means_of_squares(size):
    images, factor = noise(3, size), size // reduced_size(size)
    found = reduced(images, reduced_size(size))
    means = images.reshape(3, size // factor, factor, size // factor, factor, 3).mean(axis=(2, 4))
    assert found.dtype == np.uint8
    assert np.abs(found - means).max() <= 0.5


def test_a_judge_of_large_images_sees_them_as_it_was_trained():
    """Its features are those of the images reduced beforehand, whatever the size of a batch."""
    images = noise(6, 96)
    settings = SelfSupervisedSettings(kind="self_supervised", width=2, batch_size=4, steps=10)
    planned = course(images, None, 1, settings)
    shown, _ = next(iter(planned.batches))
    assert shown.shape[1:] == (48, 48, 3)
    judge = NetworkJudge(finished(planned, images, settings), reduces=True)
    assert [side for side in (32, 48, 64, 96, 128) if judges.takes(judge, (side, side, 3))] == [48, 96]
    np.testing.assert_array_equal(judge.outputs(images).features, judge.outputs(reduced(images, 48)).features)


def test_the_facts_say_so():
    record = {"dataset": "birds", "split": "train", "test_accuracy": 0.9, "image_shape": [128, 128, 3]}
    small = record | {"image_shape": [64, 64, 3]}
    for judge in (classifier, self_supervised):
        assert judge.facts(record).as_json() == judge.facts(small).as_json() | {
            "kind": f"reduced_{judge.facts(small).kind}", "seen": 64,
        }  # fmt: skip
