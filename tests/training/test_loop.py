"""The training loop: the same result however a training is divided, interrupted and resumed."""

import os
import signal
from pathlib import Path
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from helpers.small_trainings import assert_same

from easel.runtime.errors import EaselError
from easel.training import checkpoints
from easel.training.monitor import Monitor
from easel.training.record import write_outputs
from easel.training.tensorboard import Board

ROOT = Path(__file__).parents[2]
GANS = sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml") if "family: gan" in file.read_text())
FAMILIES = ("tutorial_dcgan", "vae", "conv_vae", "rae", "vq_vae", "vae_gan")


@pytest.mark.parametrize("preset", FAMILIES)
def test_an_interrupted_and_resumed_training_equals_an_uninterrupted_one(preset, training_of, tmp_path):
    uninterrupted = training_of(preset, states=tmp_path / "a", ema_decay=0.9)
    uninterrupted.run()
    interrupted = training_of(preset, states=tmp_path / "b", ema_decay=0.9)
    interrupted.before_step(3, lambda: os.kill(os.getpid(), signal.SIGTERM))
    with pytest.raises(EaselError, match="stopped by SIGTERM at step 4 of 8"):
        interrupted.run()
    resumed = training_of(preset, states=tmp_path / "b", ema_decay=0.9)
    resumed.run()
    assert resumed.state.resumed_at == [4]
    assert_same(uninterrupted, resumed)
    for training, folder in ((uninterrupted, tmp_path / "1"), (resumed, tmp_path / "2")):
        write_outputs(training.state, folder)
    files = [path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*.[kp]*")]  # networks and pictures
    assert len(files) >= 6
    for file in files:
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes(), file


@pytest.mark.parametrize("preset", GANS)
def test_every_gan_trains_restores_a_checkpoint_and_loads_without_easel(preset, training_of, tmp_path):
    training = training_of(preset, states=tmp_path / "state", n_dis=2, match_statistics=False)
    state = training.state
    training.run()
    assert all(np.isfinite(list(row.values())).all() for row in state.rows())
    weights, rows = training.weights, state.rows()
    checkpoints.files(state.folder)[-1].unlink()
    training.run()  # compiled already: from step 6 to the end again
    assert state.resumed_at == [6]
    for before, after in zip(weights, training.weights, strict=True):
        np.testing.assert_array_equal(before, after)
    assert [row["generator_loss"] for row in state.rows()] == [row["generator_loss"] for row in rows]
    write_outputs(state, tmp_path)
    plain = keras.models.load_model(tmp_path / "snapshots/step-000008.keras", compile=False)
    assert all(type(layer).__module__.startswith("keras.") for layer in plain.layers)
    with Board(None) as board:
        inputs = Monitor(training.trainer, state, board).inputs
    expected = training.trainer.networks["generator"](inputs, training=False)
    np.testing.assert_allclose(plain(inputs), expected, atol=1e-4)


@pytest.mark.parametrize("log_every", [1, 100])  # calls of a step each, or of as many as they like
def test_compiling_each_kind_of_step_counts_as_no_time_in_steps(log_every, training_of, tmp_path, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("easel.training.steps.time", SimpleNamespace(monotonic=lambda: now[0]))
    seldom = {"n_dis": 3, "log_every": log_every, "draw_every": 100, "checkpoint_every": 100}
    for epochs in (1, 2):  # the second job resumes at step 4, and compiles again
        training = training_of("dcgan", states=tmp_path, epochs=epochs, decay="constant", **seldom)
        compiled = set()

        def run_steps(first, count, compiled=compiled):
            for step in range(first, first + count):
                kind = step % 3 == 2
                now[0] += 0.25 if kind in compiled else 60.0
                compiled.add(kind)
            return np.zeros((count, 4), np.float32)

        training.trainer.run_steps = run_steps
        training.run()
        assert compiled == {True, False}
        assert training.state.seconds_in_steps == 0.25 * epochs  # of the fourth step of each job


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGUSR1])
def test_other_signals_interrupt_it_too(number, training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    training.before_step(3, lambda: os.kill(os.getpid(), number))
    with pytest.raises(EaselError, match=f"stopped by {number.name} at step 4 of 8"):
        training.run()
    assert [checkpoints.step_of(file) for file in checkpoints.files(training.state.folder)] == [2, 4]


class Killed(Exception):
    pass


def kill() -> None:
    raise Killed


def test_a_killed_training_resumes_from_its_last_checkpoint(training_of, tmp_path):
    uninterrupted = training_of("dcgan", states=tmp_path / "a")
    uninterrupted.run()
    killed = training_of("dcgan", states=tmp_path / "b")
    killed.before_step(4, kill)
    with pytest.raises(Killed):
        killed.run()
    resumed = training_of("dcgan", states=tmp_path / "b")
    resumed.run()
    assert resumed.state.resumed_at == [4]
    assert_same(uninterrupted, resumed)


def test_less_than_a_minute_is_lost_where_an_epoch_takes_longer(training_of, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("easel.training.loop.time", SimpleNamespace(monotonic=lambda: now[0]))

    def nine_seconds_each(first, count):
        now[0] += 9 * count
        return steps(first, count)

    killed = training_of("vae", epochs=10, checkpoint_every=10, draw_every=40)
    steps, killed.trainer.run_steps = killed.trainer.run_steps, nine_seconds_each
    killed.before_step(22, kill)
    with pytest.raises(Killed):
        killed.run()
    saved = checkpoints.step_of(checkpoints.files(killed.state.folder)[-1])
    assert 0 < 9 * (22 - saved) < 60


@pytest.mark.parametrize("preset", ["tutorial_dcgan", "rae", "vq_vae"])  # the last two fit priors at their end
def test_raising_the_epochs_resumes(preset, training_of, tmp_path):
    straight = training_of(preset, states=tmp_path / "a", epochs=2, decay="constant")
    straight.run()
    training_of(preset, states=tmp_path / "b", epochs=1, decay="constant").run()
    longer = training_of(preset, states=tmp_path / "b", epochs=2, decay="constant")
    longer.run()
    assert longer.state.resumed_at == [4]
    assert_same(straight, longer)


def test_raising_the_epochs_between_two_rows_of_the_history(training_of, tmp_path):
    """The end of the shorter training (step 5) is no multiple of any interval, and leaves no trace."""
    straight = training_of("vae", states=tmp_path / "a", epochs=2.5)
    straight.run()
    training_of("vae", states=tmp_path / "b", epochs=1.25).run()
    longer = training_of("vae", states=tmp_path / "b", epochs=2.5)
    longer.run()
    assert longer.state.resumed_at == [5]
    assert_same(straight, longer)


def test_lowering_the_epochs_uses_an_earlier_checkpoint(training_of, tmp_path):
    training_of("vae", states=tmp_path / "state", epochs=2).run()
    shorter = training_of("vae", states=tmp_path / "state", epochs=1.5)
    shorter.run()
    assert (shorter.state.step, shorter.state.rows()[-1]["step"]) == (6, 6)
    write_outputs(shorter.state, tmp_path / "outputs")
    assert sorted(path.stem for path in (tmp_path / "outputs/snapshots").iterdir()) == [
        "step-000004", "step-000004-encoder", "step-000006", "step-000006-encoder",
    ]  # fmt: skip


def test_intervals_change_no_step(training_of, tmp_path):
    one = training_of("dcgan", states=tmp_path / "a")
    one.run()
    other = training_of("dcgan", states=tmp_path / "b", log_every=4, checkpoint_every=0.75)
    other.run()
    assert other.state.folder.name == one.state.folder.name
    for a, b in zip(one.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert [row["step"] for row in one.state.rows()] == [2, 4, 6, 8]
    assert [row["step"] for row in other.state.rows()] == [4, 8]
    losses = [row["generator_loss"] for row in one.state.rows()]
    assert other.state.rows()[0]["generator_loss"] == pytest.approx(np.mean(losses[:2]), rel=1e-12)


def test_streamed_images_train_to_the_same_bits(training_of, tmp_path):
    resident, streamed = (training_of("vae", states=tmp_path / str(stream), stream=stream) for stream in (False, True))
    for training in (resident, streamed):
        training.run()
    assert (resident.trainer.source.kind, streamed.trainer.source.kind) == ("resident", "streamed")
    assert_same(resident, streamed)


def test_float16_trains_with_loss_scaling_and_skips_steps_that_overflow(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, precision="mixed_float16", epochs=0.5)
    optimizer = training.trainer.objective.optimizers["generator"]
    variables = training.trainer.networks["generator"].trainable_variables
    before = variables[0].numpy()
    assert float(optimizer.dynamic_scale) == 2.0**15
    training.run()
    assert np.isfinite(training.state.rows()[-1]["generator_loss"])
    assert not np.array_equal(before, variables[0])
    optimizer.dynamic_scale.assign(2.0**40)
    trained = [variable.numpy() for variable in variables]
    training.trainer.run_steps(2, 1)
    for a, b in zip(trained, variables, strict=True):
        np.testing.assert_array_equal(a, b)
    assert float(optimizer.dynamic_scale) == 2.0**39
