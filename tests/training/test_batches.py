"""Batches: each image once an epoch, the same for the same (seed, step)."""

import numpy as np
import pytest

from easel.training.batches import FLIPS, LATENTS, POSTERIOR, Batches

N = 40


@pytest.fixture(scope="module")
def numbered() -> np.ndarray:
    """Image i is uniformly grey i, but for its left column, which is black."""
    images = np.broadcast_to(np.arange(1, N + 1, dtype=np.uint8)[:, None, None, None], (N, 4, 4, 3)).copy()
    images[:, :, 0] = 0
    return images


def seen(batches: Batches, step: int) -> np.ndarray:
    """The numbers of the images in a step's batch."""
    pixels = (batches.real(step).numpy() + 1) * 127.5
    return np.rint(pixels.max(axis=(1, 2, 3))).astype(int) - 1


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own(numbered):
    batches = Batches(numbered, 8, seed=0, flip=False)
    epochs = [np.concatenate([seen(batches, step) for step in range(5 * e, 5 * e + 5)]) for e in range(3)]
    for order in epochs:
        assert sorted(order) == list(range(N))
    assert list(epochs[0]) != list(epochs[1]) != list(epochs[2])
    assert list(epochs[0]) != list(range(N))


def test_a_batch_may_span_two_epochs(numbered):
    batches = Batches(numbered, 16, seed=3, flip=False)
    order = np.concatenate([seen(batches, step) for step in range(5)])
    assert sorted(order[:N]) == sorted(order[N:]) == list(range(N))


def test_a_step_depends_on_seed_and_step_alone(numbered):
    one, same, other = (Batches(numbered, 8, seed, flip=True) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.real(7), same.real(7))
    assert not np.array_equal(one.real(7), other.real(7))
    assert not np.array_equal(one.real(7), one.real(8))


def test_half_of_the_images_are_mirrored(numbered):
    batches = Batches(numbered, N, seed=0, flip=True)
    pixels = np.concatenate([batches.real(step).numpy() for step in range(20)])
    mirrored = (pixels[:, 0, 0, 0] > -1).mean()
    assert 0.4 < mirrored < 0.6


def test_pixels_are_in_minus_one_to_one():
    extremes = np.stack([np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)])
    batch = Batches(extremes, 2, seed=0, flip=False).real(0).numpy()
    assert batch.dtype == np.float32
    assert sorted({batch.min(), batch.max()}) == [-1.0, 1.0]


def test_normals_are_standard_and_streams_are_independent(numbered):
    batches = Batches(numbered, 1000, seed=0, flip=False)
    latents, posterior = (batches.normal(5, stream, 50).numpy().ravel() for stream in (LATENTS, POSTERIOR))
    assert abs(latents.mean()) < 0.02
    assert abs(latents.std() - 1) < 0.02
    assert abs(np.corrcoef(latents, posterior)[0, 1]) < 0.02
    assert len({FLIPS, LATENTS, POSTERIOR}) == 3
