"""Baselines: test images and pixel Gaussians, judged as if they were samples."""

import numpy as np

from easel.evaluation.baselines import judge_baselines

ABOUT = {"judge": "pixels", "judge_facts": {"kind": "patches"}, "device": {"kind": "cpu", "name": "a CPU"}}


def values(found, metric) -> dict[str, float]:
    return {row["of"]: row["value"] for row in found if row["metric"] == metric}


def test_test_images_score_better_than_pixel_gaussians(known):
    found = judge_baselines(known, ABOUT, True, 150)
    assert list(dict.fromkeys(row["of"] for row in found)) == ["test_images", "pixel_gaussian"]
    assert 0 < 3 * values(found, "fid")["test_images"] < values(found, "fid")["pixel_gaussian"]
    assert values(found, "recall")["test_images"] > values(found, "recall")["pixel_gaussian"]
    assert values(found, "data_copying_auc")["test_images"] == 0.5
    assert values(found, "class_tv_distance").keys() == {"test_images", "pixel_gaussian"}
    assert {row["judge"] for row in found} == {"pixels"}


def test_only_labelled_images_have_a_class_accuracy(known):
    right = known["test_logits"].argmax(axis=1) == known["test_labels"]
    assert values(judge_baselines(known, ABOUT, True, 150), "class_accuracy") == {"test_images": right.mean()}


def test_baselines_have_n_images_or_all_that_are_kept(known):
    assert {row["n"] for row in judge_baselines(known, ABOUT, False, 60)} == {60}
    assert {row["n"] for row in judge_baselines(known, ABOUT, False, 1000)} == {150}


def test_a_judge_without_classes_has_no_class_metrics(known):
    assert not values(judge_baselines(known, ABOUT, False, 60), "class_tv_distance")
    assert np.isfinite(list(values(judge_baselines(known, ABOUT, False, 60), "inception_score").values())).all()


def test_test_images_are_grouped_by_their_true_class_and_noise_by_the_judge(known):
    found = judge_baselines(known, ABOUT, True, 150)
    assert values(found, "intra_class_fid").keys() <= {"test_images"}
    assert values(found, "class_accuracy").keys() == {"test_images"}


def test_failures_of_the_judge_are_the_first_caveats(known):
    failure = {"kind": "constant_features", "dimensions": 16}
    assert all(row["caveats"][0] == failure for row in judge_baselines(known, ABOUT, True, 60, [failure]))
