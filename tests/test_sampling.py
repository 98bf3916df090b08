"""Drawing: latents, interpolation, batches."""

import numpy as np
import pytest

from easel import sampling
from easel.errors import EaselError


def test_more_samples_begin_with_the_same_ones():
    few, many = sampling.latent_points(5, 3, seed=0), sampling.latent_points(50, 3, seed=0)
    np.testing.assert_array_equal(few, many[:5])
    assert few.dtype == np.float32
    assert not np.array_equal(few, sampling.latent_points(5, 3, seed=1))


def test_interpolation_keeps_ends_and_length():
    random = np.random.default_rng(0)
    first, second = random.standard_normal((2, 4, 100))
    first, second = (z / np.linalg.norm(z, axis=1, keepdims=True) * 10 for z in (first, second))
    rows = sampling.interpolate(first, second, steps=5).reshape(4, 5, 100)
    np.testing.assert_allclose(rows[:, 0], first, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(rows[:, -1], second, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=2), 10, rtol=1e-4)


def test_interpolation_steps_are_equal_angles():
    rows = sampling.interpolate(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), steps=4)
    angles = np.degrees(np.arctan2(rows[:, 1], rows[:, 0]))
    np.testing.assert_allclose(angles, [0, 30, 60, 90], atol=1e-3)


def test_interpolation_of_a_point_with_itself_is_that_point():
    point = np.full((1, 3), 2.0)
    np.testing.assert_allclose(sampling.interpolate(point, point, 3), np.full((3, 3), 2.0), rtol=1e-3)


@pytest.mark.parametrize("count", [1, sampling.BATCH, sampling.BATCH + 1])
def test_drawing_in_batches_draws_each_once(count):
    latents = np.linspace(-1, 1, count, dtype=np.float32)[:, None]
    images = sampling.draw(lambda z, training: np.broadcast_to(z[:, :, None, None], (len(z), 1, 1, 3)), latents)
    assert images.shape == (count, 1, 1, 3)
    np.testing.assert_array_equal(images[:, 0, 0, 0], np.rint((latents[:, 0] + 1) * 127.5).astype(np.uint8))


def test_reconstruction_goes_through_the_mean():
    images = np.random.default_rng(0).integers(0, 256, (3, 2, 2, 3), np.uint8)

    def encoder(x, training):
        return x.reshape(len(x), -1), None

    def decoder(z, training):
        return z.reshape(-1, 2, 2, 3)

    np.testing.assert_array_equal(sampling.reconstruct(encoder, decoder, images), images)


def test_images_that_are_not_finite_are_no_black_ones():
    def broken(latents, training):
        return np.where(latents[:, :1, None, None] > 0, np.nan, 0.5) * np.ones((1, 4, 4, 3))

    with pytest.raises(EaselError, match=r"draws 2 of 3 images with numbers that are not finite"):
        sampling.draw(broken, np.float32([[1], [-1], [1]]))
