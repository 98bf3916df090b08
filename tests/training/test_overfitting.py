"""Overfitting and memorisation, seen while a network trains."""

import logging
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from benchmarks import composites
from helpers.small_trainings import Training

from easel.training import overfitting
from easel.training.history import Check
from easel.training.overfitting import Found, Watch, relative_distances, sign, summary, thumbnails
from easel.training.state import TrainingState
from easel.training.trainer import HeldOut, Trainer

TRAIN, TEST, FRESH = (composites.draw(split, 40, 32) for split in composites.SPLITS)


class Drawing:
    """A generator that gives certain images, and a discriminator with certain logits."""

    def __init__(self, images: np.ndarray, logits: dict[str, float] | None = None):
        self.images, self.logits = images, logits

    def watch(self, flip: bool = False) -> Watch:
        logits = self.logits

        def generator(inputs, training):
            return self.images[np.arange(len(inputs)) % len(self.images)] / 127.5 - 1.0

        def mean_logit(images, labels):
            known = {"train": TRAIN, "test": TEST}
            return logits[next((name for name, some in known.items() if np.array_equal(some, images)), "samples")]

        trainer = SimpleNamespace(
            images=TRAIN, labels=None, seed=0, settings=SimpleNamespace(latent_dim=2), generator=generator,
            held_out=HeldOut(TEST, np.zeros(len(TEST), int), ""), batches=SimpleNamespace(flip=flip),
            objective=SimpleNamespace(has_logits=bool(logits), mean_logit=mean_logit),
        )  # fmt: skip
        return Watch(trainer, trainer.held_out)


def noisy(images: np.ndarray) -> np.ndarray:
    """Images with the noise of a bad copy."""
    noise = np.random.default_rng(0).normal(0, 12, images.shape)
    return np.clip(images + noise, 0, 255).astype(np.uint8)


def test_copies_of_training_images_are_memorised():
    found = Drawing(noisy(TRAIN)).watch().check()
    assert found.near_copy_rate > 0.9
    assert found.copies
    assert np.isnan(found.gap)


@pytest.mark.parametrize("of", ["fresh pictures", "grey", "the mean picture", "blurred fresh pictures"])
def test_what_is_no_copy_is_not_taken_for_one(of):
    """A grey image is nearer to the training images than most images are to each other."""
    images = {
        "fresh pictures": FRESH,
        "grey": np.full_like(FRESH[:1], 128),
        "the mean picture": TRAIN.mean(axis=0, keepdims=True).astype(np.uint8),
        "blurred fresh pictures": np.repeat(np.repeat(FRESH[:, ::8, ::8], 8, axis=1), 8, axis=2),
    }[of]
    found = Drawing(images).watch().check()
    assert not found.copies
    assert found.near_copy_rate < 0.2


def test_mirrored_copies_count_where_images_are_mirrored():
    mirrored = Drawing(noisy(TRAIN[:, :, ::-1]))
    assert mirrored.watch(flip=True).check().copies
    assert not mirrored.watch(flip=False).check().copies


@pytest.mark.parametrize(("unseen", "gap"), [(2.0, 0.0), (0.5, 0.5), (-1.0, 1.0)])
def test_the_gap_says_where_held_out_images_stand_between_training_images_and_samples(unseen, gap):
    logits = {"train": 2.0, "test": unseen, "samples": -1.0}
    assert Drawing(FRESH, logits).watch().check().gap == pytest.approx(gap)
    assert np.isnan(Drawing(FRESH, logits | {"samples": 2.5}).watch().check().gap)


def test_thumbnails_are_means_of_blocks_at_one_contrast():
    blocks = TRAIN[:2].reshape(2, 16, 2, 16, 2, 3).mean(axis=(2, 4)).reshape(2, -1)
    blocks -= blocks.mean(axis=1, keepdims=True)
    expected = blocks / np.linalg.norm(blocks, axis=1, keepdims=True)
    np.testing.assert_allclose(thumbnails(TRAIN[:2]), expected, atol=1e-5)
    np.testing.assert_array_equal(thumbnails(np.full_like(TRAIN[:1], 200)), 0)


def test_distances_are_fractions_of_the_mean_to_the_nearest():
    seen = np.arange(30, dtype=np.float32)[:, None]
    found = relative_distances(np.array([[0.0], [-1.0]], np.float32), [seen])
    np.testing.assert_allclose(found, [0.0, 1.0 / np.arange(1, 21).mean()])
    assert relative_distances(seen[:1], [np.zeros((5, 1), np.float32)])[0] == 1.0  # all are the same picture


def test_the_discriminator_overfits_once_two_checks_agree():
    def check(step: int, gap: float) -> Check:
        return Check(step, 1.0, "", gap, 0.0, "")

    high, copies = Found(0.7, 0.0, False), Found(0.1, 0.6, True)
    assert sign(high, []) == ""
    assert sign(high, [check(0, 0.2)]) == ""
    assert sign(high, [check(0, 0.6)]) == "discriminator"
    assert sign(high, [check(0, np.nan)]) == ""
    assert sign(copies, [check(0, 0.1)]) == "copies"
    assert sign(copies, []) == ""


def test_a_summary_has_each_sign_with_its_first_and_its_largest():
    checks = [
        Check(0, 1.0, "", 0.1, 0.0, ""),
        Check(200, 1.0, "", 0.8, 0.0, "discriminator"),
        Check(400, 1.0, "", 0.9, 0.4, "copies"),
        Check(600, 1.0, "", 0.6, 0.3, "copies"),
    ]
    assert summary(checks, per_epoch=100.0) == [
        {"kind": "copies", "first_step": 400, "first_epoch": 4.0, "most": 0.4, "at_end": True},
        {"kind": "discriminator", "first_step": 200, "first_epoch": 2.0, "most": 0.8, "at_end": False},
    ]
    assert summary(checks[:1], per_epoch=100.0) == []


# --- trainings -----------------------------------------------------------------------------------------


def watched_training(settings, images: np.ndarray, folder, held_out: np.ndarray = TEST, sha256: str = "a") -> Training:
    keras.backend.clear_session()
    others = HeldOut(held_out, np.zeros(len(held_out), int), sha256)
    trainer = Trainer(images, settings, 0, "float32", "watched", held_out=others)
    return Training(trainer, TrainingState(trainer, folder, {"data": "x"}))


def test_a_gan_that_is_trained_to_memorise_is_caught_while_it_trains(settings_of, tmp_path, caplog):
    """400 epochs of eight pictures."""
    recipe = {"batch_size": 8, "width": 8, "latent_dim": 16, "learning_rate": 1e-3, "ema_decay": 0.9, "flip": False}
    often = {"epochs": 400.0, "draw_every": 200, "log_every": 200, "checkpoint_every": 1000.0}
    training = watched_training(settings_of("lean", **recipe, **often), TRAIN[:8], tmp_path)
    with caplog.at_level(logging.WARNING):
        training.run()
    checks = training.state.history.checks
    assert [check.step for check in checks] == [0, 200, 400]
    assert checks[0].overfitting == ""  # all grey
    assert checks[-1].overfitting == "copies"
    assert "watched: memorises at step 400: " in caplog.text
    last = training.state.rows()[-1]
    assert last["near_copy_rate"] == checks[-1].near_copy_rate > 0.1
    assert last["discriminator_gap"] == checks[-1].gap > 0.5


def test_held_out_images_change_no_step(settings_of, tmp_path):
    settings = settings_of("dcgan", epochs=2.0)
    one, other = (
        watched_training(settings, TRAIN, tmp_path / name, images) for name, images in (("a", TEST), ("b", FRESH))
    )
    for training in (one, other):
        training.run()
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    nearest = [Watch(training.trainer, training.trainer.held_out).held_out_nearest for training in (one, other)]
    assert not np.array_equal(*nearest)


def test_what_was_measured_on_other_held_out_images_is_forgotten(settings_of, tmp_path):
    settings = settings_of("dcgan", epochs=1.0)
    watched_training(settings, TRAIN, tmp_path).run()
    same, other = (watched_training(settings, TRAIN, tmp_path, sha256=mark).state for mark in ("a", "b"))
    same.restore()
    other.restore()
    assert np.isfinite([check.near_copy_rate for check in same.history.checks]).all()
    assert np.isnan([check.near_copy_rate for check in other.history.checks]).all()
    assert [check.diversity for check in same.history.checks] == [check.diversity for check in other.history.checks]


def test_a_training_with_few_held_out_images_is_not_watched(settings_of, tmp_path):
    training = watched_training(settings_of("dcgan", epochs=0.5), TRAIN, tmp_path, TEST[:9])
    training.run()
    assert "near_copy_rate" not in training.state.rows()[-1]
    assert overfitting.summary(training.state.history.checks, 2.5) == []


@pytest.mark.parametrize("preset", ["dcgan", "fast_cpu", "cgan", "biggan"])
def test_every_kind_of_discriminator_is_asked(trainer_of, preset):
    """With classes and without, and with an auxiliary classifier, whose outputs follow the logit."""
    trainer = trainer_of(preset)
    labels = np.zeros(len(trainer.images), int) if trainer.labels is None else trainer.labels
    found = Watch(trainer, HeldOut(trainer.images, labels, "")).check()
    assert 0 <= found.near_copy_rate <= 1
    classes = None if trainer.labels is None else labels[:9]
    images = trainer.images[:9] / np.float32(127.5) - 1
    logits = trainer.networks["discriminator"](images if classes is None else [images, classes], training=False)[:, 0]
    expected = float(np.mean(np.float64(logits)))
    assert trainer.objective.mean_logit(trainer.images[:9], classes) == pytest.approx(expected, abs=1e-4)
