"""The objective of regularised autoencoders: its terms, and that training improves reconstructions."""

import numpy as np
import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves


def test_the_loss_is_the_weighted_sum_of_its_terms(trainer_of):
    trainer = trainer_of("rae", embedding_penalty=0.5, decoder_penalty=0.01)
    batch = trainer.batches.batch(tf.constant(0, tf.int64))
    encoder, decoder = trainer.networks["encoder"], trainer.networks["decoder"]
    kernels = [layer.kernel.numpy() for layer in decoder.layers if hasattr(layer, "kernel")]
    assert len(kernels) == 4  # a dense one, two for 16×16 and 32×32, one for the image
    squares = sum((kernel**2).sum() for kernel in kernels)
    loss, reconstruction, embedding = map(float, trainer.objective.step(batch))
    assert loss == pytest.approx(reconstruction + 0.5 * embedding + 0.01 * squares, rel=1e-5)
    assert encoder(batch.images).shape == (16, 8)


def test_the_decoders_penalty_leaves_biases_and_normalisation_alone(trainer_of):
    """Of an enormous weight, the kernels alone feel anything: Adam's running means are gradients but for a factor."""
    found = {}
    for weight in (0.0, 1e6):
        trainer = trainer_of("rae", decoder_penalty=weight, embedding_penalty=0.0)
        decoder = trainer.networks["decoder"]
        for variable in decoder.trainable_variables:
            variable.assign(variable + 0.1)  # biases begin at 0, where the penalty of one has no gradient
        trainer.objective.step(trainer.batches.batch(tf.constant(0, tf.int64)))
        optimizer = trainer.objective.optimizers["rae"]
        of_decoder = optimizer._momentums[-len(decoder.trainable_variables) :]
        found[weight] = [mean.numpy() for mean in of_decoder]
    for variable, without, penalised in zip(decoder.trainable_variables, *found.values(), strict=True):
        if variable.name == "kernel":
            assert abs(penalised - without).min() > 0.0
        else:
            np.testing.assert_allclose(penalised, without, rtol=1e-3, atol=1e-4)


def test_reconstruction_improves(training_of):
    assert_reconstruction_improves(training_of("rae", epochs=15, learning_rate=3e-3, log_every=10))
