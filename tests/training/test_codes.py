"""The sampler of a VQ-VAE's codes against the prior's probabilities, and its inverse."""

import keras
import numpy as np
import pytest
from scipy.special import softmax

from easel.models import vq_vae
from easel.training import codes
from easel.training.objectives.vq_vae import nearest_codes

SIZES = {"latent_dim": 16, "width": 4}
CODES = 5


@pytest.fixture(scope="module")
def networks():
    """Untrained, but with a prior that is not nearly uniform."""
    keras.utils.set_random_seed(0)
    networks = {
        "encoder": vq_vae.encoder(32, code_dim=3, **SIZES),
        "codebook": vq_vae.codebook(16, CODES, 3),
        "decoder": vq_vae.decoder(32, code_dim=3, **SIZES),
        "prior": vq_vae.prior(codes=CODES, **SIZES),
    }
    networks["prior"].set_weights([30 * weight for weight in networks["prior"].get_weights()])
    return networks


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).uniform(-1, 1, (20, 32, 32, 3)).astype(np.float32)


def test_the_prior_depends_on_earlier_positions_alone(networks):
    chosen = np.random.default_rng(1).integers(0, CODES, (2, 16)).astype(np.int32)
    before = np.array(networks["prior"](chosen))
    for position in range(16):
        changed = chosen.copy()
        changed[:, position] = (changed[:, position] + 1) % CODES
        differs = np.abs(np.array(networks["prior"](changed)) - before).max(axis=(0, 2)) > 0
        assert not differs[: position + 1].any()
        assert position == 15 or differs[position + 1]


def test_codes_are_sampled_with_the_priors_probabilities(networks):
    """At every position of every sample, u lies within the interval of its code."""
    latents = np.random.default_rng(2).standard_normal((50, 16), np.float32)
    drawn = keras.Input((16, 3))
    chosen = codes.generator(networks["prior"], networks["codebook"], keras.Model(drawn, drawn + 0.0))(latents)
    table = networks["codebook"].get_weights()[0]
    chosen = np.abs(np.array(chosen)[:, :, None] - table).sum(axis=-1).argmin(axis=-1).astype(np.int32)
    shares = (1 - codes.UNIFORM) * softmax(np.float64(networks["prior"](chosen)), axis=-1) + codes.UNIFORM / CODES
    ends = np.take_along_axis(np.cumsum(shares, axis=-1), chosen[:, :, None], axis=-1)[:, :, 0]
    starts = ends - np.take_along_axis(shares, chosen[:, :, None], axis=-1)[:, :, 0]
    u = np.float64(keras.ops.erf(np.float64(latents) / 2**0.5) + 1) / 2
    assert (starts - 1e-5 < u).all()
    assert (u < ends + 1e-5).all()
    assert len(np.unique(chosen)) == CODES


def test_generating_from_encoded_latents_reconstructs_the_image(networks, images):
    encoder = codes.encoder(networks["encoder"], networks["codebook"], networks["prior"])
    generator = codes.generator(networks["prior"], networks["codebook"], networks["decoder"])
    latents, chosen = encoder(images)
    table = networks["codebook"].get_weights()[0]
    expected = nearest_codes(networks["encoder"](images), table)
    np.testing.assert_array_equal(chosen, expected)
    direct = networks["decoder"](networks["codebook"](expected))
    np.testing.assert_allclose(generator(latents), direct, atol=1e-5)
