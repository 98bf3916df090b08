"""What a step sees: images, flips and latents as stateless functions of (seed, step).

There is no iterator to save: step 1,000 of seed 0 is the same in every process that asks for it, whether the
images lie on the device or stream from a file, and whether one device takes the step or several.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from easel.training import replicas
from easel.training.sources import Source

# Each use of random numbers has a stream of its own, so that no two are correlated.
ORDER, FLIPS, LATENTS, POSTERIOR, CLASSES, CHANCES = range(6)
STREAMS = 16
CHANCES_EACH = 16  # uniform numbers that a step has for each image of its batch


class Batch(NamedTuple):
    """One step's batch, or the asking device's slice of it where several share the batch."""

    step: tf.Tensor
    """int64 (): counted from 0."""
    images: tf.Tensor
    """float32 (B, H, W, C) in -1..1."""
    latents: tf.Tensor
    """float32 (B, latent_dim) from N(0, 1): what to draw samples from."""
    noise: tf.Tensor
    """float32 (B, latent_dim) from N(0, 1), independent of the latents: for draws from a posterior."""
    chances: tf.Tensor
    """float32 (B, CHANCES_EACH), uniform in 0..1: for whatever else is done to each image at random."""
    labels: tf.Tensor | None = None
    """int32 (B,): the classes of the images, where networks are told them."""
    drawn_labels: tf.Tensor | None = None
    """int32 (B,): the classes to draw samples of, as frequent as among the training images."""


class Batches:
    """The batches of one training."""

    def __init__(
        self,
        source: Source,
        batch_size: int,
        latent_dim: int,
        seed: int,  # 0 ≤ seed < 2³¹
        flip: bool,  # mirror each image with probability 1/2
        labels: np.ndarray | None = None,  # (N,): the classes of all images, where networks are told them
    ):
        self.source, self.batch_size, self.latent_dim, self.seed, self.flip = source, batch_size, latent_dim, seed, flip
        self.labels = None if labels is None else np.asarray(labels, np.int32)
        source.order = self.indices

    def batch(self, step: tf.Tensor) -> Batch:
        """What a step, int64 (), sees."""
        images = tf.cast(self.source.images(step), tf.float32) / 127.5 - 1.0
        if self.flip:
            chances = tf.random.stateless_uniform([self.batch_size, 1, 1, 1], self._key(FLIPS, step), alg="philox")
            images = tf.where(replicas.mine(chances) < 0.5, images[:, :, ::-1], images)
        shape = [self.batch_size, CHANCES_EACH]
        chances = replicas.mine(tf.random.stateless_uniform(shape, self._key(CHANCES, step), alg="philox"))
        latents, noise = self._normal(LATENTS, step), self._normal(POSTERIOR, step)
        return Batch(step, images, latents, noise, chances, *self._classes(step))

    def _classes(self, step: tf.Tensor) -> tuple[tf.Tensor | None, tf.Tensor | None]:
        """The classes of a step's images, and those to draw samples of: each int32 (B,)."""
        if self.labels is None:
            return None, None
        some = tf.random.stateless_uniform(
            [self.batch_size], self._key(CLASSES, step), 0, len(self.labels), tf.int64, alg="philox"
        )
        return tuple(tf.gather(self.labels, replicas.mine(indices)) for indices in (self.indices(step), some))

    def indices(self, step: tf.Tensor) -> tf.Tensor:
        """Which training images a step sees, on all devices together: int64 (batch_size,).

        Within an epoch every image comes once, in an order of that epoch's own; a batch may span two epochs.
        """
        position = tf.cast(step, tf.int64) * self.batch_size + tf.range(self.batch_size, dtype=tf.int64)
        epoch = position // self.source.count
        shape = [self.batch_size]
        seeds = tf.stack([tf.fill(shape, np.int64(self.seed)), tf.fill(shape, np.int64(ORDER)), epoch], axis=1)
        # The op itself: tf.random.experimental.index_shuffle takes one seed for all, not one for each.
        return tf.raw_ops.RandomIndexShuffle(
            index=position % self.source.count, seed=seeds, max_index=np.int64(self.source.count - 1), rounds=4
        )

    def _normal(self, stream: int, step: tf.Tensor) -> tf.Tensor:
        """N(0, 1) numbers: float32 (B, latent_dim)."""
        whole = [self.batch_size, self.latent_dim]
        return replicas.mine(tf.random.stateless_normal(whole, self._key(stream, step), alg="philox"))

    def _key(self, stream: int, step: tf.Tensor) -> tf.Tensor:
        """The key of a stateless random operation: int64 (2,)."""
        return tf.stack([np.int64(self.seed * STREAMS + stream), tf.cast(step, tf.int64)])
