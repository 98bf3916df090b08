"""Batches: a step's images, flips, latents and classes, as stateless functions of (seed, step).

There is no iterator to save: step 1,000 of seed 0 is the same in every process, whether images are held on the device
or streamed from a file, and whether one device takes the step or several share it.
"""

from typing import NamedTuple

import numpy as np
import tensorflow as tf

from easel.training import replicas
from easel.training.sources import Source

# Every use of random numbers has a stream of its own, so that no two are correlated. (Stream 0 is the order's.)
FLIPS, LATENTS, POSTERIOR, CLASSES, UNIFORMS, FURTHER = range(1, 7)
STREAMS = 16
UNIFORMS_PER_IMAGE = 16


class Batch(NamedTuple):
    """One step's batch, or the calling device's slice of it where several devices share the batch."""

    step: tf.Tensor
    """int32 (): counted from 0."""
    images: tf.Tensor
    """float32 (B, H, W, C) in -1..1."""
    latents: tf.Tensor
    """float32 (B, latent_dim) from N(0, 1): the generator's input."""
    noise: tf.Tensor
    """float32 (B, latent_dim) from N(0, 1), independent of the latents: for samples from a posterior."""
    uniforms: tf.Tensor
    """float32 (B, UNIFORMS_PER_IMAGE) in 0..1: for any other random treatment of each image, such as augmentation."""
    labels: tf.Tensor | None = None
    """int64 (B,): the classes of the images; None unless the networks are conditional."""
    sampled_labels: tf.Tensor | None = None
    """int64 (B,): the classes to generate, as frequent as among the training images; None likewise."""
    further_uniforms: tf.Tensor | None = None
    """float32 (B, n) in 0..1: as many more as the objective asks for; None if it asks for none."""


class Batches:
    """The batches of one training."""

    def __init__(
        self,
        source: Source,
        latent_dim: int,
        flip: bool,  # mirror each image with probability 1/2
        labels: np.ndarray | None = None,  # (N,): the classes of all training images, for conditional networks
        further_uniforms: int = 0,  # for each image
    ):
        self.source, self.order, self.latent_dim, self.flip = source, source.order, latent_dim, flip
        self.batch_size, self.seed, self.further_uniforms = self.order.batch_size, self.order.seed, further_uniforms
        # As 64-bit integers: TensorFlow keeps 32-bit constants, and leaves their arithmetic, to the host.
        self.labels = None if labels is None else np.asarray(labels, np.int64)

    def batch(self, step: tf.Tensor) -> Batch:
        """The batch of a step, int32 ()."""
        # TensorFlow adds up in an order that depends on the names of operations, which are numbered. In a scope of
        # their own, those of the source leave the other numbers alone.
        with tf.name_scope("source"):
            images = self.source.images(step)
        images = tf.cast(images, tf.float32) / 127.5 - 1.0
        if self.flip:
            uniforms = tf.random.stateless_uniform([self.batch_size, 1, 1, 1], self._key(FLIPS, step), alg="philox")
            images = tf.where(replicas.local_slice(uniforms) < 0.5, tf.reverse(images, [2]), images)
        shape = [self.batch_size, UNIFORMS_PER_IMAGE]
        uniforms = tf.random.stateless_uniform(shape, self._key(UNIFORMS, step), alg="philox")
        uniforms = replicas.local_slice(uniforms)
        latents, noise = self._normal(LATENTS, step), self._normal(POSTERIOR, step)
        return Batch(step, images, latents, noise, uniforms, *self._classes(step), self._further(step))

    def _further(self, step: tf.Tensor) -> tf.Tensor | None:
        """The further uniforms of a step, if there are any."""
        if not self.further_uniforms:
            return None
        shape = [self.batch_size, self.further_uniforms]
        return replicas.local_slice(tf.random.stateless_uniform(shape, self._key(FURTHER, step), alg="philox"))

    def _classes(self, step: tf.Tensor) -> tuple[tf.Tensor | None, tf.Tensor | None]:
        """The classes of a step's images, and the classes to generate: each int64 (B,)."""
        if self.labels is None:
            return None, None
        # The classes of training images chosen at random are as frequent as they are among all images.
        with tf.device("CPU:0"):  # its bounds are read there, and a few numbers are soon made
            chosen = tf.random.stateless_uniform(
                [self.batch_size], self._key(CLASSES, step), 0, len(self.labels), tf.int64, alg="philox"
            )
        of_images, sampled = (
            tf.gather(self.labels, replicas.local_slice(indices)) for indices in (self.order(step), chosen)
        )
        return of_images, sampled

    def _normal(self, stream: int, step: tf.Tensor) -> tf.Tensor:
        """N(0, 1) numbers: float32 (B, latent_dim)."""
        whole = [self.batch_size, self.latent_dim]
        return replicas.local_slice(tf.random.stateless_normal(whole, self._key(stream, step), alg="philox"))

    def _key(self, stream: int, step: tf.Tensor) -> tf.Tensor:
        """The key of a stateless random operation: int64 (2,)."""
        return tf.stack([np.int64(self.seed * STREAMS + stream), tf.cast(step, tf.int64)])
