"""A fitted mixture in 32 bits, against the one in 64 that training exports."""

import keras
import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from easel.exporting.mixtures import changes, in_32_bits
from easel.training.priors import Gaussians, Mixture

DIMENSIONS, COUNT = 3, 200_000
RARE = [1e-4, 0.3, 0.001, 0.5989, 0.1]


def mixture(weights: list[float], components: int = 6) -> keras.Model:
    """Gaussians at different places, of different shapes."""
    random, count = np.random.default_rng(0), len(weights)
    roots = np.eye(DIMENSIONS) + 0.3 * random.standard_normal((count, DIMENSIONS, DIMENSIONS))
    made = Mixture(DIMENSIONS, components)
    made.assign(Gaussians(np.array(weights), random.standard_normal((count, DIMENSIONS)), roots @ roots.mT))
    return made.colour


@pytest.mark.parametrize("weights", [[1.0], [0.2, 0.5, 0.3], RARE], ids=str)
def test_codes_are_those_of_64_bits(weights):
    wanted = mixture(weights)
    latents = np.random.default_rng(1).standard_normal((COUNT, DIMENSIONS), np.float32)
    inputs = keras.Input((DIMENSIONS,))
    found = keras.Model(inputs, in_32_bits(wanted, inputs))
    assert {str(each.dtype) for each in found.weights} == {"float32"}
    np.testing.assert_allclose(found(latents), wanted(latents), atol=1e-5, rtol=0)


def test_codes_are_those_of_64_bits_beside_every_change():
    """Where a float32 number is next to the end of a component, and far out."""
    wanted, ends = mixture(RARE), ndtri(np.cumsum(RARE)[:-1])
    steps = np.float32([0, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.05, 0.0999, 0.1001, 0.2])
    first = np.concatenate([(ends[:, None] + sign * steps).ravel() for sign in (1, -1)] + [np.linspace(-6, 6, 1001)])
    latents = np.zeros((len(first), DIMENSIONS), np.float32)
    latents[:, 0] = first
    inputs = keras.Input((DIMENSIONS,))
    found = keras.Model(inputs, in_32_bits(wanted, inputs))
    np.testing.assert_allclose(found(latents), wanted(latents), atol=1e-5, rtol=0)


def test_a_component_ends_at_its_last_number():
    intervals = np.array([[0.0, 0.25], [0.25, 0.5], [0.75, 0.25], [1.0, 1.0]])
    last = changes(intervals)
    assert last.dtype == np.float32
    assert (ndtr(np.float64(last[:2])) <= [0.25, 0.75]).all()
    assert (ndtr(np.float64(np.nextafter(last[:2], np.float32(9)))) > [0.25, 0.75]).all()
    assert (last[2:] > 100).all()  # no latent number is beyond the last component
