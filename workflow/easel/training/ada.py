"""Adaptive discriminator augmentation (ADA; Karras et al. 2020, arXiv 2006.06676) of all images that the discriminator
sees.

Each transformation of the paper's appendix B but the filters of image space, which the paper's own default leaves out,
is applied to an image with probability p: pixel blitting (mirror, quarter turns, shifts by whole pixels), geometry
(scale, rotation, stretching, shifts), and colour (brightness, contrast, inverted luma, hue, saturation). p follows the
discriminator: it rises while the sign of the logits of real images says overfitting.

An affine map of an image is computed without a gather that adds up in its gradient, which no GPU does in a fixed order:
as two matrix products, which scale and move each axis, and two shears, which shift each row, then each column. The
gradient of a shift is the shift back.

Images are float32 (B, S, S, 3) in -1..1, random numbers float32 (B, UNIFORMS) in 0..1.
"""

import math

import keras
import numpy as np
import tensorflow as tf

UNIFORMS = 28
"""Random numbers that an image needs."""

# Of appendix B. Deviations of the logarithms to base 2 of factors, and of shifts and brightness.
SCALE, STRETCH, SHIFT, WHOLE_SHIFT = 0.2, 0.2, 0.125, 0.125  # shifts are fractions of the side
BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.5, 1.0
TAIL = 0.00135  # normal numbers end at three deviations; so no map is so oblique that a shear leaves the canvas
# What a row (red, green, blue) times these gives: its grey, and grey axis × row.
GREY = np.full((3, 3), 1 / 3, np.float32)
ACROSS = np.array([[0, 1, -1], [-1, 0, 1], [1, -1, 0]], np.float32) / math.sqrt(3)
MEMORY = 4  # batches: over so many the paper averages the sign before it adjusts p


class Ada(keras.layers.Layer):
    """Augmentation with a probability that follows the discriminator.

    probability: p, float32 (), in 0..1. sign: r_t of the paper's equation 1, the mean sign of the logits of real
    images, here a moving average over about MEMORY batches, where the paper has the mean of each four.
    """

    def __init__(self, target: float, images: float):
        """target: of r_t. images: after which p would have risen from 0 to 1."""
        super().__init__(dtype="float32", name="ada")
        self.target, self.images = target, images
        self.probability, self.sign = (
            self.add_weight(name=name, shape=(), initializer="zeros", trainable=False, aggregation="only_first_replica")
            for name in ("probability", "sign")
        )
        self.built = True

    def call(self, images: tf.Tensor, uniforms: tf.Tensor) -> tf.Tensor:
        """The images, augmented; differentiable twice."""
        return augment(images, uniforms, tf.convert_to_tensor(self.probability))

    def follow(self, sign: tf.Tensor, count: int) -> None:
        """Take in the mean sign, in -1..1, of a batch of `count` real images' logits, and adjust the probability."""
        mean = self.sign + (sign - self.sign) / MEMORY
        self.sign.assign(mean)
        step = tf.sign(mean - self.target) * (count / self.images)
        self.probability.assign(tf.clip_by_value(self.probability + step, 0.0, 1.0))


def augment(images: tf.Tensor, uniforms: tf.Tensor, probability: tf.Tensor) -> tf.Tensor:
    """Images with each transformation applied with the same probability, float32 ()."""
    numbers = Numbers(uniforms, probability)
    return colour(geometry(images, numbers), numbers)


class Numbers:
    """The random numbers of a batch, taken one after the other."""

    def __init__(self, uniforms: tf.Tensor, probability: tf.Tensor):
        self.columns, self.probability = iter(tf.unstack(uniforms, axis=1)), probability

    def uniform(self) -> tf.Tensor:
        """(B,) in 0..1."""
        return next(self.columns)

    def chosen(self, probability: tf.Tensor | None = None) -> tf.Tensor:
        """(B,): 1 for an image that the next transformation is applied to, else 0."""
        limit = self.probability if probability is None else probability
        return tf.cast(self.uniform() < limit, tf.float32)

    def normal(self) -> tf.Tensor:
        """(B,) from N(0, 1), three deviations from 0 at most."""
        uniform = tf.clip_by_value(self.uniform(), TAIL, 1.0 - TAIL)
        return math.sqrt(2.0) * tf.math.erfinv(2.0 * uniform - 1.0)

    def factor(self, deviation: float) -> tf.Tensor:
        """(B,): 2 to the power of a normal number with this deviation for chosen images, else 1."""
        return tf.pow(2.0, self.chosen() * self.normal() * deviation)

    def angle(self, probability: tf.Tensor | None = None) -> tf.Tensor:
        """(B,): uniform in -π..π for chosen images, else 0."""
        return self.chosen(probability) * (2.0 * self.uniform() - 1.0) * math.pi


# --- pixel blitting and geometry -----------------------------------------------------------------------


def geometry(images: tf.Tensor, numbers: Numbers) -> tf.Tensor:
    """Mirror, turn, scale, stretch and shift images, which continue beyond their edges as in mirrors."""
    side = images.shape[1]
    mirrored = numbers.chosen() * tf.floor(2.0 * numbers.uniform())
    quarters = numbers.chosen() * tf.floor(4.0 * numbers.uniform())
    whole = numbers.chosen()
    shifts = [whole * tf.round((2.0 * numbers.uniform() - 1.0) * WHOLE_SHIFT * side) for _ in range(2)]
    scale = numbers.factor(SCALE)
    # Each of two rotations is rarer, so that an image is rotated with probability p (appendix B).
    rotated = 1.0 - tf.sqrt(1.0 - numbers.probability)
    before = numbers.angle(rotated)
    stretch = numbers.factor(STRETCH)
    after = numbers.angle(rotated)
    shifted = numbers.chosen()
    moves = [shifted * numbers.normal() * SHIFT * side for _ in range(2)]

    # The nearest multiple of a quarter turn is exact, and leaves at most an eighth.
    quarter = tf.round((before + after) / (math.pi / 2))
    images, right, down = turned(images, mirrored, quarters + quarter)
    after -= quarter * (math.pi / 2)
    # out(u) = in(A (u - moves) - shifts), A = scale · R(after) · diag(stretch, 1 / stretch) · R(before)
    cos, sin, cos_, sin_ = tf.cos(after), tf.sin(after), tf.cos(before), tf.sin(before)
    wide, high = scale * stretch, scale / stretch
    a, b = cos * cos_ * wide - sin * sin_ * high, -cos * sin_ * wide - sin * cos_ * high
    c, d = sin * cos_ * wide + cos * sin_ * high, -sin * sin_ * wide + cos * cos_ * high
    offsets = [-(a * moves[0] + b * moves[1]) - shifts[0], -(c * moves[0] + d * moves[1]) - shifts[1]]
    return mapped(images, (a, b, c, d), (offsets[0], offsets[1]), right, down)


def turned(images: tf.Tensor, mirrored: tf.Tensor, quarters: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Images, mirrored where `mirrored` (B,) is not 0, then turned by some quarters, whole numbers (B,): exact.

    Returns (images, right, down). Mirroring an axis costs nothing where it is resampled, so only rows and columns are
    swapped here, and the directions of both axes, 1 or -1 (B,), are left to `mapped`.
    """
    rest = quarters - 4.0 * tf.floor(quarters / 4.0)
    is_odd = (rest == 1.0) | (rest == 3.0)
    mirror, half = tf.where(mirrored > 0.0, -1.0, 1.0), tf.where(rest >= 2.0, -1.0, 1.0)
    swapped = tf.where(_each(is_odd), _swapped(images), images)
    return swapped, tf.where(is_odd, half, half * mirror), tf.where(is_odd, -half * mirror, half)


def mapped(
    images: tf.Tensor,
    matrix: tuple[tf.Tensor, ...],
    offsets: tuple[tf.Tensor, tf.Tensor],
    right: tf.Tensor | float = 1.0,
    down: tf.Tensor | float = 1.0,
) -> tf.Tensor:
    """The images at A u + t, interpolated linearly; u is a pixel's distance from the middle, to the right and down.

    matrix: a, b, c, d of A = [[a, b], [c, d]], each (B,), with d > 0. offsets: t, in pixels, to the right and down.
    right, down: the directions of the images' axes, 1 or -1, each (B,).
    A = diag(det / d, d) · [[1, b d / det], [0, 1]] · [[1, 0], [c / d, 1]]: scales on a canvas of twice the side, then
    a shear of its rows, then of the columns.
    """
    a, b, c, d = matrix
    side, determinant = images.shape[1], a * d - b * c
    of_rows = _interpolation(down * d, down * offsets[1], side)  # (B, 2S, S)
    of_columns = _interpolation(right * determinant / d, right * offsets[0], side)
    canvas = _resampled(_resampled(images, of_rows), of_columns)  # (B, 2S, 2S, 3)
    rows = _sheared(canvas, b * d / determinant, side)  # (B, 2S, S, 3)
    return _swapped(_sheared(_swapped(rows), c / d, side))


def _resampled(images: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
    """Images (B, H, W, C) with weights (B, N, H) of their rows, then turned over: (B, W, N, C)."""
    height, width, channels = images.shape[1:]
    # No product of matrices with more axes: its gradient would compute shapes, on the host.
    found = tf.matmul(weights, tf.reshape(images, [-1, height, width * channels]))
    return _swapped(tf.reshape(found, [-1, weights.shape[1], width, channels]))


def _swapped(images: tf.Tensor) -> tf.Tensor:
    """Rows as columns: (B, H, W, C) to (B, W, H, C)."""
    return tf.transpose(images, [0, 2, 1, 3])


def _interpolation(scale: tf.Tensor, offset: tf.Tensor, side: int) -> tf.Tensor:
    """Weights of `side` pixels in 2 · `side` places of a mirrored axis: float32 (B, 2 · side, side)."""
    places = tf.range(2 * side, dtype=tf.float32) - (2 * side - 1) / 2
    found = scale[:, None] * places + offset[:, None] + side / 2  # (B, 2S): pixel k covers k to k + 1
    period = found - 2.0 * side * tf.floor(found / (2.0 * side))
    inside = tf.clip_by_value(tf.minimum(period, 2.0 * side - period) - 0.5, 0.0, side - 1.0)
    return tf.nn.relu(1.0 - tf.abs(inside[..., None] - tf.range(side, dtype=tf.float32)))


def _sheared(canvas: tf.Tensor, slope: tf.Tensor, side: int) -> tf.Tensor:
    """The middle `side` pixels of each row (B, R, 2 · side, 3), which slides by slope (B,) times its distance from the
    middle row."""
    rows = canvas.shape[1]
    starts = side // 2 + slope[:, None] * (tf.range(rows, dtype=tf.float32) - (rows - 1) / 2)  # (B, R)
    whole = tf.floor(starts)
    part = (starts - whole)[..., None, None]
    return between(window(canvas, tf.cast(whole, tf.int64), side + 1), part)


def between(rows: tf.Tensor, part: tf.Tensor) -> tf.Tensor:
    """Rows (B, R, N + 1, C), each interpolated at N places that lie a part, float32 (B, R, 1, 1), behind its pixels.

    Its gradient is written out, because TensorFlow's own of a slice copies number by number. `part` has none.
    """

    @tf.custom_gradient
    def interpolate(rows: tf.Tensor):
        def gradient(upstream: tf.Tensor) -> tf.Tensor:
            none = tf.zeros_like(upstream[:, :, :1])
            behind = part * upstream
            return tf.concat([upstream - behind, none], axis=2) + tf.concat([none, behind], axis=2)

        return rows[:, :, :-1] + part * (rows[:, :, 1:] - rows[:, :, :-1]), gradient

    return interpolate(rows)


def window(rows: tf.Tensor, starts: tf.Tensor, length: int) -> tf.Tensor:
    """`length` pixels of each row (B, R, N, C) from a start int64 (B, R) on; a row continues at its beginning."""
    places = _wrapped(starts, length, rows.shape[2])

    @tf.custom_gradient
    def cut(rows: tf.Tensor):
        size = rows.shape[2]
        return tf.gather(rows, places, axis=2, batch_dims=2), lambda upstream: put_back(upstream, starts, size)

    return cut(rows)


def put_back(parts: tf.Tensor, starts: tf.Tensor, size: int) -> tf.Tensor:
    """The transpose of `window`: parts (B, R, length, C) where they were cut from, in zeros (B, R, size, C)."""
    length = parts.shape[2]
    places = _wrapped(-starts, size, size)

    @tf.custom_gradient
    def put(parts: tf.Tensor):
        nothing = tf.zeros([*parts.shape[:2], size - length, parts.shape[3]], parts.dtype)
        padded = tf.concat([parts, nothing], axis=2)
        return tf.gather(padded, places, axis=2, batch_dims=2), lambda upstream: window(upstream, starts, length)

    return put(parts)


def _wrapped(starts: tf.Tensor, length: int, size: int) -> tf.Tensor:
    """`length` ≤ `size` places from each start (B, R) on, of 0 to `size` - 1, after which they begin again."""
    places = tf.math.floormod(starts, size)[..., None] + tf.range(length, dtype=tf.int64)
    return tf.where(places < size, places, places - size)


# --- colour --------------------------------------------------------------------------------------------


def colour(images: tf.Tensor, numbers: Numbers) -> tf.Tensor:
    """Change brightness, contrast, luma, hue and saturation.

    All of them leave the grey axis where it is, so that they act on a pixel's grey (its mean) and on the rest, a vector
    that hue turns about that axis: together a matrix for each image.
    """
    brightness = numbers.chosen() * numbers.normal() * BRIGHTNESS
    contrast = numbers.factor(CONTRAST)
    luma = 1.0 - 2.0 * numbers.chosen() * tf.floor(2.0 * numbers.uniform())
    hue, saturation = numbers.angle(), numbers.factor(SATURATION)
    of_grey, of_rest = contrast * luma, contrast * saturation
    matrices = (
        of_grey[:, None, None] * GREY
        + (of_rest * tf.cos(hue))[:, None, None] * (np.eye(3, dtype=np.float32) - GREY)
        + (of_rest * tf.sin(hue))[:, None, None] * ACROSS
    )
    side = images.shape[1]
    changed = tf.matmul(tf.reshape(images, [-1, side * side, 3]), matrices)
    return tf.reshape(changed, [-1, side, side, 3]) + _each(of_grey * brightness)


def _each(values: tf.Tensor) -> tf.Tensor:
    """Values (B,) for images (B, H, W, C)."""
    return values[:, None, None, None]
