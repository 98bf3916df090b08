"""The VAE objective: beta's warm-up, free bits, and that training improves reconstructions."""

import numpy as np
import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves

from easel.training.divergences import kl_from_standard_normal


def test_warm_up_raises_beta_from_0(trainer_of):
    objective = trainer_of("vae", beta=4.0, warm_up=2.0).objective  # 4 steps an epoch
    steps = [tf.constant(step, tf.int64) for step in (0, 2, 8, 100)]
    assert [float(objective.beta(step)) for step in steps] == [0.0, 1.0, 4.0, 4.0]
    assert trainer_of("vae", beta=4.0).objective.beta(steps[0]) == 4.0


def test_free_bits_are_the_least_that_a_dimension_costs(trainer_of):
    trainer = trainer_of("vae", free_bits=0.5, beta=2.0)
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    mean, log_variance = trainer.networks["encoder"](batch.images)
    each = kl_from_standard_normal(mean, log_variance).numpy()
    loss, reconstruction, kl = trainer.objective.step(batch)
    assert each.min() < 0.5
    assert float(kl) == pytest.approx(each.sum(), rel=1e-4)
    assert float(loss - reconstruction) == pytest.approx(2.0 * np.maximum(each, 0.5).sum(), rel=1e-4)


def test_the_decoder_takes_a_sample_of_the_posterior(trainer_of):
    trainer = trainer_of("vae", likelihood="gaussian")
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    mean, log_variance = trainer.networks["encoder"](batch.images, training=True)
    decoded = trainer.networks["decoder"](mean + np.exp(log_variance.numpy() / 2) * batch.noise, training=True)
    expected = 0.5 * ((batch.images - decoded).numpy() ** 2).sum(axis=(1, 2, 3)).mean()
    assert float(trainer.objective.step(batch)[1]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("preset", ["vae", "conv_vae"])
def test_reconstruction_improves(training_of, preset):
    assert_reconstruction_improves(training_of(preset, epochs=15, learning_rate=3e-3, log_every=10))
