"""The VQ-VAE objective: nearest codes, perplexity, straight-through gradients, improving reconstructions."""

import os
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf
from helpers.small_trainings import assert_reconstruction_improves, assert_same

from easel.runtime.errors import EaselError
from easel.training import replicas
from easel.training.objectives.vq_vae import Revival, nearest_codes, perplexity


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


def test_an_entry_that_is_long_unused_moves_to_a_feature():
    random = np.random.default_rng(0)
    features = random.normal(size=(4, 4, 3)).astype(np.float32)
    start = random.normal(size=(5, 3)).astype(np.float32)
    entries, revival = keras.Variable(start), Revival(5)
    for step in range(Revival.UNUSED):
        np.testing.assert_array_equal(entries, start)
        rare = 3 if step == 50 else 0
        chosen = np.full((4, 4), [0, 1, 2, rare], np.int32)
        revival.follow(tf.constant(chosen), tf.constant(features), entries, tf.constant(step, tf.int64))
    np.testing.assert_array_equal(entries[:4], start[:4])
    assert (np.abs(features.reshape(-1, 3) - entries[4]).sum(axis=1) == 0).any()
    np.testing.assert_array_equal(revival.unused_for, [0, 0, 0, 49, 0])


def test_several_devices_move_entries_as_one_does(monkeypatch):
    """Each with half of the batch; what they exchange is recorded first, and averaged then."""
    random = np.random.default_rng(0)
    features, start = (random.normal(size=shape).astype(np.float32) for shape in ((4, 4, 3), (9, 3)))
    chosen = np.int32([[0, 1, 0, 1]] * 2 + [[2, 1, 2, 1]] * 2)

    def follow(part: slice) -> list[np.ndarray]:
        entries, revival = keras.Variable(start), Revival(9)
        revival.unused_for.assign(np.full(9, Revival.UNUSED - 1, np.float32))
        step = tf.constant(5, tf.int64)
        revival.follow(tf.constant(chosen[part]), tf.constant(features[part]), entries, step)
        return [entries.numpy(), revival.unused_for.numpy()]

    whole = follow(slice(None))
    halves, exchanged = (slice(0, 2), slice(2, 4)), []
    monkeypatch.setattr(replicas, "count", lambda: 2)

    def on_both(mean) -> list[list[np.ndarray]]:
        monkeypatch.setattr(replicas, "mean", mean)
        found = []
        for index, half in enumerate(halves):
            monkeypatch.setattr(replicas, "index", lambda index=index: index)
            found.append(follow(half))
        return found

    on_both(lambda values: exchanged.append(values) or values)
    means = [(one + other) / 2 for one, other in zip(*exchanged, strict=True)]
    for found in on_both(lambda values: means):
        for one, other in zip(whole, found, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-6)


def test_revived_codes_are_used_and_resume_bit_for_bit(training_of, tmp_path, monkeypatch):
    """Most entries begin far from all features."""
    monkeypatch.setattr(Revival, "UNUSED", 3)
    options = {"latent_dim": 16, "codes": 16, "epochs": 3}

    def begun(folder: str):
        training = training_of("vq_vae", states=tmp_path / folder, **options)
        entries = training.trainer.networks["codebook"].trainable_variables[0]
        entries.assign(np.concatenate([entries[:4], np.full((12, 4), 100.0, np.float32)]))
        return training

    whole = begun("whole")
    whole.run()
    entries = whole.trainer.networks["codebook"].get_weights()[0]
    assert np.abs(entries).max() < 10
    assert whole.state.rows()[-1]["perplexity"] > whole.state.rows()[0]["perplexity"]
    stopped = begun("stopped")
    stopped.before_step(7, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(EaselError, match="stopped by SIGTERM"):
        stopped.run()
    again = begun("stopped")
    again.run()
    assert again.state.resumed_at
    assert_same(whole, again)


def test_reconstruction_improves(training_of):
    options = {"latent_dim": 16, "codes": 16}
    assert_reconstruction_improves(training_of("vq_vae", epochs=15, learning_rate=3e-3, log_every=10, **options))
