"""What the judge `self_supervised` is shown: two crops of each image, in one of eight orientations.

Crops are the only difference between the views of an image. Colours, noise and blur stay as they are, so the network
learns to see them: they tell one image from another.
"""

from easel.runtime.lean_keras import import_keras

import_keras()

import tensorflow as tf  # noqa: E402 (after the notes of Keras's start-up have been caught)

ORIENTATIONS = 8
"""Four rotations, each mirrored or not."""
SMALLEST = 0.5  # of the area of an image, that a crop shows


def views(images: tf.Tensor, seed: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Two views of each of some square images uint8 (B, S, S, C), and the orientation of each, the same for both.

    seed: int64 (2,). Returns float32 (2·B, S, S, C) in -1..1, the first views and then the second, and one-hot
    orientations float32 (2·B, ORIENTATIONS).
    """
    count = images.shape[0]
    chance, *places = tf.unstack(tf.random.stateless_uniform([7, count], seed))
    orientation = tf.cast(chance * ORIENTATIONS, tf.int64)
    x = tf.cast(turned(images, orientation), tf.float32) / 127.5 - 1.0
    answers = tf.one_hot(orientation, ORIENTATIONS)
    return tf.concat([crops(x, *places[:3]), crops(x, *places[3:])], axis=0), tf.concat([answers, answers], axis=0)


def turned(images: tf.Tensor, orientation: tf.Tensor) -> tf.Tensor:
    """Square images (B, S, S, C) in one of the eight orientations (B,), of which 0 changes nothing."""

    def where(bit: int, changed: tf.Tensor, unchanged: tf.Tensor) -> tf.Tensor:
        return tf.where(((orientation // bit) % 2 == 1)[:, None, None, None], changed, unchanged)

    x = where(1, images[:, :, ::-1], images)
    x = where(2, x[:, ::-1], x)
    return where(4, tf.transpose(x, (0, 2, 1, 3)), x)


def crops(images: tf.Tensor, size: tf.Tensor, down: tf.Tensor, right: tf.Tensor) -> tf.Tensor:
    """A square part of each image float32 (B, S, S, C), enlarged to the image's size.

    size, down, right: float32 (B,) in 0..1: from SMALLEST to the whole image, and from its top left to its bottom
    right.
    """
    side = tf.sqrt(SMALLEST + (1 - SMALLEST) * size)
    top, left = down * (1 - side), right * (1 - side)
    boxes = tf.stack([top, left, top + side, left + side], axis=1)
    return tf.image.crop_and_resize(images, boxes, tf.range(images.shape[0]), images.shape[1:3])
