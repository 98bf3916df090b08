"""What each number of a code carries."""

import numpy as np
import pytest
from helpers.small_networks import small_networks

from easel.images import to_uint8
from easel.metrics.elbo import kl_divergence
from easel.player.codes import carried
from easel.player.networks import encoder_program


def test_the_divergences_add_up_to_the_models(monkeypatch):
    network = small_networks("vae")[1]
    images = to_uint8(network.inputs["images"])
    found = carried(encoder_program(network.keras), images)
    mean, log_variance = (np.asarray(each) for each in network.keras(network.inputs["images"], training=False))
    assert found["images"] == len(images)
    assert sum(found["kl"]) == pytest.approx(kl_divergence(mean, log_variance).mean(), rel=1e-3)
    np.testing.assert_allclose(found["centre"], mean.mean(axis=0), atol=1e-3)
    np.testing.assert_allclose(found["deviation"], mean.std(axis=0), atol=1e-3)


def test_codes_without_a_posterior_have_no_divergence():
    network = small_networks("rae")[1]
    found = carried(encoder_program(network.keras), to_uint8(network.inputs["images"]))
    assert found["kl"] is None
    assert len(found["deviation"]) == 16
