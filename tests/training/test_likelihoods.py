"""Likelihoods against NumPy and SciPy, and against the same ones of the test ELBO."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.stats import laplace as laplace_distribution

from easel.metrics import elbo
from easel.training.likelihoods import bernoulli, discretised_logistic, gaussian, laplace

IMAGES = (np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3)) / 127.5 - 1).astype(np.float32)
DECODED = np.random.default_rng(1).uniform(-0.9, 0.9, (5, 8, 8, 3)).astype(np.float32)


def nats(likelihood, images=IMAGES, decoded=DECODED, **keys):
    return likelihood(tf.constant(images), tf.constant(decoded), **keys).numpy()


def test_bernoulli_is_cross_entropy_in_nats_per_image():
    target, chance = (IMAGES.astype(float) + 1) / 2, (DECODED.astype(float) + 1) / 2
    expected = -(target * np.log(chance) + (1 - target) * np.log(1 - chance)).sum(axis=(1, 2, 3)).mean()
    assert nats(bernoulli) == pytest.approx(expected, rel=1e-5)


def test_bernoulli_is_finite_at_the_ends_of_the_range():
    ends = np.array([[[[-1.0, 1.0, 1.0]]]], np.float32)
    assert np.isfinite(nats(bernoulli, -ends, ends))


def test_gaussian_is_half_the_squared_error_per_image():
    expected = 0.5 * ((IMAGES.astype(float) - DECODED) ** 2).sum(axis=(1, 2, 3)).mean()
    assert nats(gaussian) == pytest.approx(expected, rel=1e-5)


def test_laplace_is_a_density_but_for_its_constant():
    density = laplace_distribution.logpdf(IMAGES.astype(float), DECODED.astype(float)).sum(axis=(1, 2, 3)).mean()
    assert nats(laplace) + np.log(2) * 8 * 8 * 3 == pytest.approx(-density, rel=1e-5)


@pytest.mark.parametrize(
    ("likelihood", "exact", "keys", "constant"),
    [
        (bernoulli, elbo.bernoulli, {}, 0.0),
        (gaussian, elbo.gaussian, {}, 0.5 * np.log(2 * np.pi)),
        (laplace, elbo.laplace, {}, np.log(2)),
        (discretised_logistic, elbo.discretised_logistic, {"scale": 0.1}, 0.0),
    ],
)
def test_training_and_judging_mean_the_same(likelihood, exact, keys, constant):
    expected = -exact(IMAGES, DECODED, **keys).mean()
    assert nats(likelihood, **keys) + constant * 8 * 8 * 3 == pytest.approx(expected, rel=1e-5)


def test_a_discretised_logistic_is_finite_however_wrong():
    ends = np.array([[[[-1.0, 1.0, 0.2]]]], np.float32)
    images, decoded = tf.constant(ends), tf.Variable(-ends)
    with tf.GradientTape() as tape:
        loss = discretised_logistic(images, decoded, scale=1e-3)
    assert np.isfinite(loss)
    assert np.isfinite(tape.gradient(loss, decoded)).all()
