"""Adaptive discriminator augmentation: each transformation against its formula, gradients, and the probability."""

import math

import numpy as np
import pytest
import tensorflow as tf

from easel.training import ada
from easel.training.ada import Ada, Numbers, augment, between, colour, geometry, mapped, put_back, window

B, SIDE = 6, 16
IMAGES = np.random.default_rng(0).uniform(-1, 1, (B, SIDE, SIDE, 3)).astype(np.float32)
NEVER = 0.999  # a uniform that is above the probability
ONES, ZEROS = np.ones(B, np.float32), np.zeros(B, np.float32)


def numbers(values: list[float], probability: float = 0.5) -> Numbers:
    """The same random numbers for every image."""
    return Numbers(tf.constant([values] * B, tf.float32), tf.constant(probability))


def geometric(chosen: dict[int, float]) -> list[float]:
    """The eighteen uniforms of `geometry`: those of transformations that are not chosen change nothing."""
    gates = {0, 2, 4, 7, 9, 11, 13, 15}
    return [chosen.get(i, NEVER if i in gates else 0.5) for i in range(18)]


def waves(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A smooth picture at any places: (…, 3)."""
    return np.stack([np.cos(0.13 * x), np.sin(0.1 * y), np.cos(0.09 * (x + y))], axis=-1)


def test_the_numbers_are_all_used():
    taken = Numbers(tf.zeros((B, ada.UNIFORMS)), tf.constant(0.5))
    colour(geometry(tf.constant(IMAGES), taken), taken)
    with pytest.raises(StopIteration):
        taken.uniform()


def test_probability_0_leaves_images_unchanged():
    uniforms = np.random.default_rng(1).random((B, ada.UNIFORMS)).astype(np.float32)
    np.testing.assert_allclose(augment(tf.constant(IMAGES), uniforms, tf.constant(0.0)), IMAGES, atol=1e-6)


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({0: 0.0, 1: 0.9}, IMAGES[:, :, ::-1]),
        ({0: 0.0, 1: 0.4}, IMAGES),
        ({2: 0.0, 3: 0.3}, np.rot90(IMAGES, 1, axes=(1, 2))),
        ({2: 0.0, 3: 0.6}, np.rot90(IMAGES, 2, axes=(1, 2))),
        ({2: 0.0, 3: 0.9}, np.rot90(IMAGES, 3, axes=(1, 2))),
        ({0: 0.0, 1: 0.9, 2: 0.0, 3: 0.3}, np.rot90(IMAGES[:, :, ::-1], 1, axes=(1, 2))),
        ({0: 0.0, 1: 0.9, 2: 0.0, 3: 0.6}, np.rot90(IMAGES[:, :, ::-1], 2, axes=(1, 2))),
        ({0: 0.0, 1: 0.9, 2: 0.0, 3: 0.9}, np.rot90(IMAGES[:, :, ::-1], 3, axes=(1, 2))),
        ({9: 0.0, 10: 0.75}, np.rot90(IMAGES, 1, axes=(1, 2))),  # a rotation by a quarter: exact, too
    ],
)
def test_mirrors_and_quarter_turns_are_exact(chosen, expected):
    found = geometry(tf.constant(IMAGES), numbers(geometric(chosen)))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_shifts_by_whole_pixels_are_exact_and_continue_as_in_a_mirror():
    found = geometry(tf.constant(IMAGES), numbers(geometric({4: 0.0, 5: 1.0, 6: 0.5}))).numpy()  # 2 pixels: an eighth
    np.testing.assert_allclose(found[:, :, 2:], IMAGES[:, :, :-2], atol=1e-5)
    np.testing.assert_allclose(found[:, :, :2], IMAGES[:, :, 1::-1], atol=1e-5)


@pytest.mark.parametrize("degrees", [0.0, 10.0, -30.0, 45.0])
@pytest.mark.parametrize(("scale", "stretch"), [(1.0, 1.0), (1.2, 1.0), (0.8, 1.15)])
def test_a_map_reads_the_picture_where_it_says(degrees, scale, stretch):
    """On a picture so smooth that interpolating it twice loses little; away from the edges."""
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    matrix, offset = scale * turn @ np.diag([stretch, 1 / stretch]), np.array([1.5, -0.75])
    side = 64
    place = np.arange(side) - (side - 1) / 2
    images = np.repeat(waves(*np.meshgrid(place, place))[None], B, axis=0).astype(np.float32)
    found = mapped(images, tuple(value * ONES for value in matrix.ravel()), tuple(value * ONES for value in offset))
    middle = place[side // 2 - 12 : side // 2 + 12]
    x, y = np.einsum("ij,jhw->ihw", matrix, np.stack(np.meshgrid(middle, middle))) + offset[:, None, None]
    inside = slice(side // 2 - 12, side // 2 + 12)
    np.testing.assert_allclose(found[0, inside, inside], waves(x, y), atol=0.02)


def test_rotations_are_as_frequent_as_the_probability_says():
    count = 20_000
    taken = Numbers(tf.random.stateless_uniform([count, 4], [1, 2], alg="philox"), tf.constant(0.3))
    rotated = 1.0 - tf.sqrt(1.0 - taken.probability)
    turned = (taken.angle(rotated).numpy() != 0) | (taken.angle(rotated).numpy() != 0)
    assert turned.mean() == pytest.approx(0.3, abs=0.02)


def test_factors_are_powers_of_two_with_the_deviation():
    uniforms = tf.random.stateless_uniform([20_000, 2], [3, 4], alg="philox")
    logarithms = np.log2(Numbers(uniforms, tf.constant(1.0)).factor(0.5).numpy())
    assert logarithms.std() == pytest.approx(0.5, abs=0.01)
    assert logarithms.mean() == pytest.approx(0.0, abs=0.01)
    assert np.abs(logarithms).max() == pytest.approx(1.5, abs=0.01)  # three deviations


def test_colours_follow_the_papers_matrices():
    """Appendix B, lines 24 to 36, as products of homogeneous matrices."""
    brightness, contrast, hue, saturation = 0.8, 0.3, 0.6, 0.2  # uniforms
    found = colour(tf.constant(IMAGES), numbers([0, brightness, 0, contrast, 0, 0.9, 0, hue, 0, saturation]))

    def normal(uniform: float) -> float:
        return math.sqrt(2) * float(tf.math.erfinv(2 * uniform - 1))

    axis = np.array([1, 1, 1, 0]) / math.sqrt(3)
    total = np.eye(4)
    moved = np.eye(4)
    moved[:3, 3] = 0.2 * normal(brightness)
    total = moved @ total
    total = np.diag([2 ** (0.5 * normal(contrast))] * 3 + [1]) @ total
    total = (np.eye(4) - 2 * np.outer(axis, axis)) @ total
    angle, (x, y, z) = (2 * hue - 1) * math.pi, axis[:3]
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn = np.eye(4)
    turn[:3, :3] = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * cross @ cross
    total = turn @ total
    grey = np.outer(axis, axis)
    total = (grey + (np.eye(4) - grey) * 2 ** normal(saturation)) @ total
    expected = IMAGES @ total[:3, :3].T + total[:3, 3]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_window_and_putting_it_back_are_transposes():
    random = np.random.default_rng(2)
    rows, parts = random.normal(size=(2, 3, 8, 3)), random.normal(size=(2, 3, 5, 3))
    starts = tf.constant(random.integers(-20, 20, (2, 3)))
    cut, put = window(tf.constant(rows), starts, 5), put_back(tf.constant(parts), starts, 8)
    assert np.sum(cut * parts) == pytest.approx(np.sum(rows * put))
    with tf.GradientTape() as tape:
        watched = tf.Variable(rows)
        total = tf.reduce_sum(window(watched, starts, 5) * parts)
    np.testing.assert_allclose(tape.gradient(total, watched), put)


def test_gradients_are_those_of_a_linear_map_and_differentiable():
    """Augmentation is affine in the image: the gradient's product with a direction is the change in that direction."""
    uniforms = tf.constant(np.random.default_rng(3).random((B, ada.UNIFORMS)).astype(np.float32))
    direction = np.random.default_rng(4).normal(size=IMAGES.shape).astype(np.float32)
    images, probability = tf.constant(IMAGES), tf.constant(0.8)
    weights = np.random.default_rng(5).normal(size=IMAGES.shape).astype(np.float32)
    with tf.GradientTape() as tape:
        tape.watch(images)
        total = tf.reduce_sum(augment(images, uniforms, probability) * weights)
    along = np.sum(tape.gradient(total, images) * direction)
    moved, still = (augment(images + change, uniforms, probability) for change in (direction, 0.0))
    assert along == pytest.approx(np.sum((moved - still) * weights), rel=1e-3)

    def squared_gradient(scale: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(images)
            total = tf.reduce_sum(augment(scale * images, uniforms, probability) ** 2)
        return tf.reduce_sum(tape.gradient(total, images) ** 2)

    scale, step = tf.constant(1.0), 0.02
    with tf.GradientTape() as outer:
        outer.watch(scale)
        squared = squared_gradient(scale)
    above, below = (float(squared_gradient(scale + change)) for change in (step, -step))
    assert float(outer.gradient(squared, scale)) == pytest.approx((above - below) / (2 * step), rel=1e-2)


def test_interpolation_has_the_gradients_of_its_formula():
    random = np.random.default_rng(6)
    rows, part = tf.constant(random.normal(size=(2, 3, 8, 3))), tf.constant(random.random((2, 3, 1, 1)))
    weights = random.normal(size=(2, 3, 7, 3))

    def formula(rows: tf.Tensor) -> tf.Tensor:
        return (1.0 - part) * rows[:, :, :-1] + part * rows[:, :, 1:]

    def derivatives(interpolate) -> list[tf.Tensor]:
        with tf.GradientTape() as outer:
            outer.watch(rows)
            with tf.GradientTape() as inner:
                inner.watch(rows)
                total = tf.reduce_sum(interpolate(rows) ** 3 * weights)
            gradient = inner.gradient(total, rows)
        return [total, gradient, outer.gradient(gradient, rows)]

    for found, expected in zip(derivatives(lambda rows: between(rows, part)), derivatives(formula), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_probability_follows_the_sign_of_real_logits():
    layer = Ada(target=0.6, images=1_000)
    for _ in range(20):
        layer.follow(tf.constant(1.0), 50)
    # The moving average of the sign starts at 0, and passes 0.6 with the fourth batch.
    assert float(layer.probability) == pytest.approx((20 - 3) * 50 / 1_000)
    for _ in range(20):
        layer.follow(tf.constant(1.0), 50)
    assert float(layer.probability) == 1.0
    for _ in range(100):
        layer.follow(tf.constant(0.2), 50)
    assert float(layer.probability) == 0.0
    assert float(layer.sign) == pytest.approx(0.2, abs=1e-3)
