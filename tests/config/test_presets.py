"""Presets: defaults, limits, and the types of the families."""

import math

import pytest
from helpers.config_types import GAN, check
from pydantic import ValidationError

from easel.config.affects import Affects, as_params
from easel.config.presets import Gan, Preset, Rae, Vae, VaeGan, VqVae

VQ_VAE = {"family": "vq_vae", "model": "vq_vae", "code_dim": 4}
GROWTH = {"linear": 1, "quadratic": 2}
COST = {"megaflops": GROWTH, "megaparameters": GROWTH, "megavalues": 1}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sampling", {"truncation": 0.5, "label": "disc", "seed": 3}),
        ("cost", {"at_32": COST}),
        ("description", "another"),
        ("source", "another"),
    ],
)
def test_no_training_depends_on_its_description_cost_or_sampling(key, value):
    conditional = GAN | {"model": "lean_gan", "conditional": True}
    one, other = (check(Preset, preset) for preset in (conditional, conditional | {key: value}))
    assert one != other
    assert as_params(one, Affects.TRAINING) == as_params(other, Affects.TRAINING)


def test_a_preset_takes_the_type_of_its_family():
    assert type(check(Preset, GAN)) is Gan
    assert type(check(Preset, GAN | {"family": "vae", "model": "vae"})) is Vae
    assert type(check(Preset, GAN | {"family": "vae_gan", "model": "vae_gan", "reconstruction_weight": 1})) is VaeGan
    penalties = {"embedding_penalty": 0.1, "decoder_penalty": 0}
    assert type(check(Preset, GAN | {"family": "rae", "model": "rae"} | penalties)) is Rae
    assert type(check(Preset, GAN | VQ_VAE | {"latent_dim": 64})) is VqVae


@pytest.mark.parametrize("latent_dim", [1, 8, 35, 128])
def test_the_codes_of_an_image_make_a_grid(latent_dim):
    with pytest.raises(
        ValueError, match="make no square that images are halved to; there may be 4, 9, 16, 36, 64, 144 or 256"
    ):
        check(Preset, GAN | VQ_VAE | {"latent_dim": latent_dim})


def test_latents_that_choose_codes_are_not_truncated():
    codes = GAN | VQ_VAE | {"latent_dim": 64}
    with pytest.raises(ValueError, match=r"truncation is 0\.7, but the latents of a vq_vae choose codes"):
        check(Preset, codes | {"sampling": {"truncation": 0.7}})
    check(Preset, codes | {"sampling": {"truncation": None, "seed": 3}})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("epochs", 0),
        ("epochs", math.inf),
        ("epochs", math.nan),
        ("epochs", "3"),
        ("epochs", True),
        ("epochs", None),
        ("minutes", 0),
        ("minutes", -1.0),
        ("minutes", 1e9),
        ("minutes", "10"),
        ("minutes", None),
        ("batch_size", 1),
        ("batch_size", 64.0),
        ("latent_dim", 0),
        ("width", -1),
        ("learning_rate", 0),
        ("beta_1", 1),
        ("beta_2", -0.1),
        ("ema_decay", 1.0),
        ("flip", "yes"),
        ("precision", "float16"),
        ("log_every", 0),
        ("draw_every", 0),
        ("checkpoint_every", 0),
        ("loss", "earth_mover"),
        ("decay", "exponential"),
        ("decay_to", 0.3),  # of a rate that stays constant
        ("decay_to", -0.1),
        ("conditional", True),  # the model cannot be
        ("conditional", 1),
        ("spectral_norm", "generator"),
        ("gradient_penalty", -10.0),
        ("r1", math.nan),
        ("lecam", "0.3"),
        ("augment", ["blur"]),
        ("augment", "colours"),
        ("augment", ["ada", "blur"]),
        ("augment", "adaptive"),
        ("ada_target", 1.0),
        ("ada_target", "0.6"),
        ("ada_images", 0),
        ("bcr", -1.0),
        ("bcr", None),
        ("n_dis", 0),
        ("discriminator_learning_rate", -1),
        ("description", None),
        ("model", "vae"),
        ("model", "no_such_model"),
        ("model", "../dcgan"),
        ("family", "diffusion"),
        ("beta", 1.0),
        ("unknown", 1),
        ("sampling", {"truncation": 0}),
        ("sampling", {"seed": -1}),
        ("sampling", {"label": 3}),
        ("sampling", {"label": "disc"}),  # of a run that is not conditional
        ("sampling", {"count": 10}),
    ],
)
def test_an_impossible_preset_is_refused(key, value):
    with pytest.raises(ValidationError):
        check(Preset, GAN | {key: value})


@pytest.mark.parametrize("key", sorted(GAN.keys() - {"description", "source"}))
def test_a_preset_needs_each_of_its_keys(key):
    with pytest.raises(ValidationError):
        check(Preset, {other: value for other, value in GAN.items() if other != key})


def test_a_fraction_may_be_a_whole_number_but_not_the_reverse():
    assert check(Preset, GAN | {"epochs": 3}).epochs == 3.0
    with pytest.raises(ValidationError):
        check(Preset, GAN | {"n_dis": 1.0})


def test_a_training_ends_by_epochs_or_by_minutes():
    without = {key: value for key, value in GAN.items() if key != "epochs"}
    by_minutes = check(Preset, without | {"minutes": 2})
    assert (by_minutes.epochs, by_minutes.minutes) == (None, 2.0)
    assert "epochs" not in as_params(by_minutes)
    with pytest.raises(ValueError, match=r"easel\.config\.budgets"):
        _ = by_minutes.known_epochs
    assert check(Preset, GAN).known_epochs == 1.0
    with pytest.raises(ValidationError, match="epochs and minutes are both set; remove one of them"):
        check(Preset, GAN | {"minutes": 2})
    with pytest.raises(ValidationError, match="epochs: this key is missing; set it, or minutes"):
        check(Preset, without)


@pytest.mark.parametrize("key", ["epochs", "minutes"])
def test_what_is_left_out_of_a_dump_is_what_is_not_set(key):
    settings = check(Preset, {name: value for name, value in GAN.items() if name != "epochs"} | {key: 3})
    assert check(Preset, settings.model_dump()) == settings


def test_settings_cannot_be_changed_afterwards():
    with pytest.raises(ValidationError):
        check(Preset, GAN).epochs = 5


def test_what_a_state_depends_on():
    """The state of a training outlives more epochs, unless learning rates fall over them."""
    constant, falling = (check(Preset, GAN | {"decay": decay}).state_settings for decay in ("constant", "cosine"))
    assert falling.keys() - constant.keys() == {"epochs"}
    assert {"learning_rate", "width", "draw_every", "flip"} <= constant.keys()
    other = {
        "description", "good_for", "source", "cost", "sampling", "export", "epochs", "minutes", "on_collapse",
        "log_every", "checkpoint_every", "stream", "gpu", "precision", "jit_compile", "start_from", "freeze",
        "project",
        "bcr", "ada_target", "ada_images", "decay_to",  # which joined later, and are left out at their defaults
    }  # fmt: skip
    assert constant.keys() == Gan.model_fields.keys() - other


def test_frozen_layers_start_a_training_over():
    """What a training starts from does, too, by its weights and not by its name."""
    started = check(Preset, GAN | {"start_from": "a/b/seed-0", "freeze": 2}).state_settings
    assert started == check(Preset, GAN).state_settings | {"freeze": 2}
