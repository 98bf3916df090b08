"""Losses against their formulas in NumPy and against scipy."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.special import expit

from easel.training.losses import ADVERSARIAL, accuracies, cross_entropy

REAL = np.array([[2.0], [-0.5], [0.3]], np.float32)
FAKE = np.array([[-1.0], [0.7], [-3.0]], np.float32)


def test_cross_entropy_is_the_mean_negative_log_probability():
    assert cross_entropy(tf.constant(REAL), True).numpy() == pytest.approx(-np.log(expit(REAL)).mean(), rel=1e-6)
    assert cross_entropy(tf.constant(FAKE), False).numpy() == pytest.approx(-np.log(1 - expit(FAKE)).mean(), rel=1e-6)


def test_cross_entropy_stays_finite_for_extreme_logits():
    assert cross_entropy(tf.constant([[-1e4]]), True).numpy() == pytest.approx(1e4)


@pytest.mark.parametrize(
    ("name", "discriminator", "generator"),
    [
        (
            "non_saturating",
            -np.log(expit(REAL)).mean() - np.log(1 - expit(FAKE)).mean(),
            -np.log(expit(FAKE)).mean(),
        ),
        ("least_squares", 0.5 * ((REAL - 1) ** 2).mean() + 0.5 * (FAKE**2).mean(), 0.5 * ((FAKE - 1) ** 2).mean()),
        ("hinge", np.maximum(0, 1 - REAL).mean() + np.maximum(0, 1 + FAKE).mean(), -FAKE.mean()),
        ("wasserstein", FAKE.mean() - REAL.mean(), -FAKE.mean()),
        ("relativistic", np.log1p(np.exp(FAKE - REAL)).mean(), np.log1p(np.exp(REAL - FAKE)).mean()),
    ],
)
def test_adversarial_losses(name, discriminator, generator):
    loss = ADVERSARIAL[name]
    assert loss.discriminator(tf.constant(REAL), tf.constant(FAKE)).numpy() == pytest.approx(discriminator, rel=1e-5)
    assert loss.generator(tf.constant(REAL), tf.constant(FAKE)).numpy() == pytest.approx(generator, rel=1e-5)


def test_each_loss_has_the_boundary_at_which_real_and_fake_are_equally_likely():
    assert {name: loss.boundary for name, loss in ADVERSARIAL.items()} == {
        "non_saturating": 0.0, "least_squares": 0.5, "hinge": 0.0, "wasserstein": None, "relativistic": None,
    }  # fmt: skip
    assert [name for name, loss in ADVERSARIAL.items() if loss.pairs] == ["relativistic"]


def test_a_logit_on_the_boundary_counts_for_neither_side():
    real, fake = accuracies(tf.constant([[0.5], [0.6]]), tf.constant([[0.5], [0.4]]), 0.5)
    assert (real.numpy(), fake.numpy()) == (0.5, 0.5)


def test_accuracies_count_from_the_boundary():
    real, fake = accuracies(tf.constant(REAL), tf.constant(FAKE), 0.5)
    assert real.numpy() == pytest.approx(1 / 3)
    assert fake.numpy() == pytest.approx(2 / 3)
