"""The programs of trained runs: their names, inputs and outputs."""

import pytest
from helpers.small_networks import small_networks

from easel.player.networks import encoder_program, generator_programs


@pytest.mark.parametrize(
    ("name", "programs"),
    [
        ("dcgan", {"decoder": (["latents"], ["images"])}),
        ("cgan", {"decoder": (["latents", "labels"], ["images"])}),
        ("conv_vae", {"prior": (["latents"], ["codes"]), "decoder": (["codes"], ["images"])}),
        ("vq_vae", {"prior": (["latents"], ["codes"]), "decoder": (["codes"], ["images"])}),
    ],
)
def test_a_fitted_prior_is_a_program_of_its_own(name, programs):
    found = generator_programs(small_networks(name)[0].keras)
    assert {name: (list(each.inputs), list(each.outputs)) for name, each in found.items()} == programs


@pytest.mark.parametrize(
    ("name", "outputs"),
    [("vae", ["codes", "log_variance"]), ("vae_gan", ["codes", "log_variance"]), ("rae", ["codes"])],
)
def test_an_encoder_gives_codes(name, outputs):
    program = encoder_program(small_networks(name)[1].keras)
    assert list(program.inputs) == ["images"]
    assert list(program.outputs) == outputs


def test_discrete_codes_have_no_encoder():
    assert encoder_program(small_networks("vq_vae")[1].keras) is None
