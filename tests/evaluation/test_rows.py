"""Rows of metrics.json, each value with its provenance."""

import numpy as np
import pytest
from helpers.pixels_judge import TEST, TRAIN, Pixels

from easel.data.shapes import draw
from easel.evaluation.metrics_row import finite
from easel.evaluation.reference import Reference, load_statistics, write
from easel.evaluation.rows import measurements, nearest_training_images, rows
from easel.judges import Outputs
from easel.metrics import fid
from easel.metrics.catalogue import METRICS

ABOUT = {"judge": "pixels", "judge_facts": {"kind": "patches"}, "device": {"kind": "cpu", "name": "a CPU"}}
CAVEAT = {"kind": "grey_images", "n": 400}


def seen(images: np.ndarray) -> Outputs:
    return Pixels().outputs(images)


def judged(found: Outputs, known: Reference, **more) -> dict[str, dict]:
    to_train = nearest_training_images(found, known, "samples").distances
    made = rows("samples", found, measurements(found, known, to_train, "samples"), ABOUT, **more)
    return {row["metric"]: row for row in made}


def test_form_of_a_row(known):
    found = seen(draw("train", 200, seed=9)[0].images)
    reference = known["train_mean"], known["train_covariance"]
    assert judged(found, known)["fid"] == {
        "of": "samples",
        "metric": "fid",
        "value": fid.distance_to(found.features, *reference),
        "uncertainty": {
            "kind": "bootstrap",
            "value": fid.bootstrap(found.features, *reference, resamples=20),
            "resamples": 20,
        },
        "n": 200,
        "judge": "pixels",
        "judge_facts": {"kind": "patches"},
        "device": {"kind": "cpu", "name": "a CPU"},
        "reference_split": "train",
        "reference_n": 600,
        "caveats": [],
    }


def test_every_metric_states_its_reference(known):
    found = judged(seen(TEST.images), known)
    against = {name: (row["reference_split"], row["reference_n"]) for name, row in found.items()}
    everything, as_many = ("train", 600), ("train", 150)
    assert against == {
        "fid": everything, "fid_infinity": everything, "kid": everything, "inception_score": (None, None),
        "precision": as_many, "recall": as_many, "density": as_many, "coverage": as_many,
        "data_copying_auc": everything, "near_copy_rate": everything,
    }  # fmt: skip
    assert against.keys() <= METRICS.keys()
    for row in found.values():
        assert np.isfinite([row["value"], row["uncertainty"]["value"]]).all()


def test_a_caveat_only_where_the_covariance_is_singular(known, tmp_path):
    assert judged(seen(TRAIN.images[:17]), known)["fid"]["caveats"] == []
    few = judged(seen(TRAIN.images[:16]), known)
    assert few["fid"]["caveats"] == [{"kind": "singular_covariance", "n": 16, "dimensions": 16}]
    assert few["kid"]["caveats"] == []
    assert np.isfinite([few["fid"]["value"], few["fid"]["uncertainty"]["value"]]).all()
    twelve = type(TRAIN)(TRAIN.images[:12], TRAIN.labels[:12])
    write(Pixels(), twelve, TEST, tmp_path / "reference.npz", tmp_path / "train_features.npy")
    small = Reference.read(tmp_path / "reference.npz", twelve.labels)
    assert judged(seen(TRAIN.images[:100]), small)["fid"]["caveats"][0]["n"] == 12


def test_fid_infinity_of_few_samples_per_dimension_has_a_caveat(known):
    found = judged(seen(TRAIN.images[:127]), known)
    caveat = {"kind": "nonlinear_extrapolation", "n": 127, "dimensions": 16, "samples_per_dimension": 8}
    assert [found[name]["caveats"] for name in ("fid", "fid_infinity")] == [[], [caveat]]
    assert judged(seen(TRAIN.images[:128]), known)["fid_infinity"]["caveats"] == []


def test_a_caveat_of_the_images_holds_for_every_value(known):
    found = judged(seen(TEST.images), known, caveats=[CAVEAT])
    assert all(row["caveats"] == [CAVEAT] for row in found.values())


def test_one_repeated_image_has_finite_values(known):
    found = judged(seen(np.repeat(TEST.images[:1], 60, axis=0)), known)
    for name, row in found.items():
        assert row["value"] is not None, name
        assert row["uncertainty"] is None or np.isfinite(row["uncertainty"]["value"]), name
    assert found["recall"]["value"] == 0


def test_values_that_are_not_finite_are_null():
    assert finite(float("nan")) is None
    assert finite(None) is None
    assert finite(np.float32(0.5)) == 0.5


@pytest.mark.parametrize("damage", ["noise", "blur", "fewer classes"])
def test_fid_rises_with_damage(known, damage):
    """By pixels, which is a poor judge: monotone all the same."""
    images, labels = draw("train", 300, seed=9)[0]
    random = np.random.default_rng(0)
    values = []
    for strength in (0, 1, 2, 3):
        if damage == "noise":
            worse = np.clip(images + random.normal(0, 40 * strength, images.shape), 0, 255).astype(np.uint8)
        elif damage == "blur":
            shifted = [
                np.roll(images, (4 * i, 4 * j), (1, 2)) for i in range(strength + 1) for j in range(strength + 1)
            ]
            worse = np.mean(shifted, axis=0).astype(np.uint8)
        else:
            worse = images[labels < 10 - 3 * strength]
        values.append(judged(seen(worse), known)["fid"]["value"])
    assert values == sorted(values)
    assert values[3] > 3 * values[0]


def test_memorised_training_images_are_detected(known):
    copied, new = judged(seen(TRAIN.images[:150]), known), judged(seen(draw("train", 150, seed=9)[0].images), known)
    assert copied["near_copy_rate"]["value"] > 0.9
    assert copied["data_copying_auc"]["value"] > 0.9
    assert new["near_copy_rate"]["value"] < 0.1
    assert 0.35 < new["data_copying_auc"]["value"] < 0.65


def test_statistics_are_read_as_written(statistics, known):
    np.testing.assert_array_equal(load_statistics(statistics)["train_mean"], known["train_mean"])
