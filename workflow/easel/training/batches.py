"""What a step sees: images, flips and latents as stateless functions of (seed, step).

There is no iterator to save: step 1,000 of seed 0 is the same in every process that asks for it.
"""

import numpy as np
import tensorflow as tf

# Each use of random numbers has a stream of its own, so that no two are correlated.
ORDER, FLIPS, LATENTS, POSTERIOR = range(4)
STREAMS = 16


class Batches:
    """Random batches of a training split that lies on the device as uint8."""

    def __init__(self, images: np.ndarray, batch_size: int, seed: int, flip: bool):
        """images: uint8 (N, H, W, C). seed: 0 ≤ seed < 2³¹. flip: mirror each image with probability 1/2."""
        self.images = tf.constant(images)
        self.count = len(images)
        self.batch_size, self.seed, self.flip = batch_size, seed, flip

    def real(self, step: tf.Tensor) -> tf.Tensor:
        """The training images of a step: float32 (B, H, W, C) in -1..1.

        Within an epoch every image comes once, in an order of that epoch's own; a batch may span two epochs.
        """
        position = tf.cast(step, tf.int64) * self.batch_size + tf.range(self.batch_size, dtype=tf.int64)
        epoch = position // self.count
        shape = [self.batch_size]
        seeds = tf.stack([tf.fill(shape, np.int64(self.seed)), tf.fill(shape, np.int64(ORDER)), epoch], axis=1)
        # The op itself: tf.random.experimental.index_shuffle takes one seed for all, not one for each.
        index = tf.raw_ops.RandomIndexShuffle(
            index=position % self.count, seed=seeds, max_index=np.int64(self.count - 1), rounds=4
        )
        images = tf.cast(tf.gather(self.images, index), tf.float32) / 127.5 - 1.0
        if self.flip:
            mirrored = (
                tf.random.stateless_uniform([self.batch_size, 1, 1, 1], self._key(FLIPS, step), alg="philox") < 0.5
            )
            images = tf.where(mirrored, images[:, :, ::-1], images)
        return images

    def normal(self, step: tf.Tensor, stream: int, size: int) -> tf.Tensor:
        """Independent N(0, 1) numbers of a step: float32 (B, size)."""
        return tf.random.stateless_normal([self.batch_size, size], self._key(stream, step), alg="philox")

    def _key(self, stream: int, step: tf.Tensor) -> tf.Tensor:
        return tf.stack([np.int64(self.seed * STREAMS + stream), tf.cast(step, tf.int64)])
