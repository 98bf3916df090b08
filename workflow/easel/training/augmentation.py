"""Differentiable augmentation (Zhao et al. 2020, arXiv 2006.10738) of all images that the discriminator sees.

Real and generated images are augmented alike, and gradients reach the generator through it. Images are float32
(B, H, W, C) in -1..1; `uniforms` are random numbers in 0..1, a row for each image. Positions are 64-bit integers: those
of 32 bits would be computed on the host.
"""

from collections.abc import Sequence

import tensorflow as tf

UNIFORMS = 7
"""Random numbers that an image needs: three for colour, two for translation, two for cutout."""

SHIFT = 1 / 8  # of the side: the largest translation
HOLE = 1 / 2  # of the side: the side of the cutout


def augment(images: tf.Tensor, uniforms: tf.Tensor, kinds: Sequence[str]) -> tf.Tensor:
    """Images augmented by the given kinds, in the order of KINDS. uniforms: float32 (B, UNIFORMS)."""
    for kind, (change, first, last) in KINDS.items():
        if kind in kinds:
            images = change(images, uniforms[:, first:last])
    return images


def colour(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """Change brightness by ± 0.5, saturation by a factor 0..2, contrast by 0.5..1.5. uniforms: float32 (B, 3)."""
    brightness, saturation, contrast = (uniforms[:, i, None, None, None] for i in range(3))
    images = images + (brightness - 0.5)
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = (images - grey) * (2.0 * saturation) + grey
    mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
    return (images - mean) * (contrast + 0.5) + mean


def translation(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """Move images by whole pixels, up to SHIFT of the side each way, and pad with grey. uniforms: float32 (B, 2)."""
    side = images.shape[1]
    reach = round(side * SHIFT)
    offsets = tf.cast(tf.floor(uniforms * (2 * reach + 1)), tf.int64)  # (B, 2): 0 .. 2 · reach
    padded = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]])
    rows, columns = (offsets[:, i, None] + tf.range(side, dtype=tf.int64) for i in range(2))  # (B, H), (B, W)
    return tf.gather(tf.gather(padded, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def cutout(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """Make a square of HOLE of the side grey, its centre anywhere in the image. uniforms: float32 (B, 2)."""
    side = images.shape[1]
    hole = round(side * HOLE)
    first = tf.cast(tf.floor(uniforms * (side + 1 - hole % 2)), tf.int64) - hole // 2  # (B, 2): may lie outside
    place = tf.range(side, dtype=tf.int64)
    rows, columns = (
        (place >= first[:, i, None]) & (place < first[:, i, None] + hole) for i in range(2)
    )  # (B, H), (B, W)
    kept = ~(rows[:, :, None] & columns[:, None, :])
    return images * tf.cast(kept, images.dtype)[..., None]


KINDS = {"colour": (colour, 0, 3), "translation": (translation, 3, 5), "cutout": (cutout, 5, 7)}
"""Each kind's function, and the range of an image's uniforms that it uses."""
