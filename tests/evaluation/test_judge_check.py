"""The check of a judge: broken ones fail it, each for its own reason, and good ones pass."""

import numpy as np
import pytest
from helpers.pixels_judge import TEST, TRAIN, Pixels

from easel.data.prepared import Split
from easel.evaluation import judge_check, reference
from easel.judges import Outputs

CLASS_OF = {
    image.tobytes(): label for split in (TRAIN, TEST) for image, label in zip(split.images, split.labels, strict=True)
}


class Sharp(Pixels):
    """The pixels' judge with the right class of every real image."""

    def outputs(self, images):
        labels = [CLASS_OF.get(image.tobytes(), 0) for image in images]
        return Outputs(super().outputs(images).features, np.eye(10, dtype=np.float32)[labels])


def checked(judge, tmp_path, test=TEST, knows_classes=True) -> dict:
    reference.write(judge, TRAIN, test, tmp_path / "reference.npz", tmp_path / "train_features.npy")
    statistics = reference.load_statistics(tmp_path / "reference.npz")
    kept = test.images[reference.kept_test_images(len(test.images))]
    return judge_check.check(statistics, kept, knows_classes)


def kinds(found: dict) -> list[str]:
    return [caveat["kind"] for caveat in found["caveats"]]


def with_features(change):
    """A judge with the right answers and changed features."""

    class Changed(Sharp):
        def outputs(self, images):
            features, logits = super().outputs(images)
            return Outputs(change(features).astype(np.float32), logits)

    return Changed()


def test_a_judge_that_can_judge_passes(tmp_path):
    found = checked(Sharp(), tmp_path)
    assert found["caveats"] == []
    assert found["accuracy"]["correct"] == found["accuracy"]["n"] == 150
    assert found["accuracy"]["at_least"] == pytest.approx(0.001 ** (1 / 150))
    assert found["accuracy"]["chance"] == pytest.approx(0.1)
    features = found["features"]
    assert (features["dimensions"], features["distinct"], features["images"]) == (16, 150, 150)
    assert 1.5 < features["participation_ratio"] < 16
    noise = found["noise"]
    assert noise["n"] == 150
    assert noise["pixel_gaussian"]["fid"] > 3 * noise["test_images"]["fid"] > 0
    assert noise["test_images"]["uncertainty"]["kind"] == "bootstrap"


def test_a_judge_at_chance_fails(tmp_path):
    """Its logits are pixels, so its accuracy is about that of guessing, 10 %."""
    found = checked(Pixels(), tmp_path)
    correct = found["accuracy"]["correct"]
    assert found["caveats"] == [{"kind": "judge_at_chance", "correct": correct, "n": 150, "chance": 0.1}]


def test_accuracy_does_not_count_if_the_classes_are_others(tmp_path):
    found = checked(Pixels(), tmp_path, knows_classes=False)
    assert (found["accuracy"], found["caveats"]) == (None, [])


def test_accuracy_must_be_above_the_share_of_the_largest_class(tmp_path):
    """Naming the most frequent class always is right for 60 % of these images, and sees nothing."""
    labels = np.where(np.arange(150) < 90, 3, TEST.labels)
    named = with_features(lambda features: features)
    named.outputs = lambda images: Outputs(Pixels().outputs(images).features, np.eye(10)[np.full(len(images), 3)])
    assert kinds(checked(named, tmp_path, Split(TEST.images, labels))) == ["judge_at_chance"]


def test_test_images_of_one_class_cannot_show_that_a_judge_tells_classes(tmp_path):
    found = checked(Sharp(), tmp_path, Split(TEST.images, np.zeros(150, np.int64)))
    assert kinds(found) == ["judge_at_chance"]
    assert found["accuracy"]["chance"] == 1.0


def test_two_test_images_cannot_show_anything(tmp_path):
    few = Split(TEST.images[:2], TEST.labels[:2])
    assert "judge_at_chance" in kinds(checked(Sharp(), tmp_path, few))


def test_a_judge_that_takes_noise_for_images_fails(tmp_path):
    found = checked(with_features(lambda x: np.random.default_rng(len(x)).normal(size=x.shape)), tmp_path)
    assert kinds(found) == ["judge_blind_to_noise"]
    (failure,) = found["caveats"]
    assert failure["fid_of_noise"] == found["noise"]["pixel_gaussian"]["fid"]


@pytest.mark.parametrize("value", [0.0, 3.0])
def test_constant_features_fail(value, tmp_path):
    found = checked(with_features(lambda features: np.full_like(features, value)), tmp_path)
    assert kinds(found) == ["judge_blind_to_noise", "constant_features"]


def test_features_along_one_line_fail(tmp_path):
    found = checked(with_features(lambda x: x.mean(axis=1, keepdims=True) * np.arange(1.0, 17.0)), tmp_path)
    assert "one_dimensional_features" in kinds(found)
    assert found["features"]["participation_ratio"] == pytest.approx(1.0, abs=1e-6)


def test_features_that_most_images_share_fail(tmp_path):
    """Coarse ones: each of sixteen numbers is 0 but for a few images."""
    found = checked(with_features(lambda x: np.where(x > np.quantile(x, 0.995), x, 0.0)), tmp_path)
    assert "repeated_features" in kinds(found)
    assert 2 * found["features"]["distinct"] <= found["features"]["images"] == 150


def test_images_that_are_there_twice_are_no_fault_of_the_judge(tmp_path):
    twice = Split(np.repeat(TEST.images[:50], 3, axis=0), np.repeat(TEST.labels[:50], 3))
    found = checked(Sharp(), tmp_path, twice)
    assert (found["features"]["distinct"], found["features"]["images"]) == (50, 50)
    assert "repeated_features" not in kinds(found)
