"""Penalties of discriminators with known gradients, and LeCam's moving averages."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.penalties import LeCam, gradient_norms, gradient_penalty, zero_centred

SHAPE = (4, 3, 3, 2)
REAL, FAKE = (np.random.default_rng(i).standard_normal(SHAPE).astype(np.float32) for i in (0, 1))
WEIGHTS = np.random.default_rng(2).standard_normal(SHAPE[1:]).astype(np.float32)


def linear(weights):
    """D(x) = ⟨w, x⟩, whose gradient is w everywhere."""
    return lambda images: tf.reduce_sum(weights * images, axis=[1, 2, 3])[:, None]


def quadratic(scale):
    """D(x) = a ‖x‖², whose gradient is 2 a x."""
    return lambda images: scale * tf.reduce_sum(images**2, axis=[1, 2, 3])[:, None]


def squares(images: np.ndarray) -> np.ndarray:
    return (images**2).sum(axis=(1, 2, 3))


def test_logits_and_their_squared_gradient_norms():
    logits, squared = gradient_norms(quadratic(0.5), tf.constant(REAL))
    np.testing.assert_allclose(logits[:, 0], 0.5 * squares(REAL), rtol=1e-5)
    np.testing.assert_allclose(squared, squares(REAL), rtol=1e-5)
    np.testing.assert_allclose(gradient_norms(linear(WEIGHTS), tf.constant(REAL))[1], squares(WEIGHTS[None]).repeat(4))


def test_the_gradient_penalty_is_taken_between_real_and_generated_images():
    uniforms = np.array([0.0, 0.25, 0.5, 1.0], np.float32)
    between = uniforms[:, None, None, None] * REAL + (1 - uniforms[:, None, None, None]) * FAKE
    found = gradient_penalty(quadratic(0.5), *map(tf.constant, (REAL, FAKE, uniforms)))
    assert float(found) == pytest.approx(((np.sqrt(squares(between)) - 1) ** 2).mean(), rel=1e-5)
    unit = linear(WEIGHTS / np.sqrt(squares(WEIGHTS[None])[0]))
    assert float(gradient_penalty(unit, *map(tf.constant, (REAL, FAKE, uniforms)))) == pytest.approx(0.0, abs=1e-10)


def test_r1_and_r2_are_half_the_mean_square():
    _, squared = gradient_norms(quadratic(1.5), tf.constant(REAL))
    assert float(zero_centred(squared)) == pytest.approx(0.5 * 9 * squares(REAL).mean(), rel=1e-5)


def test_penalties_have_the_right_second_gradients():
    """½ E ‖2 a x‖² is 2 a² E ‖x‖², and its derivative 4 a E ‖x‖²; (2 a ‖x‖ − 1)² has 4 E ‖x‖ (2 a ‖x‖ − 1)."""
    scale = tf.Variable(0.7)
    with tf.GradientTape(persistent=True) as tape:
        r1 = zero_centred(gradient_norms(quadratic(scale), tf.constant(REAL))[1])
        penalty = gradient_penalty(quadratic(scale), tf.constant(REAL), tf.constant(FAKE), tf.ones(4))
    assert float(tape.gradient(r1, scale)) == pytest.approx(4 * 0.7 * squares(REAL).mean(), rel=1e-4)
    lengths = np.sqrt(squares(REAL))
    expected = (4 * lengths * (2 * 0.7 * lengths - 1)).mean()
    assert float(tape.gradient(penalty, scale)) == pytest.approx(expected, rel=1e-4)


def test_a_constant_discriminator_has_a_finite_gradient():
    scale = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        penalty = gradient_penalty(quadratic(scale), tf.constant(REAL), tf.constant(FAKE), tf.ones(4))
    assert float(penalty) == pytest.approx(1.0, rel=1e-4)
    assert np.isfinite(tape.gradient(penalty, scale))


def test_lecam_holds_logits_near_the_average_of_the_other_kind():
    random, lecam = np.random.default_rng(0), LeCam()
    averages = np.zeros(2)
    for _ in range(5):
        real, fake = random.standard_normal((2, 8, 1)).astype(np.float32)
        expected = ((real - averages[1]) ** 2).mean() + ((fake - averages[0]) ** 2).mean()
        assert float(lecam(tf.constant(real), tf.constant(fake))) == pytest.approx(expected, rel=1e-5)
        lecam.follow(real.mean(), fake.mean())
        averages = 0.99 * averages + 0.01 * np.array([real.mean(), fake.mean()])
        np.testing.assert_allclose([float(lecam.real), float(lecam.fake)], averages, rtol=1e-4, atol=1e-7)
    assert lecam.trainable_variables == []
    assert len(lecam.variables) == 2
