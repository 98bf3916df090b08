"""The latents of a picture, by gradient descent through a generator.

It is the projector of StyleGAN 2 (Karras et al. 2020, arXiv 1912.04958, appendix D) in small: for generators that take
seconds, and latents without noise inputs. A descent ends in the nearest valley, so it starts from the samples that are
nearest to the picture, several of them, and errors are compared at several resolutions, of which the coarse ones lead
the way. Of a conditional generator the classes are searched, too: every class starts from its nearest sample. After a
short descent, only the best starts go on.

Nothing here is random: the same samples lead to the same latents.
"""

import math
from typing import NamedTuple

import numpy as np

from easel.images import to_float
from easel.runtime.lean_keras import import_keras
from easel.sampling import Samples, batches, images_per_call

import_keras()

import keras  # noqa: E402 (after its start-up messages are caught)
import tensorflow as tf  # noqa: E402

STARTS = 8  # of a picture, at least ...
MOST_CLASSES = 16  # ... and one in each of so many classes, those with the nearest samples
KEPT = 2  # that go on after ...
SHORT = 50  # ... so many steps, ...
LONG = 200  # ... for so many more
LEARNING_RATE = 0.1  # of Adam, at the start of a descent; a cosine takes it to 0
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # Adam's
COARSEST = 4  # pixels a side of the coarsest resolution, at least

CALLS = MOST_CLASSES * SHORT + KEPT * LONG
"""Images that a generator makes, and gradients are computed of, for a picture, at most."""


class Found(NamedTuple):
    """The end of a search."""

    latents: np.ndarray
    """float32 (latent_dim,)"""
    label: int | None
    """the class; None of an unconditional generator"""


def pyramid(images: np.ndarray | tf.Tensor) -> list[tf.Tensor]:
    """Images float32 (N, H, W, 3), and their means over 2 × 2, 4 × 4, … pixels, down to COARSEST a side."""
    levels = [tf.convert_to_tensor(images)]
    while min(levels[-1].shape[1:3]) >= 2 * COARSEST:
        levels.append(tf.nn.avg_pool2d(levels[-1], 2, 2, "VALID"))
    return levels


def distances(images: np.ndarray | tf.Tensor, target: list[tf.Tensor]) -> tf.Tensor:
    """The mean over resolutions of the mean squared difference of images, (N, H, W, 3), and a picture: float32 (N,).

    target: the picture's pyramid.
    """
    levels = zip(pyramid(images), target, strict=True)
    return tf.add_n([tf.reduce_mean((made - wanted) ** 2, axis=[1, 2, 3]) for made, wanted in levels]) / len(target)


def errors(images: np.ndarray, target: list[tf.Tensor], together: int) -> np.ndarray:
    """The distances of uint8 images (N, H, W, 3) from a picture: float32 (N,). together: that are compared at once."""
    return np.concatenate([np.asarray(distances(to_float(part), target)) for part in batches(images, together)])


def starts(found: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
    """The samples to start from, as indices: the nearest, of a conditional generator first the nearest of each class.

    found: their distances, (N,). labels: their classes, (N,).
    """
    order = np.argsort(found, kind="stable")
    if labels is None:
        return order[:STARTS]
    _, firsts = np.unique(labels[order], return_index=True)
    first_of_classes = np.sort(firsts)[:MOST_CLASSES]
    others = np.delete(np.arange(len(order)), first_of_classes)
    return order[np.concatenate([first_of_classes, others])[: max(STARTS, len(first_of_classes))]]


def better(latents: tf.Tensor, distance: tf.Tensor, best: tf.Tensor, reached: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The best latents so far, (N, latent_dim), and their distances, (N,): from those at hand and the best before."""
    is_better = distance < reached
    return tf.where(is_better[:, None], latents, best), tf.where(is_better, distance, reached)


class Search:
    """Searches through one generator, each independent of the others."""

    def __init__(self, generator: keras.Model, samples: Samples):
        """generator: latents float32 (B, latent_dim), of a conditional one also labels int32 (B,), to images float32
        (B, H, W, 3) in -1..1. samples: of the generator; the latents stay as long as theirs are, at least and at most,
        because further in or out it has learned nothing.
        """
        self.generator, self.samples = generator, samples
        lengths = np.linalg.norm(samples.latents, axis=1)
        self.shortest, self.longest = float(lengths.min()), float(lengths.max())

    def find(self, picture: np.ndarray) -> Found:
        """The latents, and the class, of the image nearest to a picture, uint8 (H, W, 3), that the generator makes."""
        target, samples = pyramid(to_float(picture[None])), self.samples
        chosen = starts(errors(samples.images, target, images_per_call(self.generator)), samples.labels)
        labels = None if samples.labels is None else samples.labels[chosen].astype(np.int32)
        latents, reached = self.descend(samples.latents[chosen], labels, target, SHORT)
        kept = np.argsort(reached, kind="stable")[:KEPT]
        labels = None if labels is None else labels[kept]
        latents, reached = self.descend(latents[kept], labels, target, LONG)
        best = int(np.argmin(reached))
        return Found(latents[best], None if labels is None else int(labels[best]))

    def descend(
        self, latents: np.ndarray, labels: np.ndarray | None, target: list[tf.Tensor], steps: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best latents on each way of some steps, float32 (N, latent_dim), and their distances, float32 (N,).

        Of large images a few at a time: for a gradient, the outputs of all layers stay in memory.
        """
        together = max(1, images_per_call(self.generator) // 2)
        some = batches(latents, together)
        given = [[] for _ in some] if labels is None else [[tf.constant(each)] for each in batches(labels, together)]
        parts = [
            self._descend(tf.constant(each), of_each, target, tf.constant(steps))
            for each, of_each in zip(some, given, strict=True)
        ]
        best, reached = (np.concatenate(found) for found in zip(*parts, strict=True))
        return best, reached

    @tf.function(autograph=False)
    def _descend(
        self, latents: tf.Tensor, labels: list[tf.Tensor], target: list[tf.Tensor], steps: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        def take(step, latents, mean, square, best, reached):
            done = tf.cast(step, tf.float32)
            distance, gradient = self.distance_and_gradient(latents, labels, target)
            best, reached = better(latents, distance, best, reached)
            mean = BETA_1 * mean + (1 - BETA_1) * gradient
            square = BETA_2 * square + (1 - BETA_2) * gradient**2
            rate = LEARNING_RATE * (1 + tf.cos(math.pi * (done - 1) / tf.cast(steps, tf.float32))) / 2
            move = mean / (1 - BETA_1**done) / (tf.sqrt(square / (1 - BETA_2**done)) + EPSILON)
            return step + 1, self.of_usual_length(latents - rate * move), mean, square, best, reached

        none = tf.zeros_like(latents)
        start = (tf.constant(1), latents, none, none, latents, tf.fill(latents.shape[:1], np.float32(np.inf)))
        _, latents, _, _, best, reached = tf.while_loop(lambda step, *_: step <= steps, take, start)
        return better(latents, distances(self.images(latents, labels), target), best, reached)

    def distance_and_gradient(
        self, latents: tf.Tensor, labels: list[tf.Tensor], target: list[tf.Tensor]
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The distance of each latent vector, float32 (N,), and its gradient, float32 (N, latent_dim)."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(latents)
            distance = distances(self.images(latents, labels), target)
        return distance, tape.gradient(distance, latents)

    def images(self, latents: tf.Tensor, labels: list[tf.Tensor]) -> tf.Tensor:
        """What the generator makes of latents: float32 (N, H, W, 3)."""
        return self.generator([latents, *labels] if labels else latents, training=False)

    def of_usual_length(self, latents: tf.Tensor) -> tf.Tensor:
        """Latents scaled where they are shorter or longer than latents may be."""
        length = tf.norm(latents, axis=1, keepdims=True)
        return latents * tf.clip_by_value(length, self.shortest, self.longest) / tf.maximum(length, 1e-12)
