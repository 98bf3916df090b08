"""Truncated latents, and those of a mixture among them."""

import keras
import numpy as np
import pytest
from keras import layers
from scipy.stats import kstest, truncnorm

from easel.sampling.latents import latent_points
from easel.sampling.truncation import mixture_intervals, truncated
from easel.training.priors import Gaussians, Mixture


@pytest.mark.parametrize("threshold", [0.1, 0.7, 2.0])
def test_truncated_latents_are_from_the_truncated_normal(threshold):
    points = truncated(latent_points(5000, 4, seed=0), threshold)
    assert points.dtype == np.float32
    assert np.abs(points).max() <= np.float32(threshold)
    assert kstest(points.ravel(), truncnorm(-threshold, threshold).cdf).pvalue > 0.01


def test_truncation_keeps_the_order_of_latents():
    whole = latent_points(100, 8, seed=0)
    cut = truncated(whole, 0.5)
    np.testing.assert_array_equal(np.argsort(whole, axis=0), np.argsort(cut, axis=0))
    np.testing.assert_array_equal(np.sign(whole), np.sign(cut))
    np.testing.assert_allclose(truncated(whole, 20.0), whole, rtol=1e-5)


# --- mixtures --------------------------------------------------------------------------------------------

WEIGHTS = np.array([0.1, 0.15, 0.5, 0.25])
MEANS = np.array([[9.0, 0.0], [-9.0, 0.0], [0.0, 9.0], [0.0, -9.0]])


@pytest.fixture(scope="module")
def generator():
    """A fitted mixture of four Gaussians far apart, of six that there may be, as the first layers of a generator."""
    mixture = Mixture(latent_dim=2, components=6)
    mixture.assign(Gaussians(WEIGHTS, MEANS, np.tile(np.eye(2), (4, 1, 1))))
    latents = keras.Input((2,), name="latents")
    return keras.Model(latents, layers.Rescaling(1.0)(mixture.colour(latents)))


def codes_of(generator, latents):
    """Codes float64 (N, 2), and the component of each (N,)."""
    codes = np.float64(generator(latents))
    return codes, np.linalg.norm(codes[:, None] - MEANS, axis=2).argmin(axis=1)


def test_truncation_leaves_each_component_its_weight_and_narrows_it(generator):
    points = latent_points(20_000, 2, seed=0)
    cut = truncated(points, 0.7, mixture_intervals(generator))
    _, chosen = codes_of(generator, points)
    codes, component = codes_of(generator, cut)
    np.testing.assert_array_equal(component, chosen)
    np.testing.assert_allclose(np.bincount(component) / len(codes), WEIGHTS, atol=0.01)
    assert np.abs(codes - MEANS[component]).max() <= 0.7 + 1e-5
    for k in range(4):
        own = codes[component == k] - MEANS[k]
        assert all(kstest(numbers, truncnorm(-0.7, 0.7).cdf).pvalue > 0.01 for numbers in own.T)


def test_a_single_component_is_truncated_like_any_latent():
    points = latent_points(1_000, 3, seed=0)
    np.testing.assert_allclose(truncated(points, 0.7, np.array([[0.0, 1.0]])), truncated(points, 0.7), atol=1e-6)


def test_a_generator_without_a_mixture_has_no_intervals(generator):
    np.testing.assert_allclose(mixture_intervals(generator)[:, 1], WEIGHTS)
    latents = keras.Input((2,))
    assert mixture_intervals(keras.Model(latents, layers.Rescaling(1.0)(latents))) is None
