"""Budgets: reading budget.json, and the settings with its epochs."""

import json

import pytest
from helpers.config_types import GAN, check

from easel.config.budgets import REMEDY, Budget, is_trained, read_budget, with_epochs
from easel.config.presets import Preset
from easel.runtime.errors import EaselError

BY_MINUTES = {key: value for key, value in GAN.items() if key != "epochs"} | {"minutes": 10, "decay": "linear"}


def test_a_budget_gives_its_epochs_to_the_settings(tmp_path):
    file = tmp_path / "budget.json"
    file.write_text(json.dumps({"minutes": 10, "epochs": 7.25, "device": {"kind": "cpu"}}))
    budget = read_budget(file)
    assert budget.model_dump()["device"] == {"kind": "cpu"}
    settings = with_epochs(check(Preset, BY_MINUTES), budget, "a")
    assert (settings.epochs, settings.minutes) == (7.25, None)
    assert settings.state_settings["epochs"] == 7.25, "learning rates fall over them"
    assert check(Preset, settings.model_dump()) == settings
    fixed = check(Preset, GAN)
    assert with_epochs(fixed, None, "a") is fixed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"minutes": 10, "epochs": 0}', "epochs: input should be greater than 0"),
        ('{"minutes": 10, "epochs": "7"}', "epochs: input should be a valid number"),
        ('{"minutes": 10, "epochs": NaN}', "epochs: input should be a finite number"),
        ('{"minutes": 10}', "epochs: field required"),
        ("[10, 7]", "input should be a valid dictionary or instance of Budget"),
        ('{"minutes": 10, ', "is not JSON"),
        (b"\xff", "is not JSON"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_damaged_budget_is_an_error_with_a_remedy(tmp_path, content, said):
    file = tmp_path / "budget.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(EaselError) as error:
        read_budget(file)
    assert str(error.value) == f"{file}: {said}. {REMEDY}"


def test_a_budget_of_other_minutes_is_refused():
    settings = check(Preset, BY_MINUTES)
    with pytest.raises(EaselError, match="a: minutes is 10, but there is a budget of 5 minutes"):
        with_epochs(settings, Budget(minutes=5.0, epochs=3.0), "a")
    with pytest.raises(EaselError, match="a: minutes is 10, but there is no budget"):
        with_epochs(settings, None, "a")


@pytest.mark.parametrize(
    ("file", "trained"),
    [
        ("seed-3/train.json", True),
        ("seed-0/state/0123456789ab/checkpoint-000000100.npz", True),
        ("seed-0/state/0123456789ab/state_key.json", False),
        ("budget.json", False),
    ],
)
def test_a_run_is_trained_once_there_is_something_to_keep(tmp_path, file, trained):
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).touch()
    assert is_trained(tmp_path) == trained
