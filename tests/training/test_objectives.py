"""Objectives: reconstruction terms against NumPy, the balance of the VAE-GAN, and that training improves."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.objectives.vae import bernoulli, gaussian

IMAGES = np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)).astype(np.float32)
DECODED = np.random.default_rng(1).uniform(-0.9, 0.9, (5, 8, 8, 3)).astype(np.float32)


def test_bernoulli_is_cross_entropy_in_nats_per_image():
    target, chance = (IMAGES.astype(float) + 1) / 2, (DECODED.astype(float) + 1) / 2
    expected = -(target * np.log(chance) + (1 - target) * np.log(1 - chance)).sum(axis=(1, 2, 3)).mean()
    assert bernoulli(tf.constant(IMAGES), tf.constant(DECODED)).numpy() == pytest.approx(expected, rel=1e-5)


def test_bernoulli_is_finite_at_the_ends_of_the_range():
    ends = tf.constant(np.array([[[[-1.0, 1.0, 1.0]]]], np.float32))
    assert np.isfinite(bernoulli(-ends, ends).numpy())


def test_gaussian_is_half_the_squared_error_per_image():
    expected = 0.5 * ((IMAGES.astype(float) - DECODED) ** 2).sum(axis=(1, 2, 3)).mean()
    assert gaussian(tf.constant(IMAGES), tf.constant(DECODED)).numpy() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("real_error", "fake_error", "decoder", "discriminator"),
    [
        (0.68, 0.68, True, True),  # in balance
        (0.10, 0.68, True, False),  # the discriminator knows real images too well
        (0.68, 0.10, True, False),
        (1.50, 0.68, False, True),  # the decoder fools it
        (0.68, 1.50, False, True),
        (0.10, 1.50, True, True),  # both: neither pauses
    ],
)
def test_the_side_that_is_ahead_pauses(training_of, real_error, fake_error, decoder, discriminator):
    objective = training_of("vae_gan").objective
    learns = objective._balance(tf.constant(real_error), tf.constant(fake_error))
    assert [bool(side) for side in learns] == [decoder, discriminator]


@pytest.mark.parametrize("preset", ["vae", "vae_gan"])
def test_reconstruction_improves(training_of, preset):
    training = training_of(preset, epochs=15, learning_rate=3e-3, log_every=10)
    training.run()
    assert training.rows()[-1]["reconstruction"] < 0.8 * training.rows()[0]["reconstruction"]


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares", "hinge"])
def test_a_discriminator_learns_to_tell_noise_from_images(training_of, loss):
    training = training_of("dcgan", epochs=15, loss=loss, learning_rate=1e-6, discriminator_learning_rate=2e-3)
    training.run()
    last = training.rows()[-1]
    assert last["real_accuracy"] > 0.9
    assert last["fake_accuracy"] > 0.9
