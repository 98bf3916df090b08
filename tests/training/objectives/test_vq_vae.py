"""The VQ-VAE objective: nearest codes, perplexity, straight-through gradients, improving reconstructions."""

import numpy as np
import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves

from easel.training.objectives.vq_vae import nearest_codes, perplexity


def test_the_nearest_entry():
    random = np.random.default_rng(3)
    features, entries = random.normal(size=(4, 6, 3)).astype(np.float32), random.normal(size=(7, 3)).astype(np.float32)
    expected = ((features[:, :, None] - entries) ** 2).sum(axis=-1).argmin(axis=-1)
    np.testing.assert_array_equal(nearest_codes(features, entries), expected)


@pytest.mark.parametrize(("codes", "expected"), [([[0, 1, 2, 3]], 4.0), ([[2, 2, 2, 2]], 1.0), ([[0, 0, 1, 1]], 2.0)])
def test_perplexity_is_the_number_of_codes_in_use(codes, expected):
    assert perplexity(np.int32(codes), 8).numpy() == pytest.approx(expected, rel=1e-6)


def test_gradients_skip_the_choice_of_codes(trainer_of):
    """The encoder's gradient is the decoder's at the entries, plus the commitment's; the prior adds nothing to it."""
    trainer = trainer_of("vq_vae", latent_dim=16, codes=8)
    networks, objective = trainer.networks, trainer.objective
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    features = networks["encoder"](batch.images, training=True)
    entries = networks["codebook"](nearest_codes(features, networks["codebook"].get_weights()[0]))
    loss, reconstruction, quantisation, prior, used = map(float, objective.step(batch))
    assert quantisation == pytest.approx(((features - entries).numpy() ** 2).sum() / 16, rel=1e-4)
    assert loss == pytest.approx(reconstruction + 1.25 * quantisation, rel=1e-5)
    assert prior == pytest.approx(16 * np.log(8), rel=0.2)
    assert 1 <= used <= 8
    assert all((variable.numpy() != 0).any() for variable in objective.optimizers["autoencoder"]._momentums[:2])


def test_reconstruction_improves(training_of):
    options = {"latent_dim": 16, "codes": 16}
    assert_reconstruction_improves(training_of("vq_vae", epochs=15, learning_rate=3e-3, log_every=10, **options))
