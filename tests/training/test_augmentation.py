"""Differentiable augmentation against NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.augmentation import CHANCES, KINDS, augment

B, SIDE = 12, 16
IMAGES = np.random.default_rng(0).uniform(-1, 1, (B, SIDE, SIDE, 3)).astype(np.float32)
CHANCE = np.random.default_rng(1).random((B, CHANCES)).astype(np.float32)
CHANCE[0], CHANCE[1] = 0.0, 1.0 - 2.0**-24  # the ends


def colour(image: np.ndarray, chances: np.ndarray) -> np.ndarray:
    image = image + chances[0] - 0.5
    grey = image.mean(axis=2, keepdims=True)
    image = grey + 2 * chances[1] * (image - grey)
    return image.mean() + (chances[2] + 0.5) * (image - image.mean())


def translation(image: np.ndarray, chances: np.ndarray) -> np.ndarray:
    reach = SIDE // 8
    moved = np.zeros_like(image)
    down, right = (reach - int(chance * (2 * reach + 1)) for chance in chances)
    for row in range(SIDE):
        for column in range(SIDE):
            if 0 <= row - down < SIDE and 0 <= column - right < SIDE:
                moved[row, column] = image[row - down, column - right]
    return moved


def cutout(image: np.ndarray, chances: np.ndarray) -> np.ndarray:
    holed, hole = image.copy(), SIDE // 2
    top, left = (int(chance * (SIDE + 1)) - hole // 2 for chance in chances)
    holed[max(top, 0) : max(top + hole, 0), max(left, 0) : max(left + hole, 0)] = 0
    return holed


EXPECTED = {"colour": colour, "translation": translation, "cutout": cutout}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_its_formula(kind):
    _, first, last = KINDS[kind]
    expected = [EXPECTED[kind](*each) for each in zip(IMAGES, CHANCE[:, first:last], strict=True)]
    found = augment(tf.constant(IMAGES), tf.constant(CHANCE), [kind])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_all_of_them_follow_each_other_whatever_order_they_are_named_in():
    one, other = (
        augment(tf.constant(IMAGES), tf.constant(CHANCE), kinds)
        for kinds in (["colour", "translation", "cutout"], ["cutout", "colour", "translation"])
    )
    np.testing.assert_array_equal(one, other)
    assert one.shape == IMAGES.shape
    assert not np.array_equal(one, IMAGES)


def test_nothing_is_done_where_nothing_is_asked_for():
    np.testing.assert_array_equal(augment(tf.constant(IMAGES), tf.constant(CHANCE), []), IMAGES)


def test_images_are_moved_up_to_an_eighth_and_some_of_them_are_not():
    moved = augment(tf.constant(IMAGES), tf.constant(CHANCE), ["translation"]).numpy()
    assert (moved[0, :2] == 0).all()
    assert (moved[1, -2:] == 0).all()
    middle = np.full((B, CHANCES), 0.5, np.float32)
    np.testing.assert_array_equal(augment(tf.constant(IMAGES), tf.constant(middle), ["translation"]), IMAGES)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_go_through_and_again_through_those(kind):
    """All three are affine in the image: of the mean square of a scaled image, both gradients grow with the scale."""
    images, scale = tf.constant(IMAGES), tf.Variable(1.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(images)
            total = tf.reduce_sum(augment(scale * images, tf.constant(CHANCE), [kind]) ** 2)
        squared = tf.reduce_sum(inner.gradient(total, images) ** 2)
    slope = float(outer.gradient(squared, scale))
    assert float(squared) > 0
    assert np.isfinite(slope)
    assert slope > 0
