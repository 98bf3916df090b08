"""Objectives: their losses against their formulas, the balance of the VAE-GAN, and that training improves."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.batches import Batches
from easel.training.divergences import kl_from_standard_normal
from easel.training.objectives.vq_vae import nearest


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


def first_batch(training):
    """The first step's batch, and what the untrained networks make of it."""
    batches = Batches(training.source, 16, training.settings.latent_dim, 0, training.settings.flip)
    return batches.batch(tf.constant(0, tf.int64))


def test_warm_up_raises_beta_from_0(training_of):
    objective = training_of("vae", beta=4.0, warm_up=2.0).objective  # 4 steps an epoch
    steps = [tf.constant(step, tf.int64) for step in (0, 2, 8, 100)]
    assert [float(objective.beta(step)) for step in steps] == [0.0, 1.0, 4.0, 4.0]
    assert training_of("vae", beta=4.0).objective.beta(steps[0]) == 4.0


def test_free_bits_are_the_least_that_a_dimension_costs(training_of):
    training = training_of("vae", free_bits=0.5, beta=2.0)
    batch = first_batch(training)
    mean, log_variance = training.networks["encoder"](batch.images)
    each = kl_from_standard_normal(mean, log_variance).numpy()
    loss, reconstruction, kl = training.objective.step(batch)
    assert each.min() < 0.5
    assert float(kl) == pytest.approx(each.sum(), rel=1e-4)
    assert float(loss - reconstruction) == pytest.approx(2.0 * np.maximum(each, 0.5).sum(), rel=1e-4)


def test_a_regularised_autoencoders_loss(training_of):
    training = training_of("rae", embedding_penalty=0.5, decoder_penalty=0.01)
    batch = first_batch(training)
    encoder, decoder = training.networks["encoder"], training.networks["decoder"]
    before = sum((weight.numpy() ** 2).sum() for weight in decoder.trainable_variables)
    loss, reconstruction, embedding = map(float, training.objective.step(batch))
    assert loss == pytest.approx(reconstruction + 0.5 * embedding + 0.01 * before, rel=1e-5)
    assert encoder(batch.images).shape == (16, 8)


def test_a_vq_vaes_gradients_go_past_the_choice(training_of):
    """The encoder's gradient is the decoder's at the entries, and the commitment's; the prior gets none of it."""
    training = training_of("vq_vae", latent_dim=16, codes=8)
    networks, objective = training.networks, training.objective
    batch = first_batch(training)
    features = networks["encoder"](batch.images, training=True)
    entries = networks["codebook"](nearest(features, networks["codebook"].get_weights()[0]))
    loss, reconstruction, quantisation, prior, perplexity = map(float, objective.step(batch))
    assert quantisation == pytest.approx(((features - entries).numpy() ** 2).sum() / 16, rel=1e-4)
    assert loss == pytest.approx(reconstruction + 1.25 * quantisation, rel=1e-5)
    assert prior == pytest.approx(16 * np.log(8), rel=0.2)
    assert 1 <= perplexity <= 8
    assert all((variable.numpy() != 0).any() for variable in objective.optimizers["autoencoder"]._momentums[:2])


def test_a_vae_gan_may_compare_pixels_too(training_of, tmp_path):
    """Untrained, both trainings decode the same, so that their errors differ by that of pixels."""
    found = []
    for weight in (0.0, 20.0):
        training = training_of("vae_gan", pixel_weight=weight, states=tmp_path / str(weight))
        batch = first_batch(training)
        mean, log_variance = training.objective.encoder(batch.images, training=True)
        decoded = training.objective.decoder(mean + np.exp(0.5 * log_variance) * batch.noise, training=True)
        found.append(float(training.objective.step(batch)[0]))
    squared = ((batch.images - decoded).numpy() ** 2).sum(axis=(1, 2, 3))
    assert found[1] - found[0] == pytest.approx(20.0 * 0.5 * squared.mean(), rel=1e-3)


IMPROVING = {"vae": {}, "vae_gan": {}, "conv_vae": {}, "rae": {}, "vq_vae": {"latent_dim": 16, "codes": 16}}


@pytest.mark.parametrize("preset", IMPROVING)
def test_reconstruction_improves(training_of, preset):
    training = training_of(preset, epochs=15, learning_rate=3e-3, log_every=10, **IMPROVING[preset])
    training.run()
    assert training.rows()[-1]["reconstruction"] < 0.8 * training.rows()[0]["reconstruction"]


@pytest.mark.parametrize("loss", ["non_saturating", "least_squares", "hinge"])
def test_a_discriminator_learns_to_tell_noise_from_images(training_of, loss):
    training = training_of("dcgan", epochs=15, loss=loss, learning_rate=1e-6, discriminator_learning_rate=2e-3)
    training.run()
    last = training.rows()[-1]
    assert last["real_accuracy"] > 0.9
    assert last["fake_accuracy"] > 0.9
