"""Damages: nothing at severity 0, more and more after that, and each what its name says."""

import numpy as np
import pytest
from helpers.photographs import photograph

from easel.evaluation import damages
from easel.evaluation.damages import PIXELS, SEVERITIES

IMAGES = np.stack([np.asarray(photograph(number, 32, 24)) for number in range(8)])  # uint8 (8, 24, 32, 3)
LABELS = np.array([2, 0, 0, 1, 2, 2, 3, 0, 3, 3, 2])
GREY_TOO = sorted(PIXELS.keys() - {*damages.COLOURS})


def distance(images: np.ndarray) -> np.ndarray:
    """The root mean square of each image's distance from IMAGES, in levels: float64 (8,)."""
    return np.sqrt(((images.astype(float) - IMAGES) ** 2).mean(axis=(1, 2, 3)))


@pytest.mark.parametrize("name", PIXELS)
def test_a_heavier_damage_moves_pixels_further(name):
    before = IMAGES.copy()
    made = [PIXELS[name](IMAGES, severity) for severity in SEVERITIES[name]]
    assert all(each.shape == IMAGES.shape and each.dtype == np.uint8 for each in made)
    assert np.array_equal(IMAGES, before)
    moved = np.array([distance(each) for each in made])
    assert (np.diff(moved, axis=0) >= 0).all()
    assert (np.diff(moved.mean(axis=1), prepend=0.0) > 0.3).all()


@pytest.mark.parametrize("name", sorted(PIXELS.keys() - {"jpeg"}))
def test_severity_0_is_no_damage(name):
    assert np.array_equal(PIXELS[name](IMAGES, 0), IMAGES)


def test_the_best_jpeg_of_a_smooth_picture_is_nearly_none():
    ramp = np.broadcast_to(np.arange(0, 256, 8, np.uint8)[None, None, :, None], (1, 32, 32, 3))
    assert np.abs(damages.jpeg(ramp, 95).astype(int) - ramp).max() <= 2


@pytest.mark.parametrize("name", sorted(PIXELS.keys() - {*damages.OF_SOME}))
def test_an_image_is_damaged_alone_and_always_in_the_same_way(name):
    """Also where many images are damaged in blocks."""
    heaviest = SEVERITIES[name][-1]
    many = PIXELS[name](np.tile(IMAGES, (2 * damages.BLOCK // len(IMAGES), 1, 1, 1)), heaviest)
    assert np.array_equal(many[: len(IMAGES)], PIXELS[name](IMAGES, heaviest))
    assert np.array_equal(many[:3], PIXELS[name](IMAGES[:3], heaviest))


@pytest.mark.parametrize("name", GREY_TOO)
def test_images_of_one_channel(name):
    heaviest = SEVERITIES[name][-1]
    one = PIXELS[name](IMAGES[..., :1], heaviest)
    assert one.shape == (8, 24, 32, 1)
    assert not np.array_equal(one, IMAGES[..., :1])


@pytest.mark.parametrize("name", damages.COLOURS)
def test_grey_images_have_no_colours_to_damage(name):
    grey = np.repeat(IMAGES[..., :1], 3, axis=-1)
    assert np.array_equal(PIXELS[name](grey, SEVERITIES[name][-1]), grey)


def test_noise_has_its_deviation():
    flat = np.full((20, 32, 32, 3), 128, np.uint8)
    noise = damages.gaussian_noise(flat, 20) - 128.0
    assert noise.std() == pytest.approx(20, rel=0.02)
    assert noise.mean() == pytest.approx(0, abs=0.3)
    assert not np.array_equal(noise[0], noise[1])
    assert not np.array_equal(damages.gaussian_noise(flat, 20, seed=1) - 128.0, noise)


def test_a_blurred_point_has_the_deviation_of_the_kernel():
    point = np.zeros((1, 33, 33, 1), np.uint8)
    point[0, 16, 16] = 255
    weights = damages.blur(point, 1).astype(float).sum(axis=(0, 1, 3))
    assert np.sqrt(weights @ (np.arange(33) - 16.0) ** 2 / weights.sum()) == pytest.approx(1, abs=0.05)


def test_the_checkerboard_alternates_in_both_directions():
    flat = np.full((1, 3, 4, 1), 100, np.uint8)
    assert damages.checkerboard(flat, 16)[0, ..., 0].tolist() == [[116, 84] * 2, [84, 116] * 2, [116, 84] * 2]


def test_colours():
    red = np.array([[[[200, 0, 0]]]], np.uint8)
    assert damages.swapped_channels(red, 1).ravel().tolist() == [0, 0, 200]
    assert damages.grey(red, 1).ravel().tolist() == [60, 60, 60]
    assert damages.shifted_hue(red, 120).ravel().tolist() == [0, 200, 0]
    assert damages.shifted_hue(red, 60).ravel().tolist() == [133, 133, 0]  # yellow; blue would be -67


@pytest.mark.parametrize(
    ("damage", "changed"), [(damages.mirrored, IMAGES[:, :, ::-1]), (damages.swapped_channels, IMAGES[..., ::-1])]
)
def test_damage_to_some_images(damage, changed):
    """And to more of them where the share is larger."""
    quarter, half = ((damage(IMAGES, share) == changed).all(axis=(1, 2, 3)) for share in (0.25, 0.5))
    assert (quarter.sum(), half.sum()) == (2, 4)
    assert half[quarter].all()
    assert np.array_equal(damage(IMAGES, 0.5)[~half], IMAGES[~half])
    assert np.array_equal(damage(IMAGES, 1), changed)


def test_the_rarest_classes_are_dropped_first():
    left = {share: set(LABELS[damages.dropped_classes(LABELS, share)].tolist()) for share in (0, 0.25, 0.5, 1)}
    assert left == {0: {0, 1, 2, 3}, 0.25: {0, 2, 3}, 0.5: {2, 3}, 1: {2}}
    assert damages.dropped_classes(LABELS, 0.25).tolist() == [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]


@pytest.mark.parametrize("share", [*SEVERITIES["dropped_classes"], 0.29])
@pytest.mark.parametrize("classes", [2, 3, 5, 7, 10, 100])
def test_enough_images_are_left_without_some_classes(share, classes):
    even, uneven = np.arange(10 * classes) % classes, np.repeat(np.arange(classes), np.arange(1, classes + 1))
    for labels in (even, uneven):
        left = damages.dropped_classes(labels, share)
        assert len(left) >= (1 - share) * len(labels)
        assert classes - len(np.unique(labels[left])) == round(100 * share) * classes // 100


def test_images_are_repeated():
    assert damages.repeated_images(7, 3).tolist() == [0, 0, 0, 1, 1, 1, 2]
    assert damages.repeated_images(3, 0).tolist() == damages.repeated_images(3, 1).tolist() == [0, 1, 2]
