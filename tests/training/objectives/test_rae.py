"""The objective of regularised autoencoders: its terms, and that training improves reconstructions."""

import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves


def test_the_loss_is_the_weighted_sum_of_its_terms(trainer_of):
    trainer = trainer_of("rae", embedding_penalty=0.5, decoder_penalty=0.01)
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    encoder, decoder = trainer.networks["encoder"], trainer.networks["decoder"]
    squares = sum((weight.numpy() ** 2).sum() for weight in decoder.trainable_variables)
    loss, reconstruction, embedding = map(float, trainer.objective.step(batch))
    assert loss == pytest.approx(reconstruction + 0.5 * embedding + 0.01 * squares, rel=1e-5)
    assert encoder(batch.images).shape == (16, 8)


def test_reconstruction_improves(training_of):
    assert_reconstruction_improves(training_of("rae", epochs=15, learning_rate=3e-3, log_every=10))
