"""Divergences against numerical integration."""

import numpy as np
import pytest
import tensorflow as tf

from easel.training.divergences import kl_from_standard_normal


def test_kl_is_what_integration_gives():
    mean, log_variance = np.array([[0.7]], np.float32), np.array([[-1.2]], np.float32)
    x = np.linspace(-12, 12, 200_001)
    variance = np.exp(-1.2)
    q = np.exp(-((x - 0.7) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    log_q = -((x - 0.7) ** 2) / (2 * variance) - 0.5 * np.log(2 * np.pi * variance)
    log_p = -(x**2) / 2 - 0.5 * np.log(2 * np.pi)
    expected = np.trapezoid(q * (log_q - log_p), x)
    assert kl_from_standard_normal(tf.constant(mean), tf.constant(log_variance)).numpy() == pytest.approx(
        expected, rel=1e-5
    )


def test_kl_is_of_each_dimension_and_averages_over_the_batch():
    mean = tf.constant([[1.0, 2.0], [0.0, 0.0]])
    assert kl_from_standard_normal(mean, tf.zeros((2, 2))).numpy() == pytest.approx(np.array([0.25, 1.0]))
