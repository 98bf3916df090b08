"""Reference features of the real images."""

import numpy as np
import pytest
from helpers.pixels_judge import TEST, TRAIN

from easel.evaluation import reference
from easel.evaluation.reference import Reference, gaussian_images, load_statistics
from easel.metrics import fid, neighbours
from easel.runtime.errors import EaselError


def test_contents_of_the_files(statistics, known):
    assert {name: (array.shape, array.dtype.name) for name, array in load_statistics(statistics).items()} == {
        "train_mean": ((16,), "float64"),
        "train_covariance": ((16, 16), "float64"),
        "train_n": ((), "float64"),
        "train_inception_score": ((2,), "float64"),
        "test_mean": ((16,), "float64"),
        "test_covariance": ((16, 16), "float64"),
        "test_n": ((), "float64"),
        "test_features": ((150, 16), "float32"),
        "test_logits": ((150, 10), "float32"),
        "test_labels": ((150,), "int64"),
        "test_nearest": ((150,), "float64"),
        "test_cells": ((150,), "int64"),
        "cells": ((7, 16), "float64"),
        "gaussian_features": ((150, 16), "float32"),
        "gaussian_logits": ((150, 10), "float32"),
    }
    assert (known["train_n"], known["test_n"]) == (600, 150)
    assert (known.train_features.shape, known.train_features.dtype) == ((600, 16), np.float32)


def test_moments_are_of_all_images(judge, known):
    mean, covariance = fid.statistics(judge.outputs(TRAIN.images).features)
    np.testing.assert_array_equal(known["train_mean"], mean)
    np.testing.assert_array_equal(known["train_covariance"], covariance)


def test_test_features_are_the_test_images_shuffled_with_their_labels(judge, known):
    own, kept = judge.outputs(TEST.images).features, known["test_features"]
    assert not np.array_equal(own, kept)
    np.testing.assert_array_equal(own[np.lexsort(own.T)], kept[np.lexsort(kept.T)])
    label_of = {tuple(features): label for features, label in zip(own, TEST.labels, strict=True)}
    assert [label_of[tuple(features)] for features in kept] == known["test_labels"].tolist()


def test_distance_of_each_test_image_to_its_nearest_training_image(known):
    distances, _ = neighbours.nearest_neighbours(known["test_features"], known.train_features)
    np.testing.assert_allclose(known["test_nearest"], distances)


def test_number_of_kept_features_is_limited(monkeypatch, judge, known, tmp_path):
    monkeypatch.setattr(reference, "KEPT", 40)
    reference.write(judge, TRAIN, TEST, tmp_path / "reference.npz", tmp_path / "train_features.npy")
    found = load_statistics(tmp_path / "reference.npz")
    np.testing.assert_array_equal(found["test_features"], known["test_features"][:40])
    assert found["gaussian_features"].shape == (40, 16)
    assert found["test_n"] == 150


def test_some_training_features_are_sampled_without_replacement(known):
    some = known.some_train_features(200)
    assert len(np.unique(some, axis=0)) == 200
    assert abs(some.mean() - known.train_features.mean()) < 0.01
    np.testing.assert_array_equal(known.some_train_features(10_000), known.train_features)


@pytest.mark.parametrize("name", ["reference.npz", "train_features.npy"])
@pytest.mark.parametrize("damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: b"<html>" * 99])
def test_a_damaged_file_is_one_clear_error(statistics, name, damage, tmp_path):
    for file in statistics.parent.iterdir():
        (tmp_path / file.name).write_bytes(damage(file.read_bytes()) if file.name == name else file.read_bytes())
    with pytest.raises(EaselError, match=f"{name}: damaged or cut short .*the same command makes it again"):
        Reference.read(tmp_path / "reference.npz", TRAIN.labels)


def test_flipped_bits_are_noticed(statistics, tmp_path):
    data = bytearray(statistics.read_bytes())
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "reference.npz").write_bytes(data)
    with pytest.raises(EaselError, match=r"reference.npz: damaged or cut short \(Bad CRC-32"):
        load_statistics(tmp_path / "reference.npz")


# --- the pixel Gaussian ----------------------------------------------------------------------------------


def test_gaussian_images_have_each_pixels_mean_and_deviation():
    """Of images in the middle of the range, where clipping to 0..255 hardly matters."""
    random = np.random.default_rng(1)
    centre, spread = random.uniform(100, 150, size=(8, 8, 3)), random.uniform(5, 25, size=(8, 8, 3))
    images = np.rint(centre + spread * random.standard_normal((3_000, 8, 8, 3))).astype(np.uint8)
    drawn = gaussian_images(images, 3_000).astype(np.float64)
    np.testing.assert_allclose(drawn.mean(axis=0), images.mean(axis=0), atol=3.0)
    np.testing.assert_allclose(drawn.std(axis=0), images.std(axis=0), rtol=0.1)


def test_gaussian_pixels_are_independent():
    shades = np.random.default_rng(1).integers(60, 200, size=(3_000, 1, 1, 1))
    images = np.broadcast_to(shades.astype(np.uint8), (3_000, 8, 8, 3))  # every pixel alike within an image
    drawn = gaussian_images(images, 3_000).reshape(3_000, -1)
    correlation = np.corrcoef(drawn[:, ::7], rowvar=False)
    assert np.abs(correlation - np.eye(len(correlation))).max() < 0.1


def test_gaussian_images_are_clipped_and_the_same_each_time():
    images = np.random.default_rng(1).choice(np.array([0, 255], np.uint8), size=(100, 8, 8, 3))
    drawn = gaussian_images(images, 50)
    assert drawn.dtype == np.uint8
    assert drawn.shape == (50, 8, 8, 3)
    assert min(np.mean(drawn == 0), np.mean(drawn == 255)) > 0.05  # wrapped around, they would be rare
    np.testing.assert_array_equal(drawn, gaussian_images(images, 50))
    assert not np.array_equal(drawn, gaussian_images(images, 50, seed=1))
