"""Recipes: the settings that decide the cost of a step."""

import json

import pytest
from helpers.fake_plans import SIZES

from easel.planning import recipes


def test_runs_that_cost_the_same_share_a_recipe(study):
    found = recipes.of_study(study, SIZES)
    assert [recipe["kind"] for recipe in found.values()] == ["training", "training", "classifier"]


@pytest.mark.parametrize(
    ("key", "value"), [("width", 32), ("batch_size", 64), ("latent_dim", 50), ("precision", "float32"),
                       ("ema_decay", 0.9), ("model", "tutorial_dcgan"), ("gpu", 2)]
)  # fmt: skip
def test_settings_that_change_the_cost_of_a_step_are_part_of_the_recipe(study, key, value):
    settings = study.runs["dcgan"].settings
    one, other = (recipes.of_training(each, SIZES) for each in (settings, settings.model_copy(update={key: value})))
    assert recipes.name_of(one) != recipes.name_of(other)


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("ema_decay", (0.9, 0.999)),
        ("r1", (0.1, 10.0)),
        ("lecam", (0.1, 0.3)),
        ("gradient_penalty", (1.0, 10.0)),
        ("aux_classifier_weight", (0.5, 2.0)),
    ],
)
def test_a_switch_counts_only_as_on_or_off(study, key, values):
    settings = [study.runs["dcgan"].settings.model_copy(update={key: value}) for value in (0.0, *values)]
    assert len({recipes.name_of(recipes.of_training(each, SIZES)) for each in settings}) == 2


@pytest.mark.parametrize(("run", "key", "value"), [("vae", "warm_up", 3.0), ("vae", "scale", 0.2)])
def test_settings_that_change_only_the_result_are_not_part_of_the_recipe(study, run, key, value):
    settings = study.runs[run].settings
    one, other = (recipes.of_training(each, SIZES) for each in (settings, settings.model_copy(update={key: value})))
    assert recipes.name_of(one) == recipes.name_of(other)


def test_a_timed_recipe_has_the_intervals_of_its_run(study):
    settings = study.runs["dcgan"].settings.model_copy(update={"log_every": 7, "learning_rate": 0.5})
    timed, plain = recipes.of_timed_training(settings, SIZES), recipes.of_training(settings, SIZES)
    differing = {key for key, value in timed["settings"].items() if value != plain["settings"][key]}
    assert differing == {"log_every"}


def test_conditional_networks_are_measured_with_the_datasets_classes(study):
    settings = study.runs["dcgan"].settings
    told = settings.model_copy(update={"model": "lean_gan", "conditional": True})
    assert [recipes.of_training(each, SIZES)["classes"] for each in (settings, told)] == [0, SIZES.classes]


def test_the_name_of_a_recipe_is_the_same_in_every_process(study):
    """Its name is a file's name, so it must not depend on the order of keys or on a process's hashes."""
    recipe = recipes.of_training(study.runs["vae"].settings, SIZES)
    assert recipes.name_of(json.loads(json.dumps(recipe, sort_keys=True))) == recipes.name_of(recipe)
