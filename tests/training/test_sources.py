"""Sources of images: resident and streamed ones give the same bits."""

from typing import NamedTuple

import numpy as np
import pytest
import tensorflow as tf

from easel.training.order import ImageOrder
from easel.training.sources import MEMORY_SHARE, READ_AHEAD, Resident, Streamed, choose_source

N = 40


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (N, 4, 4, 3), np.uint8)


def test_images_come_in_the_order(images):
    order = ImageOrder(N, 16, seed=1)
    step = tf.constant(3)
    found = Resident(images, order).images(step)
    assert found.dtype == tf.uint8
    np.testing.assert_array_equal(found, images[order(step)])


@pytest.mark.parametrize("shape", [(4, 4, 3), (5, 3, 1), (1, 1, 3)])  # 48 bytes are six words; 15 and 3 are not whole
def test_images_are_held_as_words_whatever_their_size(shape):
    array = np.random.default_rng(1).integers(0, 256, (N, *shape), np.uint8)
    source = Resident(array, order := ImageOrder(N, 16, seed=1))
    assert source.copies[0].dtype == tf.int64
    found = tf.function(source.images)(step := tf.constant(2))
    assert found.shape == (16, *shape)
    np.testing.assert_array_equal(found, array[order(step)])


def test_images_streamed_from_a_file_equal_those_in_memory(images, tmp_path):
    np.save(tmp_path / "images.npy", images)
    mapped, order = np.load(tmp_path / "images.npy", mmap_mode="r"), ImageOrder(N, 16, seed=1)
    resident, streamed = Resident(mapped, order), Streamed(mapped, order)
    compiled = tf.function(streamed.images)
    for step in (0, 1, 2, 3, 30, 31, 7):  # in order, ahead, and back again
        found = compiled(tf.constant(step))
        assert found.shape == (16, 4, 4, 3)
        np.testing.assert_array_equal(found, resident.images(tf.constant(step)))


def test_only_a_few_batches_are_read_ahead(images):
    source = Streamed(images, ImageOrder(N, 8, seed=0))
    for step in range(30):
        source.images(tf.constant(step))
    assert len(source.pending) <= READ_AHEAD + 2


def test_images_that_would_fill_the_memory_are_streamed(images, monkeypatch):
    order, available = ImageOrder(N, 8, seed=0), images.nbytes / MEMORY_SHARE
    for free, kind in ((1.01 * available, Resident), (0.99 * available, Streamed)):
        monkeypatch.setattr("easel.training.sources.psutil.virtual_memory", lambda free=free: Memory(free))
        assert type(choose_source(images, order, "auto")) is kind
    assert type(choose_source(images, order, True)) is Streamed
    assert type(choose_source(images, order, False)) is Resident


@pytest.mark.parametrize(
    ("claimed", "free", "kind"),
    [
        (["GPU-a"], {"GPU-a": 3}, Streamed),
        (["GPU-a"], {"GPU-a": 5}, Resident),
        (["GPU-a", "GPU-b"], {"GPU-a": 5, "GPU-b": 3}, Streamed),  # each has all images
        (["GPU-a"], {"GPU-a": 5, "GPU-b": 3}, Resident),  # another job's
        (["MIG-c"], {"GPU-a": 3}, Resident),  # a slice: unknown
        ([], {"GPU-a": 3}, Resident),
    ],
)
def test_images_that_would_fill_a_gpu_are_streamed(claimed, free, kind, monkeypatch):
    """A megabyte of images, on GPUs with so many megabytes free."""
    monkeypatch.setattr("easel.runtime.gpus.held", dict.fromkeys(claimed, 0))
    monkeypatch.setattr("easel.runtime.gpus.free_memory", lambda: free)
    megabyte = np.zeros((1024, 16, 16, 4), np.uint8)
    assert type(choose_source(megabyte, ImageOrder(1024, 8, seed=0), "auto")) is kind


class Memory(NamedTuple):
    available: float
