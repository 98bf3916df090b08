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
import tensorflow as tf

UNIFORMS = 28
"""Random numbers that an image needs."""

# Of appendix B. Deviations of the logarithms to base 2 of factors, and of shifts and brightness.
SCALE, STRETCH, SHIFT, WHOLE_SHIFT = 0.2, 0.2, 0.125, 0.125  # shifts are fractions of the side
BRIGHTNESS, CONTRAST, SATURATION = 0.2, 0.5, 1.0
TAIL = 0.00135  # normal numbers end at three deviations; so no map is so oblique that a shear leaves the canvas
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
    images = turned(tf.where(_each(mirrored) > 0.0, tf.reverse(images, [2]), images), quarters + quarter)
    after -= quarter * (math.pi / 2)
    # out(u) = in(A (u - moves) - shifts), A = scale · R(after) · diag(stretch, 1 / stretch) · R(before)
    cos, sin, cos_, sin_ = tf.cos(after), tf.sin(after), tf.cos(before), tf.sin(before)
    wide, high = scale * stretch, scale / stretch
    a, b = cos * cos_ * wide - sin * sin_ * high, -cos * sin_ * wide - sin * cos_ * high
    c, d = sin * cos_ * wide + cos * sin_ * high, -sin * sin_ * wide + cos * cos_ * high
    offsets = [-(a * moves[0] + b * moves[1]) - shifts[0], -(c * moves[0] + d * moves[1]) - shifts[1]]
    return mapped(images, (a, b, c, d), (offsets[0], offsets[1]))


def turned(images: tf.Tensor, quarters: tf.Tensor) -> tf.Tensor:
    """Images turned by some quarters, whole numbers (B,): exact."""
    rest = _each(quarters - 4.0 * tf.floor(quarters / 4.0))
    half = tf.where((rest == 2.0) | (rest == 3.0), tf.reverse(images, [1, 2]), images)
    return tf.where((rest == 1.0) | (rest == 3.0), tf.reverse(tf.transpose(half, [0, 2, 1, 3]), [1]), half)


def mapped(images: tf.Tensor, matrix: tuple[tf.Tensor, ...], offsets: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """The images at A u + t, interpolated linearly; u is a pixel's distance from the middle, to the right and down.

    matrix: a, b, c, d of A = [[a, b], [c, d]], each (B,), with d > 0. offsets: t, in pixels, to the right and down.
    A = diag(det / d, d) · [[1, b d / det], [0, 1]] · [[1, 0], [c / d, 1]]: scales on a canvas of twice the side, then
    a shear of its rows, then of the columns.
    """
    a, b, c, d = matrix
    side, determinant = images.shape[1], a * d - b * c
    down, across = _interpolation(d, offsets[1], side), _interpolation(determinant / d, offsets[0], side)  # (B, 2S, S)
    canvas = _resampled(_resampled(images, down), across)  # (B, 2S, 2S, 3)
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
    found = window(canvas, tf.cast(whole, tf.int64), side + 1)
    return found[:, :, :-1] + part * (found[:, :, 1:] - found[:, :, :-1])


def window(rows: tf.Tensor, starts: tf.Tensor, length: int) -> tf.Tensor:
    """`length` pixels of each row (B, R, N, C) from a start int64 (B, R) on; a row continues at its beginning."""
    size = rows.shape[2]
    places = tf.math.floormod(starts[..., None] + tf.range(length, dtype=tf.int64), size)

    @tf.custom_gradient
    def cut(rows: tf.Tensor):
        return tf.gather(rows, places, axis=2, batch_dims=2), lambda upstream: put_back(upstream, starts, size)

    return cut(rows)


def put_back(parts: tf.Tensor, starts: tf.Tensor, size: int) -> tf.Tensor:
    """The transpose of `window`: parts (B, R, length, C) where they were cut from, in zeros (B, R, size, C)."""
    length = parts.shape[2]
    places = tf.math.floormod(tf.range(size, dtype=tf.int64) - starts[..., None], size)

    @tf.custom_gradient
    def put(parts: tf.Tensor):
        padded = tf.pad(parts, [[0, 0], [0, 0], [0, size - length], [0, 0]])
        return tf.gather(padded, places, axis=2, batch_dims=2), lambda upstream: window(upstream, starts, length)

    return put(parts)


# --- colour --------------------------------------------------------------------------------------------


def colour(images: tf.Tensor, numbers: Numbers) -> tf.Tensor:
    """Change brightness, contrast, luma, hue and saturation.

    All of them leave the grey axis where it is, so that they act on a pixel's grey (its mean) and on the rest, a vector
    that hue turns about that axis.
    """
    brightness = numbers.chosen() * numbers.normal() * BRIGHTNESS
    contrast = numbers.factor(CONTRAST)
    luma = 1.0 - 2.0 * numbers.chosen() * tf.floor(2.0 * numbers.uniform())
    hue, saturation = numbers.angle(), numbers.factor(SATURATION)
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    rest = images - grey
    across = (tf.roll(rest, 1, axis=3) - tf.roll(rest, -1, axis=3)) / math.sqrt(3.0)  # grey axis × rest
    strength = contrast * saturation
    return (
        _each(contrast * luma) * (grey + _each(brightness))
        + _each(strength * tf.cos(hue)) * rest
        + _each(strength * tf.sin(hue)) * across
    )


def _each(values: tf.Tensor) -> tf.Tensor:
    """Values (B,) for images (B, H, W, C)."""
    return values[:, None, None, None]
