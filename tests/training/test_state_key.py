"""The state key: settings, data and code that change a step's result have a state of their own."""

import pytest

from easel.training.state import TrainingState
from easel.training.state_key import state_key


def test_each_seed_has_a_state_of_its_own(training_of, tmp_path):
    one, other = (training_of("vae", seed=seed, states=tmp_path) for seed in (0, 1))
    assert one.state.folder != other.state.folder


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"width": 8}, {"draw_every": 5}])
def test_other_settings_have_another_state_and_the_log_says_why(training_of, tmp_path, change, caplog):
    before = training_of("vae", states=tmp_path)
    before.state.save()
    with caplog.at_level("INFO", logger="easel"):
        after = training_of("vae", states=tmp_path, **change)
    assert before.state.folder != after.state.folder
    ((name, value),) = change.items()
    was = getattr(before.trainer.settings, name)
    assert f"not using the state in {before.state.folder}: {name} was {was} and is {value}" in caplog.text


def test_other_code_has_another_state_and_the_log_names_the_file(trainer_of, tmp_path, caplog):
    trainer = trainer_of("vae")
    with caplog.at_level("INFO", logger="easel"):
        for mark in ("1a", "2b"):
            code = {"models/vae.py": mark, "training/loop.py": "0"}
            TrainingState(trainer, tmp_path, {"data": "x", "code": code})
    assert "code models/vae.py has changed" in caplog.text
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("content", [b"", b"\x93\xff", b"[1]"])
def test_a_damaged_key_is_written_again(training_of, tmp_path, content, caplog):
    file = training_of("vae", states=tmp_path).state.folder / "state_key.json"
    whole = file.read_bytes()
    file.write_bytes(content)
    with caplog.at_level("INFO", logger="easel"):
        training_of("vae", states=tmp_path, seed=1)  # names the states that it does not use
    assert f"not using the state in {file.parent}: " in caplog.text
    training_of("vae", states=tmp_path)
    assert file.read_bytes() == whole


@pytest.mark.parametrize("change", [{"epochs": 9}, {"log_every": 3}, {"checkpoint_every": 2}, {"on_collapse": "stop"}])
def test_settings_that_change_no_step_share_a_state(training_of, tmp_path, change):
    one, other = (training_of("vae", states=tmp_path, **changes) for changes in ({}, change))
    assert one.state.folder == other.state.folder


@pytest.mark.parametrize("decay", ["linear", "cosine", "cooldown"])
def test_epochs_are_part_of_the_key_if_learning_rates_decay(decay, training_of, tmp_path):
    short, long = (training_of("vae", states=tmp_path, decay=decay, epochs=epochs) for epochs in (1, 2))
    assert short.state.folder != long.state.folder


def test_xla_has_a_state_of_its_own(trainer_of):
    plain, compiled = (state_key(trainer_of("vae", jit_compile=jit), {}) for jit in (False, True))
    assert plain | {"jit_compile": True} == compiled != plain
