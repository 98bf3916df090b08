"""Batches: images with their labels and flips, latents and noise, the same for the same (seed, step)."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.batches import Batches
from easel.training.order import ImageOrder
from easel.training.sources import Resident, Streamed

N = 40
LATENT_DIM = 50


@pytest.fixture(scope="module")
def numbered() -> np.ndarray:
    """Image i is uniformly grey i, except for its left column, which is black."""
    images = np.broadcast_to(np.arange(1, N + 1, dtype=np.uint8)[:, None, None, None], (N, 4, 4, 3)).copy()
    images[:, :, 0] = 0
    return images


def batches_of(images, batch_size, seed=0, flip=False, labels=None, source=Resident) -> Batches:
    return Batches(source(images, ImageOrder(len(images), batch_size, seed)), LATENT_DIM, flip, labels)


def numbers(batches: Batches, step: int) -> np.ndarray:
    """The numbers of the images in a step's batch."""
    pixels = (batches.batch(step).images.numpy() + 1) * 127.5
    return np.rint(pixels.max(axis=(1, 2, 3))).astype(int) - 1


def test_an_epoch_has_every_image_once(numbered):
    batches = batches_of(numbered, 8)
    epochs = [np.concatenate([numbers(batches, step) for step in range(5 * e, 5 * e + 5)]) for e in range(3)]
    for order in epochs:
        assert sorted(order) == list(range(N))


def test_labels_belong_to_the_images(numbered):
    batches = batches_of(numbered, 16, seed=3, flip=True, labels=np.arange(N) % 7)
    for step in range(5):
        batch = batches.batch(tf.constant(step))
        assert batch.labels.dtype == batch.sampled_labels.dtype == tf.int64
        np.testing.assert_array_equal(batch.labels, numbers(batches, step) % 7)
    assert batches_of(numbered, 16, seed=3, flip=True).batch(0).labels is None


def test_sampled_labels_are_as_frequent_as_the_labels_of_the_images(numbered):
    labels = np.repeat([0, 1, 3], [4, 12, 24])
    batches = batches_of(numbered, 40, labels=labels)
    sampled = np.concatenate([batches.batch(tf.constant(step)).sampled_labels for step in range(50)])
    np.testing.assert_allclose(np.bincount(sampled) / len(sampled), [0.1, 0.3, 0.0, 0.6], atol=0.04)
    again = batches.batch(tf.constant(7))
    np.testing.assert_array_equal(sampled[280:320], again.sampled_labels)
    assert not np.array_equal(again.sampled_labels, again.labels)


def test_a_batch_depends_on_seed_and_step_alone(numbered):
    one, same, other = (batches_of(numbered, 8, seed, flip=True) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.batch(7).images, same.batch(7).images)
    assert not np.array_equal(one.batch(7).images, other.batch(7).images)
    assert not np.array_equal(one.batch(7).images, one.batch(8).images)


def test_half_of_the_images_are_mirrored(numbered):
    batches = batches_of(numbered, N, flip=True)
    pixels = np.concatenate([batches.batch(step).images.numpy() for step in range(20)])
    mirrored = pixels[:, 0, 0, 0] > -1
    assert 0.4 < mirrored.mean() < 0.6
    assert (pixels[mirrored, :, -1] == -1).all()  # the black column is now on the right, and nothing else has moved
    assert (pixels[~mirrored, :, 0] == -1).all()
    per_step = mirrored.reshape(20, N)
    assert len({tuple(step) for step in per_step}) == 20  # each step has flips of its own


def test_no_image_is_mirrored_without_flip(numbered):
    batches = batches_of(numbered, N)
    assert all((batches.batch(step).images.numpy()[:, :, 0] == -1).all() for step in range(5))


def test_pixels_are_in_minus_one_to_one():
    extremes = np.stack([np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)])
    batch = batches_of(extremes, 2).batch(0).images.numpy()
    assert batch.dtype == np.float32
    assert sorted({batch.min(), batch.max()}) == [-1.0, 1.0]


def test_latents_and_noise_are_standard_normal_and_independent(numbered):
    batch = batches_of(np.repeat(numbered, 25, axis=0), 1000).batch(5)
    latents, noise = batch.latents.numpy().ravel(), batch.noise.numpy().ravel()
    assert abs(latents.mean()) < 0.02
    assert abs(latents.std() - 1) < 0.02
    assert abs(np.corrcoef(latents, noise)[0, 1]) < 0.02


def test_uniforms_are_uniform_and_independent_of_the_flips(numbered):
    batches = batches_of(np.repeat(numbered, 25, axis=0), 1000, flip=True)
    batch = batches.batch(5)
    uniforms = batch.uniforms.numpy()
    assert uniforms.shape == (1000, 16)
    assert 0 <= uniforms.min() < 0.001
    assert 0.999 < uniforms.max() < 1
    assert abs(uniforms.mean() - 0.5) < 0.01
    mirrored = batch.images.numpy()[:, 0, 0, 0] > -1
    assert all(abs(np.corrcoef(column, mirrored)[0, 1]) < 0.15 for column in uniforms.T)


def test_batches_streamed_from_a_file_equal_those_in_memory(numbered, tmp_path):
    np.save(tmp_path / "images.npy", numbered)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    resident, streamed = (batches_of(mapped, 16, 1, flip=True, source=source) for source in (Resident, Streamed))
    compiled = tf.function(lambda step: streamed.batch(step).images)
    for step in (0, 1, 30):
        images = compiled(tf.constant(step))
        np.testing.assert_array_equal(images, resident.batch(tf.constant(step)).images)
