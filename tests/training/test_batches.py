"""Batches: each image once an epoch, the same for the same (seed, step)."""

from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from easel.training.batches import Batches
from easel.training.sources import AHEAD, SHARE, Resident, Streamed, source_of

N = 40
LATENT_DIM = 50


@pytest.fixture(scope="module")
def numbered() -> np.ndarray:
    """Image i is uniformly grey i, but for its left column, which is black."""
    images = np.broadcast_to(np.arange(1, N + 1, dtype=np.uint8)[:, None, None, None], (N, 4, 4, 3)).copy()
    images[:, :, 0] = 0
    return images


def seen(batches: Batches, step: int) -> np.ndarray:
    """The numbers of the images in a step's batch."""
    pixels = (batches.batch(step).images.numpy() + 1) * 127.5
    return np.rint(pixels.max(axis=(1, 2, 3))).astype(int) - 1


def test_an_epoch_shows_every_image_once_in_an_order_of_its_own(numbered):
    batches = Batches(Resident(numbered), 8, LATENT_DIM, seed=0, flip=False)
    epochs = [np.concatenate([seen(batches, step) for step in range(5 * e, 5 * e + 5)]) for e in range(3)]
    for order in epochs:
        assert sorted(order) == list(range(N))
    assert list(epochs[0]) != list(epochs[1]) != list(epochs[2])
    assert list(epochs[0]) != list(range(N))


def test_labels_are_those_of_the_images(numbered):
    batches = Batches(Resident(numbered), 16, LATENT_DIM, seed=3, flip=True, labels=np.arange(N) % 7)
    for step in range(5):
        batch = batches.batch(tf.constant(step, tf.int64))
        assert batch.labels.dtype == tf.int32
        np.testing.assert_array_equal(batch.labels, seen(batches, step) % 7)
    assert Batches(Resident(numbered), 16, LATENT_DIM, seed=3, flip=True).batch(0).labels is None


def test_classes_are_drawn_as_often_as_they_are_among_the_images(numbered):
    labels = np.repeat([0, 1, 3], [4, 12, 24])
    batches = Batches(Resident(numbered), 40, LATENT_DIM, seed=0, flip=False, labels=labels)
    drawn = np.concatenate([batches.batch(tf.constant(step, tf.int64)).drawn_labels for step in range(50)])
    np.testing.assert_allclose(np.bincount(drawn) / len(drawn), [0.1, 0.3, 0.0, 0.6], atol=0.04)
    again = batches.batch(tf.constant(7, tf.int64))
    np.testing.assert_array_equal(drawn[280:320], again.drawn_labels)
    assert not np.array_equal(again.drawn_labels, again.labels)


def test_a_batch_may_span_two_epochs(numbered):
    batches = Batches(Resident(numbered), 16, LATENT_DIM, seed=3, flip=False)
    order = np.concatenate([seen(batches, step) for step in range(5)])
    assert sorted(order[:N]) == sorted(order[N:]) == list(range(N))


def test_a_step_depends_on_seed_and_step_alone(numbered):
    one, same, other = (Batches(Resident(numbered), 8, LATENT_DIM, seed, flip=True) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.batch(7).images, same.batch(7).images)
    assert not np.array_equal(one.batch(7).images, other.batch(7).images)
    assert not np.array_equal(one.batch(7).images, one.batch(8).images)


def test_half_of_the_images_are_mirrored(numbered):
    batches = Batches(Resident(numbered), N, LATENT_DIM, seed=0, flip=True)
    pixels = np.concatenate([batches.batch(step).images.numpy() for step in range(20)])
    mirrored = (pixels[:, 0, 0, 0] > -1).mean()
    assert 0.4 < mirrored < 0.6


def test_pixels_are_in_minus_one_to_one():
    extremes = np.stack([np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 255, np.uint8)])
    batch = Batches(Resident(extremes), 2, LATENT_DIM, seed=0, flip=False).batch(0).images.numpy()
    assert batch.dtype == np.float32
    assert sorted({batch.min(), batch.max()}) == [-1.0, 1.0]


def test_normals_are_standard_and_streams_are_independent(numbered):
    batches = Batches(Resident(np.repeat(numbered, 25, axis=0)), 1000, LATENT_DIM, seed=0, flip=False)
    batch = batches.batch(5)
    latents, posterior = batch.latents.numpy().ravel(), batch.noise.numpy().ravel()
    assert abs(latents.mean()) < 0.02
    assert abs(latents.std() - 1) < 0.02
    assert abs(np.corrcoef(latents, posterior)[0, 1]) < 0.02


def test_images_that_stream_from_a_file_are_those_that_lie_in_memory(numbered, tmp_path):
    np.save(tmp_path / "images.npy", numbered)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    resident, streamed = (Batches(kind(mapped), 16, LATENT_DIM, seed=1, flip=True) for kind in (Resident, Streamed))
    compiled = tf.function(lambda step: streamed.batch(step).images)
    for step in (0, 1, 2, 3, 30, 31, 7):  # in order, ahead, and back again
        images = compiled(tf.constant(step, tf.int64))
        assert images.shape == (16, 4, 4, 3)
        np.testing.assert_array_equal(images, resident.batch(tf.constant(step, tf.int64)).images)


def test_only_a_few_batches_are_read_ahead(numbered):
    source = Streamed(numbered)
    batches = Batches(source, 8, LATENT_DIM, seed=0, flip=False)
    for step in range(30):
        batches.batch(tf.constant(step, tf.int64))
    assert len(source.coming) <= AHEAD + 2


def test_what_would_take_too_much_memory_streams(numbered, monkeypatch):
    available = numbered.nbytes / SHARE
    for free, kind in ((1.01 * available, Resident), (0.99 * available, Streamed)):
        monkeypatch.setattr("easel.training.sources.psutil.virtual_memory", lambda free=free: Memory(free))
        assert type(source_of(numbered, "auto")) is kind
    assert type(source_of(numbered, True)) is Streamed
    assert type(source_of(numbered, False)) is Resident


class Memory(NamedTuple):
    available: float
