"""The VAE-GAN objective: the balance of its players, pixel errors, and that training improves reconstructions."""

import numpy as np
import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves


@pytest.mark.parametrize(
    ("real_error", "fake_error", "decoder", "discriminator"),
    [
        (0.68, 0.68, True, True),  # in balance
        (0.10, 0.68, True, False),  # the discriminator recognises real images too well
        (0.68, 0.10, True, False),
        (1.50, 0.68, False, True),  # the decoder fools it
        (0.68, 1.50, False, True),
        (0.10, 1.50, True, True),  # both: neither pauses
    ],
)
def test_the_side_that_is_ahead_pauses(trainer_of, real_error, fake_error, decoder, discriminator):
    objective = trainer_of("vae_gan").objective
    learns = objective._balance(tf.constant(real_error), tf.constant(fake_error))
    assert [bool(side) for side in learns] == [decoder, discriminator]


def test_pixel_errors_are_added_with_their_weight(trainer_of):
    """Two untrained trainers decode the same, so their losses differ by the error of pixels alone."""
    found = []
    for weight in (0.0, 20.0):
        trainer = trainer_of("vae_gan", pixel_weight=weight)
        batch = trainer.batches.batch(tf.constant(0, tf.int64))
        mean, log_variance = trainer.objective.encoder(batch.images, training=True)
        decoded = trainer.objective.decoder(mean + np.exp(0.5 * log_variance) * batch.noise, training=True)
        found.append(float(trainer.objective.step(batch)[0]))
    squared = ((batch.images - decoded).numpy() ** 2).sum(axis=(1, 2, 3))
    assert found[1] - found[0] == pytest.approx(20.0 * 0.5 * squared.mean(), rel=1e-3)


def test_each_loss_is_what_the_paper_adds_up(trainer_of):
    """Features against features, real against reconstructions and samples, all by one discriminator (algorithm 1)."""
    trainer = trainer_of("vae_gan", pixel_weight=0.0)
    objective = trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    mean, log_variance = objective.encoder(batch.images, training=True)
    decoded = objective.decoder(mean + np.exp(0.5 * log_variance.numpy()) * batch.noise, training=True)
    sampled = objective.decoder(batch.latents, training=True)
    logits, features = zip(
        *(objective.discriminator(x, training=True) for x in (batch.images, decoded, sampled)), strict=True
    )
    reconstruction, kl, fooled, discriminator, *_ = map(float, objective.step(batch))
    squared = ((features[0] - features[1]).numpy() ** 2).reshape(16, -1).sum(axis=1)
    assert reconstruction == pytest.approx(0.5 * squared.mean(), rel=1e-3)
    variance = np.exp(log_variance.numpy())
    expected_kl = 0.5 * (mean.numpy() ** 2 + variance - 1 - log_variance.numpy()).sum(axis=1).mean()
    assert kl == pytest.approx(expected_kl, rel=1e-3)
    real, of_decoded, of_sampled = (each.numpy().astype(np.float64) for each in logits)
    right = [np.log1p(np.exp(of_decoded)).mean(), np.log1p(np.exp(of_sampled)).mean()]
    wrong = [np.log1p(np.exp(-of_decoded)).mean(), np.log1p(np.exp(-of_sampled)).mean()]
    assert discriminator == pytest.approx(np.log1p(np.exp(-real)).mean() + np.mean(right), rel=1e-3)
    assert fooled == pytest.approx(np.mean(wrong), rel=1e-3)


def test_reconstruction_improves(training_of):
    assert_reconstruction_improves(training_of("vae_gan", epochs=15, learning_rate=3e-3, log_every=10))
