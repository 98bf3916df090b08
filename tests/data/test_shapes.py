import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from easel.data.shapes import CLASSES, OUTLINES, colour, cosine_and_sine, draw, render


@pytest.fixture(scope="module")
def splits():
    return {"train": draw("train", 10_000, 0), "test": draw("test", 2_000, 0)}


def fingerprint(*arrays):
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(array.astype(array.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def test_the_same_bytes_on_every_machine(splits):
    assert {split: fingerprint(*drawn, *factors.values()) for split, (drawn, factors) in splits.items()} == {
        "train": "137f80fda1299315fabb42cb6702f5ad345b4e2edeb1c608708e24738c3ca740",
        "test": "90e71d7a7ec5d538b5aca235770a4c6c044bc2014d4b995ee15cd1cd575d3c0b",
    }


def test_the_same_bytes_without_vector_instructions():
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    code = (
        "import hashlib; from easel.data.shapes import draw;"
        "print(hashlib.sha256(draw('train', 300, 5)[0].images.tobytes()).hexdigest())"
    )
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(found)}
    plain = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    assert plain.stdout.strip() == hashlib.sha256(draw("train", 300, 5)[0].images.tobytes()).hexdigest()


def test_images_and_labels(splits):
    for split, count in (("train", 10_000), ("test", 2_000)):
        (images, labels), _ = splits[split]
        assert (images.shape, images.dtype) == ((count, 32, 32, 3), np.uint8)
        assert labels.dtype == np.int64
        assert np.bincount(labels).tolist() == [count // 10] * 10
        assert len(set(labels[:40].tolist())) > 5, "not shuffled"


def test_classes_stay_balanced_when_ten_does_not_divide_the_count():
    assert np.bincount(draw("train", 37, 0)[0].labels).tolist() == [4] * 7 + [3] * 3


def test_the_factors_fill_their_ranges_evenly(splits):
    _, factors = splits["train"]
    assert set(factors) == {"label", "hue", "size", "x", "y", "rotation", "background"}
    ranges = {"hue": (0, 360), "background": (0, 360), "size": (0.5, 0.78), "x": (-2, 2), "y": (-2, 2)}
    for name, (low, high) in ranges.items():
        counts, _ = np.histogram(factors[name], bins=20, range=(low, high))
        assert counts.sum() == 10_000, f"{name} leaves its range"
        assert abs(counts - 500).max() < 100, f"{name} is uneven"
    turning = ~np.isin(factors["label"], [CLASSES.index("disc"), CLASSES.index("ring")])
    assert set(factors["rotation"][turning]) == set(range(-25, 26))
    assert set(factors["rotation"][~turning]) == {0}
    assert abs(np.corrcoef(list(factors.values())) - np.eye(7)).max() < 0.05


def test_seeds_and_splits_are_independent(splits):
    (train, _), (test, _) = splits["train"], splits["test"]
    assert not np.array_equal(train.images[:2000], draw("train", 2_000, 1)[0].images)
    seen = {image.tobytes() for image in train.images}
    assert len(seen) == 10_000
    assert not any(image.tobytes() in seen for image in test.images)


def silhouettes(images):
    """The distance of each pixel from its row's background, which the first column shows: float (n, 32, 32)."""
    pixels = images.astype(np.float64)
    return np.abs(pixels - pixels[:, :, :1]).sum(axis=-1)


def test_the_factors_match_the_images(splits):
    (images, labels), factors = splits["test"]
    discs = np.flatnonzero(labels == CLASSES.index("disc"))
    full = images[discs].astype(np.float64)
    full[:, :, 1:] = full[:, 16:17, 16:17]
    inside = silhouettes(images[discs]) / silhouettes(full)[:, :, 16:17]  # how much of each pixel is covered
    area, place = inside.sum(axis=(1, 2)), np.arange(32) - 15.5
    assert np.allclose((inside.sum(axis=1) @ place) / area, factors["x"][discs], atol=0.1)
    assert np.allclose((inside.sum(axis=2) @ place) / area, factors["y"][discs], atol=0.1)
    assert np.allclose(2 * np.sqrt(area / np.pi) / 32, factors["size"][discs], atol=0.01)
    assert np.array_equal(images[discs, 16, 16], np.floor(colour(factors["hue"][discs]) + 0.5))


def factors_of_one(**changes):
    plain = {"hue": 0.0, "size": 0.7, "x": 0.0, "y": 0.0, "rotation": 0, "background": 180.0}
    return {name: np.array([value]) for name, value in (plain | changes).items()}


def test_rotation_is_clockwise_in_degrees():
    """The arrow's tip, 11 pixels above the centre, moves to the right by 11 sin 25° = 4.6 pixels."""
    for degrees in (-25, 0, 25):
        image = render(OUTLINES["arrow"], factors_of_one(rotation=degrees))
        rows, columns = np.nonzero(silhouettes(image)[0] > 100)
        tip = columns[rows == rows.min()].mean() - 15.5
        assert tip == pytest.approx(11 * np.sin(np.radians(degrees)), abs=1.5)


@pytest.mark.parametrize("name", CLASSES)
def test_mirroring_gives_an_image_of_the_same_dataset(name):
    image = render(OUTLINES[name], factors_of_one(rotation=0 if name in ("disc", "ring") else 17, x=1.5))
    other = render(OUTLINES[name], factors_of_one(rotation=0 if name in ("disc", "ring") else -17, x=-1.5))
    assert np.array_equal(image[:, :, ::-1], other)


def test_every_class_is_told_from_every_other(splits):
    """By the nearest of 4,000 silhouettes; and at equal size and place no two overlap by more than 85 %."""
    (train, _), (test, _) = splits["train"], splits["test"]
    known, asked = (
        flat / np.linalg.norm(flat, axis=1, keepdims=True)
        for flat in (silhouettes(images).reshape(-1, 1024) for images in (train.images[:4000], test.images[:500]))
    )
    assert (train.labels[(asked @ known.T).argmax(axis=1)] == test.labels[:500]).mean() > 0.98
    masks = [silhouettes(render(outline, factors_of_one()))[0] > 150 for outline in OUTLINES.values()]
    overlap = np.array([[(a & b).sum() / (a | b).sum() for a in masks] for b in masks])
    assert np.where(np.eye(10), 0, overlap).max() < 0.85


@pytest.mark.parametrize("degrees", [-162, -90, -25, 0, 17, 54, 126])
def test_sines_are_right(degrees):
    angle = np.radians(degrees)
    assert cosine_and_sine(degrees) == pytest.approx((np.cos(angle), np.sin(angle)), abs=1e-15)
