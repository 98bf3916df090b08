"""Differentiable augmentation (Zhao et al. 2020, arXiv 2006.10738): what the discriminator sees, changed at random.

Real and generated images alike, with gradients to the generator through it. Images are float32 (B, H, W, C) in -1..1,
and `uniforms` uniform in 0..1, one row for each image.
"""

from collections.abc import Sequence

import tensorflow as tf

UNIFORMS = 7
"""Uniform numbers that an image takes: three for its colours, two for where it goes, two for what is cut out."""

SHIFT = 1 / 8  # of the side: the furthest that an image is moved
HOLE = 1 / 2  # of the side: the square that is cut out


def augment(images: tf.Tensor, uniforms: tf.Tensor, kinds: Sequence[str]) -> tf.Tensor:
    """Images changed in the given ways, in the order colour, translation, cutout. uniforms: float32 (B, UNIFORMS)."""
    for kind, (change, first, last) in KINDS.items():
        if kind in kinds:
            images = change(images, uniforms[:, first:last])
    return images


def colour(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """Brightness ± 0.5, saturation times 0 to 2, contrast times 0.5 to 1.5. uniforms: float32 (B, 3)."""
    brightness, saturation, contrast = (uniforms[:, i, None, None, None] for i in range(3))
    images = images + (brightness - 0.5)
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = (images - grey) * (2.0 * saturation) + grey
    mean = tf.reduce_mean(images, axis=[1, 2, 3], keepdims=True)
    return (images - mean) * (contrast + 0.5) + mean


def translation(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """Moved by whole pixels, up to an eighth of the side each way; what comes in is grey. uniforms: float32 (B, 2)."""
    side = images.shape[1]
    reach = round(side * SHIFT)
    offsets = tf.cast(tf.floor(uniforms * (2 * reach + 1)), tf.int32)  # (B, 2): 0 .. 2 · reach
    padded = tf.pad(images, [[0, 0], [reach, reach], [reach, reach], [0, 0]])
    rows, columns = (offsets[:, i, None] + tf.range(side) for i in range(2))  # (B, H), (B, W)
    return tf.gather(tf.gather(padded, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)


def cutout(images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
    """A square of half the side is made grey, its middle anywhere in the image. uniforms: float32 (B, 2)."""
    side = images.shape[1]
    hole = round(side * HOLE)
    first = tf.cast(tf.floor(uniforms * (side + 1 - hole % 2)), tf.int32) - hole // 2  # (B, 2): may lie outside
    place = tf.range(side)
    rows, columns = (
        (place >= first[:, i, None]) & (place < first[:, i, None] + hole) for i in range(2)
    )  # (B, H), (B, W)
    kept = ~(rows[:, :, None] & columns[:, None, :])
    return images * tf.cast(kept, images.dtype)[..., None]


KINDS = {"colour": (colour, 0, 3), "translation": (translation, 3, 5), "cutout": (cutout, 5, 7)}
"""Each kind's function, and which of an image's uniforms it takes."""
