"""Differentiable augmentation against NumPy."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.augmentation import KINDS, UNIFORMS, augment

B, SIDE = 12, 16
IMAGES = np.random.default_rng(0).uniform(-1, 1, (B, SIDE, SIDE, 3)).astype(np.float32)
NUMBERS = np.random.default_rng(1).random((B, UNIFORMS)).astype(np.float32)
NUMBERS[0], NUMBERS[1] = 0.0, 1.0 - 2.0**-24  # the ends


def colour(image: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    image = image + uniforms[0] - 0.5
    grey = image.mean(axis=2, keepdims=True)
    image = grey + 2 * uniforms[1] * (image - grey)
    return image.mean() + (uniforms[2] + 0.5) * (image - image.mean())


def translation(image: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    reach = SIDE // 8
    moved = np.zeros_like(image)
    down, right = (reach - int(chance * (2 * reach + 1)) for chance in uniforms)
    for row in range(SIDE):
        for column in range(SIDE):
            if 0 <= row - down < SIDE and 0 <= column - right < SIDE:
                moved[row, column] = image[row - down, column - right]
    return moved


def cutout(image: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
    holed, hole = image.copy(), SIDE // 2
    top, left = (int(chance * (SIDE + 1)) - hole // 2 for chance in uniforms)
    holed[max(top, 0) : max(top + hole, 0), max(left, 0) : max(left + hole, 0)] = 0
    return holed


EXPECTED = {"colour": colour, "translation": translation, "cutout": cutout}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_follows_its_formula(kind):
    _, first, last = KINDS[kind]
    expected = [EXPECTED[kind](*each) for each in zip(IMAGES, NUMBERS[:, first:last], strict=True)]
    found = augment(tf.constant(IMAGES), tf.constant(NUMBERS), [kind])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_kinds_are_applied_in_a_fixed_order():
    one, other = (
        augment(tf.constant(IMAGES), tf.constant(NUMBERS), kinds)
        for kinds in (["colour", "translation", "cutout"], ["cutout", "colour", "translation"])
    )
    np.testing.assert_array_equal(one, other)
    assert one.shape == IMAGES.shape
    assert not np.array_equal(one, IMAGES)


def test_no_kinds_leave_images_unchanged():
    np.testing.assert_array_equal(augment(tf.constant(IMAGES), tf.constant(NUMBERS), []), IMAGES)


def test_images_are_translated_by_at_most_an_eighth():
    moved = augment(tf.constant(IMAGES), tf.constant(NUMBERS), ["translation"]).numpy()
    assert (moved[0, :2] == 0).all()
    assert (moved[1, -2:] == 0).all()
    middle = np.full((B, UNIFORMS), 0.5, np.float32)
    np.testing.assert_array_equal(augment(tf.constant(IMAGES), tf.constant(middle), ["translation"]), IMAGES)


@pytest.mark.parametrize("kind", KINDS)
def test_first_and_second_gradients_are_finite(kind):
    """All three are affine in the image, so both gradients of the squares of a scaled image grow with the scale."""
    images, scale = tf.constant(IMAGES), tf.Variable(1.0)
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(images)
            total = tf.reduce_sum(augment(scale * images, tf.constant(NUMBERS), [kind]) ** 2)
        squared = tf.reduce_sum(inner.gradient(total, images) ** 2)
    growth = float(outer.gradient(squared, scale))
    assert float(squared) > 0
    assert np.isfinite(growth)
    assert growth > 0
