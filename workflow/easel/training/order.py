"""The order in which a training sees its images: a stateless function of (seed, step).

There is no iterator to save. A step's images are the same in every process, wherever the images are held and however
many devices share the batch.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

STREAM = 0  # of random numbers; the others are in batches.py


@dataclass(frozen=True)
class ImageOrder:
    """The indices of each step's training images. Every image comes once an epoch, in an order of that epoch's own."""

    count: int
    """Training images."""
    batch_size: int
    seed: int
    """0 ≤ seed < 2³¹."""

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        """The indices of the images of a step, int32 (), for all devices together: int64 (batch_size,), on the host.

        A batch may span two epochs.
        """
        # On the host, because the operation that shuffles has no kernel for a GPU: indices computed there would have
        # to come back first.
        with tf.device("CPU:0"):
            return self._shuffled(step)

    def _shuffled(self, step: tf.Tensor) -> tf.Tensor:
        position = tf.cast(step, tf.int64) * self.batch_size + tf.range(self.batch_size, dtype=tf.int64)
        epoch = position // self.count
        shape = [self.batch_size]
        seeds = tf.stack([tf.fill(shape, np.int64(self.seed)), tf.fill(shape, np.int64(STREAM)), epoch], axis=1)
        # The raw operation takes a seed per index; tf.random.experimental.index_shuffle takes one for all of them.
        return tf.raw_ops.RandomIndexShuffle(
            index=position % self.count, seed=seeds, max_index=np.int64(self.count - 1), rounds=4
        )
