"""The declarations of models; tests/models/ compares them with the networks."""

import pytest
from helpers.config_types import GAN, check

from easel.config.models import MODELS, model_of, models_with
from easel.config.presets import Preset


def test_models_by_name():
    assert model_of("dcgan").networks.keys() == {"generator", "discriminator"}
    with pytest.raises(ValueError, match="no model 'dcgn'; there are biggan, "):
        model_of("dcgn")


def test_the_models_with_a_capability():
    assert models_with("can_be_conditional") == "biggan, lean_gan or resnet_gan"
    assert models_with("has_aux_classifier") == "lean_gan"
    assert models_with("has_image_bias") == "biggan, dcgan, lean_gan, resnet_gan or sngan"
    assert models_with("has_gradients_per_image") == "biggan, lean_gan, r3gan, resnet_gan, sngan or tutorial_dcgan"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"model": "vae"}, "model 'vae' has no generator and no discriminator; its family needs generator, discr"),
        ({"model": "no_such_model"}, "no model 'no_such_model'; there are biggan, "),
        (
            {"conditional": True},
            "'dcgan' cannot be conditional; set conditional: false, or use biggan, lean_gan or r",
        ),
        (
            {"model": "tutorial_dcgan", "match_statistics": True},
            "match_statistics shifts colours by the bias .* 'tutorial_dcgan' has none; set match_statistics: false, or",
        ),
        ({"model": "lean_gan", "aux_classifier_weight": 1}, "aux_classifier_weight needs 'conditional: true'"),
        (
            {"model": "biggan", "conditional": True, "aux_classifier_weight": 1},
            "'biggan' has no auxiliary classifier; set aux_classifier_weight: 0, or use lean_gan",
        ),
        *(
            (
                {name: 0.5},
                f"{name} is of the gradient at each image, but the discriminator of model 'dcgan' has batch "
                f"normalisation, which .*; set {name}: 0, or use biggan, lean_gan, r3gan, ",
            )
            for name in ("gradient_penalty", "r1", "r2")
        ),
    ],
)
def test_a_preset_that_its_model_does_not_support_is_refused(changes, error):
    with pytest.raises(ValueError, match=error):
        check(Preset, GAN | changes)


def test_penalties_that_every_discriminator_can_have_are_accepted():
    assert check(Preset, GAN | {"lecam": 0.3}).lecam == 0.3
    assert check(Preset, GAN | {"model": "sngan", "gradient_penalty": 10.0, "r1": 0.1, "r2": 0.1}).r1 == 0.1


def test_the_models_are_in_order():
    assert list(MODELS) == sorted(MODELS)
