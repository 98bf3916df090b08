"""The effects of settings: every one declares them, and everything that treats settings differently follows."""

import pytest
from helpers.config_types import GAN, check, every_type

from easel.config.affects import Affects, ProbedAs, affected_by, as_params, as_probed, names_of
from easel.config.base import Closed
from easel.config.judges.classifier import ClassifierSettings
from easel.config.presets import FAMILIES, Gan, Preset, Vae
from easel.config.studies import RunEntry

TYPES = [*every_type(), RunEntry]


@pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.__name__)
def test_every_setting_declares_what_it_affects(kind):
    assert all(isinstance(affected_by(field), Affects) for field in kind.model_fields.values())


@pytest.mark.parametrize("kind", [*FAMILIES, ClassifierSettings], ids=lambda kind: kind.__name__)
def test_every_setting_without_an_effect_on_the_cost_has_a_value_for_probes(kind):
    for name, field in kind.model_fields.items():
        stand_ins = [declared for declared in field.metadata if isinstance(declared, ProbedAs)]
        if affected_by(field) & Affects.COST:
            assert not stand_ins, name
        else:
            assert stand_ins or not field.is_required(), name


def test_a_setting_that_declares_nothing_is_an_error():
    class Silent(Closed):
        new: int = 0

    with pytest.raises(TypeError, match="should declare what it affects"):
        names_of(Silent, Affects.STEPS)


def test_names_by_what_they_affect():
    assert names_of(Vae, Affects.RESOLVED_BY_DEVICE) == ("precision", "jit_compile")
    assert names_of(Vae, Affects.SAMPLES) == ("sampling",)
    assert names_of(Vae, Affects.REPORT) == ("description",)
    assert {"epochs", "learning_rate", "gpu", "log_every"} <= set(names_of(Vae, Affects.TRAINING))


LATER = ("bcr", "ada_target", "ada_images", "start_from", "freeze", "project", "decay_to")
"""Settings that joined after the first results, which lack them where they have their defaults."""


def test_params_are_plain_and_in_sorted_order():
    params = as_params(check(Preset, GAN), Affects.TRAINING)
    assert list(params) == sorted(params)
    assert {type(value) for value in params.values()} <= {str, int, float, bool, list}
    assert params["learning_rate"] == 1e-4
    assert not params.keys() & {"description", "source", "cost", "sampling"}
    assert as_params(check(Preset, GAN)).keys() == Gan.model_fields.keys() - {"minutes", *LATER}


def test_what_costs_the_same_is_the_same_once_probed():
    def probed(**changes):
        return as_probed(check(Preset, GAN | changes))

    plain = probed()
    assert plain.epochs == 1.0
    assert plain.description == ""
    assert probed(epochs=9, learning_rate=1.0, beta_1=0.0, log_every=1, description="x", sampling={"seed": 1}) == plain
    assert probed(width=8) != plain
    assert probed(lecam=0.5) == probed(lecam=5.0) != plain
    assert probed(ema_decay=0.5) == probed(ema_decay=0.9) != plain
    assert probed(precision="float32") != plain
    assert (
        as_probed(check(Preset, {key: value for key, value in GAN.items() if key != "epochs"} | {"minutes": 5}))
        == plain
    )


def test_probed_settings_are_valid():
    for conditional in (GAN, GAN | {"model": "lean_gan", "conditional": True, "aux_classifier_weight": 2.0}):
        settings = as_probed(check(Preset, conditional))
        assert check(Preset, settings.model_dump()) == settings
