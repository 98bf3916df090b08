"""Directions in latent space, of generators whose directions are known."""

import numpy as np
import pytest

from easel.player.directions import PROPERTIES, correlation, directions

N, D = 4_000, 8


def squares(latents: np.ndarray, change: str) -> np.ndarray:
    """Grey squares on black, of which the third latent number changes a property and the fifth hardly anything."""
    along = np.clip(latents[:, 2] / 3, -1, 1)[:, None, None]
    rows, columns = np.arange(16)[None, :, None], np.arange(16)[None, None, :]
    middle, half = 7.5 + 4 * along * (change == "across"), 3 + 2 * along * (change == "size")
    inside = (abs(columns - middle) <= half) & (abs(rows - 7.5) <= half)
    level = 0.5 + 0.4 * along * (change == "brightness")
    image = (inside * level)[..., None] * np.ones(3)
    if change == "red_blue":
        image[..., 0] *= 1 + 0.5 * along
        image[..., 2] *= 1 - 0.5 * along
    image += 0.002 * latents[:, 4, None, None, None]
    return np.rint(255 * np.clip(image, 0, 1)).astype(np.uint8)


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((N, D), np.float32)


@pytest.mark.parametrize("change", ["brightness", "size", "across", "red_blue"])
def test_the_first_direction_is_the_number_that_changes_images_and_named_by_what_it_changes(latents, change):
    first, *_ = directions(latents, squares(latents, change))
    step = np.array(first["step"])
    assert np.argmax(abs(step)) == 2
    assert step[2] == pytest.approx(1, abs=0.05)
    assert first["changes"] == change
    assert first["correlation"] > 0.9


def test_a_name_grows_along_its_direction(latents):
    first, *_ = directions(-latents, squares(latents, "brightness"))
    assert first["step"][2] < -0.9


def test_latents_of_another_covariance_are_whitened(latents):
    scaled = latents.copy()
    scaled[:, 2] *= 0.1
    scaled[:, 0] *= 10
    first, *_ = directions(scaled, squares(latents, "brightness"))
    assert first["step"][2] == pytest.approx(0.1, abs=0.01)
    assert abs(first["step"][0]) < 1


def test_what_changes_nothing_measurable_has_no_name(latents):
    noise = np.random.default_rng(1).integers(0, 256, (N, 8, 8, 3)).astype(np.uint8)
    assert {each["changes"] for each in directions(latents, noise)} == {None}


def test_differences_between_classes_do_not_count(latents):
    labels = (latents[:, 0] > 0).astype(int)
    images = squares(latents, "brightness") + 50 * labels[:, None, None, None].astype(np.uint8)
    first, *_ = directions(latents, images, labels)
    assert np.argmax(abs(np.array(first["step"]))) == 2


def test_few_samples_have_no_directions(latents):
    assert directions(latents[:1], squares(latents[:1], "size")) == []
    assert directions(latents[:50], np.zeros((50, 4, 4, 3), np.uint8)) == []


def test_every_property_is_finite_of_flat_images():
    flat = np.zeros((2, 8, 8, 3), np.float32)
    assert all(np.isfinite(value(flat)).all() for value in PROPERTIES.values())
    assert correlation(np.zeros(3), np.arange(3.0)) == 0.0
