"""The terms of the evidence lower bound against SciPy's distributions, and what the bits per dimension mean."""

import numpy as np
import pytest
from scipy.stats import laplace, logistic, multivariate_normal, norm

from easel.metrics import elbo


@pytest.fixture
def random():
    return np.random.default_rng(0)


@pytest.fixture
def images(random):
    """uint8 levels on the scale -1..1: float32 (4, 5, 6, 3)."""
    return np.float32(random.integers(0, 256, (4, 5, 6, 3)) / 127.5 - 1)


@pytest.fixture
def means(random):
    return np.float32(random.uniform(-1, 1, (4, 5, 6, 3)))


def test_gaussian_is_a_log_density(images, means):
    expected = norm.logpdf(images.astype(float), means.astype(float), 1.0).sum(axis=(1, 2, 3))
    found = elbo.gaussian(images, means)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_bernoulli_is_the_mean_over_binary_images(random):
    """All binary images of one pixel of three values, each with its log-likelihood and its chance."""
    values, chance = random.uniform(0.1, 0.9, (2, 3))
    binary = np.indices((2, 2, 2)).reshape(3, -1).T
    weights = np.prod(np.where(binary, values, 1 - values), axis=1)
    log_likelihoods = np.log(np.where(binary, chance, 1 - chance)).sum(axis=1)
    found = elbo.bernoulli((2 * values - 1).reshape(1, 1, 1, 3), (2 * chance - 1).reshape(1, 1, 1, 3))
    assert weights.sum() == pytest.approx(1.0)
    assert found[0] == pytest.approx(weights @ log_likelihoods, rel=1e-12)


def test_bernoulli_is_finite_where_the_decoder_is_sure(images):
    assert np.isfinite(elbo.bernoulli(images, np.sign(images))).all()
    wrong = elbo.bernoulli(np.ones((1, 1, 1, 3)), -np.ones((1, 1, 1, 3)))
    assert wrong[0] == pytest.approx(3 * np.log(1e-6), rel=1e-9)


def test_kl_divergence_is_an_integral(random):
    """By a sum over a fine grid, one dimension at a time."""
    mean, log_variance = random.normal(size=(2, 3, 4))
    z = np.linspace(-30, 30, 200_001)[:, None, None]
    density = norm.pdf(z, mean, np.exp(log_variance / 2))
    ratio = norm.logpdf(z, mean, np.exp(log_variance / 2)) - norm.logpdf(z)
    expected = (density * ratio).sum(axis=(0, 2)) * (60 / 200_000)
    np.testing.assert_allclose(elbo.kl_divergence(mean, log_variance), expected, rtol=1e-8)
    assert elbo.kl_divergence(np.zeros((1, 4)), np.zeros((1, 4)))[0] == 0.0


def test_the_density_is_higher_dimensional_too(images, means):
    flat, centre = images[0].ravel().astype(float), means[0].ravel().astype(float)
    expected = multivariate_normal(centre, np.eye(flat.size)).logpdf(flat)
    assert elbo.gaussian(images[:1], means[:1])[0] == pytest.approx(expected, rel=1e-12)


def test_bits_are_those_of_the_probability_of_a_level():
    """Against the exact integral over each level's bin, for all levels and means from black to white."""
    levels = (np.arange(256) / 127.5 - 1)[:, None]
    means = np.linspace(-1, 1, 9)
    exact = -np.log2(norm.cdf(levels + 1 / 255, means) - norm.cdf(levels - 1 / 255, means))
    found = elbo.bits_per_dimension(norm.logpdf(levels, means), 1)
    np.testing.assert_allclose(found, exact, rtol=0, atol=8e-6 / np.log(2))


def test_the_bits_of_all_levels_are_a_code():
    """Kraft's inequality: 2 to the minus bits, summed over all that a pixel can be, is at most 1."""
    levels = np.arange(256) / 127.5 - 1
    for mean in (-1.0, 0.0, 0.3, 1.0):
        total = np.sum(2.0 ** -elbo.bits_per_dimension(norm.logpdf(levels, mean), 1))
        reached = norm.cdf(1 + 1 / 255, mean) - norm.cdf(-1 - 1 / 255, mean)
        assert total == pytest.approx(reached, rel=1e-5)
        assert total < 1.0


def test_the_least_that_unit_variance_takes(images):
    found = elbo.bits_per_dimension(elbo.gaussian(images, images), images[0].size)
    np.testing.assert_allclose(found, np.log2(np.sqrt(2 * np.pi) * 255 / 2), rtol=1e-12)


@pytest.mark.parametrize("scale", [0.02, 0.1, 1.0])
def test_discretised_logistic_is_the_mass_of_a_level(scale):
    levels = np.tile(np.arange(256), 3) / 127.5 - 1
    means = np.repeat([-0.9, 0.1, 0.98], 256)
    above = np.where(levels > 0.999, np.inf, levels + 1 / 255)
    below = np.where(levels < -0.999, -np.inf, levels - 1 / 255)
    mass = logistic.cdf(above, means, scale) - logistic.cdf(below, means, scale)
    found = elbo.discretised_logistic(levels[:, None, None, None], means[:, None, None, None], scale)
    seen = mass > 1e-9  # beyond, the difference has lost its digits
    np.testing.assert_allclose(found[seen], np.log(mass[seen]), atol=1e-6)


def test_the_masses_of_all_levels_are_a_distribution():
    levels = np.linspace(-1, 1, 256).reshape(256, 1, 1, 1)
    for mean in (-1.0, 0.3, 1.0):
        nats_of_each = -elbo.discretised_logistic(levels, np.full_like(levels, mean), 0.05)
        assert np.exp(-nats_of_each).sum() == pytest.approx(1.0, rel=1e-9)


def test_laplace_is_a_log_density(images, means):
    expected = laplace.logpdf(images.astype(float), means.astype(float)).sum(axis=(1, 2, 3))
    np.testing.assert_allclose(elbo.laplace(images, means), expected, rtol=1e-12)
