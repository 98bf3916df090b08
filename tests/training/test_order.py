"""The order of images: each once an epoch, and the same for the same (seed, step)."""

import numpy as np
import tensorflow as tf

from easel.training.order import ImageOrder

N = 40


def indices(batch_size: int, seed: int, *steps: int) -> list[np.ndarray]:
    """The indices of the images of some steps."""
    order = ImageOrder(N, batch_size, seed)
    return [order(tf.constant(step)).numpy() for step in steps]


def test_an_epoch_has_every_image_once_in_an_order_of_its_own():
    epochs = [np.concatenate(indices(8, 0, *range(5 * e, 5 * e + 5))) for e in range(3)]
    for order in epochs:
        assert sorted(order) == list(range(N))
    assert list(epochs[0]) != list(epochs[1]) != list(epochs[2])
    assert list(epochs[0]) != list(range(N))


def test_a_batch_may_span_two_epochs():
    order = np.concatenate(indices(16, 3, *range(5)))
    assert sorted(order[:N]) == sorted(order[N:]) == list(range(N))


def test_the_order_depends_on_seed_and_step_alone():
    (one, following), (same,), (other,) = indices(8, 1, 7, 8), indices(8, 1, 7), indices(8, 2, 7)
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)
    assert not np.array_equal(one, following)
    assert one.dtype == np.int64


def test_positions_beyond_32_bits_are_right():
    first = 2**31 - 8  # of the five steps of an epoch: its images are the 17 thousand millionth and those after
    assert first % 5 == 0
    assert sorted(np.concatenate(indices(8, 5, *range(first, first + 5)))) == list(range(N))
