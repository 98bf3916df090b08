"""Evaluation of a run's samples by the judges of a study."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from helpers.pixels_judge import TEST, TRAIN, Pixels

from easel.data.shapes import CLASSES, draw
from easel.evaluation import samples as evaluation
from easel.evaluation.judge_files import JudgeFiles
from easel.evaluation.samples import Samples, evaluate
from easel.runtime.files import write_json

FACTS = {"kind": "patches"}
CPU, GPU = {"kind": "cpu", "name": "a CPU"}, {"kind": "gpu", "name": "NVIDIA T4"}
ORIGIN = {"kind": "snapshot", "step": 10, "sampling": {"truncation": 0.7, "label": None, "seed": 0}}
RECONSTRUCTION = {"of": "reconstructions", "metric": "psnr"}


@pytest.fixture
def dataset(tmp_path):
    for name, split in (("train", TRAIN), ("test", TEST)):
        np.save(tmp_path / f"{name}_images.npy", split.images)
        np.save(tmp_path / f"{name}_labels.npy", split.labels)
    write_json(tmp_path / "dataset.json", {"classes": list(CLASSES), "format": "shapes"})
    return tmp_path / "dataset.json"


@pytest.fixture
def files(statistics, monkeypatch):
    """The files of a judge of pixels, with the baselines of 100 images."""
    monkeypatch.setattr(evaluation.judges, "load", lambda weights: Pixels())
    monkeypatch.setattr(evaluation.judges, "facts", lambda weights, record: FACTS)
    monkeypatch.setattr(evaluation.judges, "knows_classes", lambda weights: True)
    found = JudgeFiles.at(statistics.parent, "pixels.keras", 100)
    write_json(found.record, {})
    write_json(found.check, {"device": CPU, "caveats": []})
    write_json(found.baselines, {"n": 100, "metrics": [{"of": "test_images", "n": 100}]})
    return found


def evaluated(samples: Samples, dataset: Path, files: JudgeFiles, reconstruction: Sequence[dict] = ()):
    return evaluate(samples, dataset, [files], reconstruction, GPU)


def samples_of(count: int) -> Samples:
    images, labels = draw("train", count, seed=9)[0]
    return Samples(images, labels, ORIGIN)


def test_rows_state_the_judge_and_the_settings_of_sampling(files, dataset):
    found = evaluated(samples_of(100), dataset, files, [RECONSTRUCTION]).record
    of_samples = [row for row in found["metrics"] if row["of"] == "samples"]
    assert {"fid", "class_coverage", "class_accuracy"} < {row["metric"] for row in of_samples}
    assert all((row["judge_facts"], row["truncation"], row["n"]) == (FACTS, 0.7, 100) for row in of_samples)
    assert all(row["judge"] == files.judge and "label" not in row for row in of_samples)
    assert found["metrics"][-1] == RECONSTRUCTION
    assert found["samples"] == ORIGIN


def test_every_value_of_a_failed_judge_has_the_failure_as_its_first_caveat(files, dataset):
    failure = {"kind": "constant_features", "dimensions": 16}
    write_json(files.check, {"device": CPU, "caveats": [failure]})
    samples = Samples(
        samples_of(60).images, samples_of(60).labels, ORIGIN | {"caveats": [{"kind": "grey_images", "n": 4}]}
    )
    found = evaluated(samples, dataset, files).record["metrics"]
    assert {row["of"] for row in found} == {"samples", "test_images", "pixel_gaussian"}
    assert all(row["caveats"][0] == failure for row in found)
    assert all(row["caveats"][1] == {"kind": "grey_images", "n": 4} for row in found if row["of"] == "samples")


def test_as_many_samples_as_the_study_has_share_its_baselines(files, dataset):
    of_study = evaluated(samples_of(100), dataset, files).record["metrics"]
    assert [row for row in of_study if row["of"] == "test_images"] == [{"of": "test_images", "n": 100}]
    of_fewer = evaluated(samples_of(60), dataset, files).record["metrics"]
    baselines = [row for row in of_fewer if row["of"] in ("test_images", "pixel_gaussian")]
    assert {row["n"] for row in baselines} == {60}


def test_every_row_has_the_device_of_its_features(files, dataset):
    """Those of the baselines are in the reference, which another job computed."""
    found = evaluated(samples_of(60), dataset, files).record["metrics"]
    assert all(row["device"] == (GPU if row["of"] == "samples" else CPU) for row in found)


def test_classes_factors_and_nearest_pairs_are_part_of_the_record(files, dataset):
    found = evaluated(samples_of(100), dataset, files)
    assert [each["judge"] for each in found.record["classes"]] == [files.judge]
    assert found.record["factors"]["n"] == 100
    assert len(found.record["nearest"]["pairs"]) == 20
    assert found.picture.dtype == np.uint8


def test_samples_are_read_with_their_labels(tmp_path):
    images, labels = draw("train", 3, seed=9)[0]
    write_json(tmp_path / "samples.json", ORIGIN)
    np.savez(tmp_path / "samples.npz", images=images, labels=labels)
    read = Samples.read(tmp_path / "samples.npz", tmp_path / "samples.json")
    np.testing.assert_array_equal(read.labels, labels)
    assert read.sampling == {"truncation": 0.7}
    np.savez(tmp_path / "samples.npz", images=images)
    assert Samples.read(tmp_path / "samples.npz", tmp_path / "samples.json").labels is None
