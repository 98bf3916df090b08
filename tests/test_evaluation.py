"""The rows of metrics.json, with a judge whose features are pixels."""

import numpy as np
import pytest
from scripts.evaluate import evaluate
from scripts.reference import reference

from easel import evaluation
from easel.data.prepared import describe, write
from easel.data.shapes import CLASSES, draw
from easel.errors import EaselError
from easel.files import read_json, write_json
from easel.metrics import fid

TRAIN, TEST = draw("train", 600, seed=0)[0].images, draw("test", 150, seed=0)[0].images


class Pixels:
    """A judge that looks at the grey of sixteen patches."""

    image_shape = (32, 32, 3)
    feature_dim = 16

    def features(self, images):
        return images.reshape(-1, 4, 8, 4, 8, 3).mean(axis=(2, 4, 5)).reshape(-1, 16).astype(np.float32) / 255


class Broken(Pixels):
    def features(self, images):
        return np.where(images[:, 0, 0, :1] > np.median(images[:, 0, 0, 0]), np.nan, super().features(images))


@pytest.fixture(scope="module")
def references() -> dict[str, np.ndarray]:
    return evaluation.reference(Pixels(), TRAIN, TEST)


def rows(samples: np.ndarray, references: dict[str, np.ndarray]) -> dict[str, dict]:
    found = evaluation.judge_samples(Pixels().features(samples), references, "pixels", "looks at patches")
    return {row["of"]: row for row in found}


# --- the reference ---------------------------------------------------------------------------------------


def test_what_the_reference_holds(references):
    assert {name: (array.shape, array.dtype.name) for name, array in references.items()} == {
        "train_mean": ((16,), "float64"),
        "train_covariance": ((16, 16), "float64"),
        "train_n": ((), "float64"),
        "test_mean": ((16,), "float64"),
        "test_covariance": ((16, 16), "float64"),
        "test_n": ((), "float64"),
        "test_features": ((150, 16), "float32"),
        "gaussian_features": ((150, 16), "float32"),
    }
    assert (references["train_n"], references["test_n"]) == (600, 150)
    mean, covariance = fid.statistics(Pixels().features(TRAIN))
    np.testing.assert_array_equal(references["train_mean"], mean)
    np.testing.assert_array_equal(references["train_covariance"], covariance)


def test_test_features_are_the_test_images_shuffled(references):
    own, kept = Pixels().features(TEST), references["test_features"]
    assert not np.array_equal(own, kept)
    np.testing.assert_array_equal(own[np.lexsort(own.T)], kept[np.lexsort(kept.T)])


def test_at_most_so_many_features_are_kept(monkeypatch, references):
    monkeypatch.setattr(evaluation, "KEPT", 40)
    found = evaluation.reference(Pixels(), TRAIN, TEST)
    np.testing.assert_array_equal(found["test_features"], references["test_features"][:40])
    assert found["gaussian_features"].shape == (40, 16)
    assert found["test_n"] == 150


def test_the_features_do_not_depend_on_the_chunks(monkeypatch):
    whole = evaluation.features(Pixels(), TEST, "test images")
    monkeypatch.setattr(evaluation, "CHUNK", 64)
    np.testing.assert_array_equal(evaluation.features(Pixels(), TEST, "test images"), whole)


def test_features_that_are_not_finite():
    with pytest.raises(EaselError, match=r"^test images: the judge's features of \d+ of 150 images are not finite"):
        evaluation.features(Broken(), TEST, "test images")


# --- the pixel Gaussian ----------------------------------------------------------------------------------


def test_gaussian_images_have_each_pixels_mean_and_deviation():
    """Of images in the middle of the range, where clipping to 0..255 hardly matters."""
    random = np.random.default_rng(1)
    centre, spread = random.uniform(100, 150, size=(8, 8, 3)), random.uniform(5, 25, size=(8, 8, 3))
    images = np.rint(centre + spread * random.standard_normal((3_000, 8, 8, 3))).astype(np.uint8)
    drawn = evaluation.gaussian_images(images, 3_000).astype(np.float64)
    np.testing.assert_allclose(drawn.mean(axis=0), images.mean(axis=0), atol=3.0)
    np.testing.assert_allclose(drawn.std(axis=0), images.std(axis=0), rtol=0.1)


def test_gaussian_pixels_are_independent():
    shades = np.random.default_rng(1).integers(60, 200, size=(3_000, 1, 1, 1))
    images = np.broadcast_to(shades.astype(np.uint8), (3_000, 8, 8, 3))  # every pixel alike within an image
    drawn = evaluation.gaussian_images(images, 3_000).reshape(3_000, -1)
    correlation = np.corrcoef(drawn[:, ::7], rowvar=False)
    assert np.abs(correlation - np.eye(len(correlation))).max() < 0.1


def test_gaussian_images_are_clipped_and_the_same_each_time():
    images = np.random.default_rng(1).choice(np.array([0, 255], np.uint8), size=(100, 8, 8, 3))
    drawn = evaluation.gaussian_images(images, 50)
    assert drawn.dtype == np.uint8
    assert drawn.shape == (50, 8, 8, 3)
    assert min(np.mean(drawn == 0), np.mean(drawn == 255)) > 0.05  # wrapped around, they would be rare
    np.testing.assert_array_equal(drawn, evaluation.gaussian_images(images, 50))
    assert not np.array_equal(drawn, evaluation.gaussian_images(images, 50, seed=1))


# --- the rows --------------------------------------------------------------------------------------------


def test_a_row(references):
    samples = draw("train", 200, seed=9)[0].images
    row = rows(samples, references)["samples"]
    features = Pixels().features(samples)
    reference = references["train_mean"], references["train_covariance"]
    assert row == {
        "of": "samples",
        "metric": "fid",
        "value": fid.frechet_distance(*fid.statistics(features), *reference),
        "uncertainty": fid.bootstrap(features, *reference, resamples=20),
        "uncertainty_kind": "bootstrap standard deviation, 20 resamples",
        "n": 200,
        "judge": "pixels",
        "judge_note": "looks at patches",
        "reference_split": "train",
        "reference_n": 600,
    }


def test_floor_samples_and_ceiling(references):
    """Blurred shapes lie between the test images and the pixel Gaussian."""
    shapes = draw("train", 150, seed=9)[0].images.astype(np.float64)
    blurred = (shapes + np.roll(shapes, 5, axis=1)) / 2
    found = rows(blurred.astype(np.uint8), references)
    assert list(found) == ["samples", "test images", "pixel Gaussian"]
    assert 0 < 3 * found["test images"]["value"] < found["samples"]["value"] < found["pixel Gaussian"]["value"]


def test_limits_have_as_many_images_as_the_samples_where_there_are(references):
    few, many = rows(TRAIN[:100], references), rows(TRAIN[:300], references)
    assert [row["n"] for row in few.values()] == [100, 100, 100]
    assert [row["n"] for row in many.values()] == [300, 150, 150]


def test_a_caveat_only_where_the_covariance_is_singular(references):
    assert "caveat" not in rows(TRAIN[:17], references)["samples"]
    few = rows(TRAIN[:16], references)["samples"]
    assert few["caveat"].startswith("a covariance of 16 images in 16 dimensions is singular")
    assert np.isfinite([few["value"], few["uncertainty"]]).all()
    small = evaluation.reference(Pixels(), TRAIN[:12], TEST)
    assert rows(TRAIN[:100], small)["samples"]["caveat"].startswith("a covariance of 12 images")


# --- the steps -------------------------------------------------------------------------------------------


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A prepared dataset with samples, and judges whose network need not exist."""
    splits = {"train": draw("train", 300, seed=0)[0], "test": draw("test", 100, seed=0)[0]}
    arrays = {
        tmp_path / f"{name}_{kind}.npy": getattr(split, kind)
        for name, split in splits.items()
        for kind in ("images", "labels")
    }
    write(tmp_path / "dataset.json", describe("shapes", "shapes", "drawn", CLASSES, splits), arrays)
    np.savez(tmp_path / "samples.npz", images=draw("train", 50, seed=3)[0].images, seed=0)
    for script in ("reference", "evaluate"):
        monkeypatch.setattr(f"scripts.{script}.use_devices", lambda threads: None)  # for a new process only
    monkeypatch.setattr("easel.judges.load", lambda file: Pixels())
    return tmp_path


def judged(results, n: int = 50) -> dict:
    names = ["first", "second"]
    for name, accuracy in zip(names, (0.875, 1.0), strict=True):
        reference(results / "dataset.json", results / "classifier.keras", results / f"{name}.npz", threads=2)
        write_json(results / f"{name}.json", {"dataset": "shapes", "test_accuracy": accuracy})
    evaluate(
        samples=results / "samples.npz",
        dataset=results / "dataset.json",
        judges=names,
        networks=[results / "classifier.keras"] * 2,
        records=[results / f"{name}.json" for name in names],
        references=[results / f"{name}.npz" for name in names],
        output=results / "metrics.json",
        study="quickstart",
        run="dcgan",
        seed=3,
        n=n,
        threads=2,
    )
    return read_json(results / "metrics.json")


def test_every_judge_adds_its_three_rows(results):
    found = judged(results)
    assert (found["study"], found["run"], found["seed"]) == ("quickstart", "dcgan", 3)
    assert [(row["judge"], row["of"]) for row in found["metrics"]] == [
        (judge, of) for judge in ("first", "second") for of in ("samples", "test images", "pixel Gaussian")
    ]
    notes = [row["judge_note"] for row in found["metrics"][::3]]
    assert notes == ["trained on shapes, 87.5 % test accuracy", "trained on shapes, 100.0 % test accuracy"]
    assert {row["reference_n"] for row in found["metrics"]} == {300}


def test_samples_of_the_wrong_number(results):
    with pytest.raises(EaselError, match=r"expected images of shape \(60, 32, 32, 3\), found \(50, 32, 32, 3\)"):
        judged(results, n=60)
