"""The training loop: the same result however it is cut, stopped and continued."""

import os
import signal

import numpy as np
import pytest

from easel.errors import EaselError
from easel.training.loop import CallLength, Training
from easel.training.record import write_outputs

FAMILIES = ("tutorial_dcgan", "dcgan", "vae", "vae_gan")


def weights(training: Training) -> list[np.ndarray]:
    """Everything that training changes."""
    return [variable.numpy() for variable in training.variables.values()]


def assert_same(one: Training, other: Training) -> None:
    """The same bytes in every variable, and the same history but for the clock."""
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    rows = [[{k: v for k, v in row.items() if k != "seconds"} for row in t.history] for t in (one, other)]
    assert rows[0] == rows[1]


@pytest.mark.parametrize("preset", FAMILIES)
def test_stopped_and_continued_equals_undisturbed(preset, training_of, tmp_path, monkeypatch):
    undisturbed = training_of(preset, states=tmp_path / "a", ema_decay=0.9)
    undisturbed.run()

    stopped = training_of(preset, states=tmp_path / "b", ema_decay=0.9)
    steps = stopped.run_steps

    def stop_in_the_middle(first, count):
        if first >= 3:
            os.kill(os.getpid(), signal.SIGTERM)
        return steps(first, count)

    stopped.run_steps = stop_in_the_middle
    with pytest.raises(EaselError, match="stopped by SIGTERM at step 4 of 8"):
        stopped.run()

    continued = training_of(preset, states=tmp_path / "b", ema_decay=0.9)
    continued.run()
    assert continued.resumed_at == [4]
    assert_same(undisturbed, continued)


def test_killed_without_a_word_continues_from_the_last_checkpoint(training_of, tmp_path):
    class Killed(Exception):
        pass

    def kill(first, count):
        raise Killed

    undisturbed = training_of("dcgan", states=tmp_path / "a")
    undisturbed.run()
    killed = training_of("dcgan", states=tmp_path / "b")
    steps = killed.run_steps
    killed.run_steps = lambda first, count: steps(first, count) if first < 4 else kill(first, count)
    with pytest.raises(Killed):
        killed.run()
    continued = training_of("dcgan", states=tmp_path / "b")
    continued.run()
    assert continued.resumed_at == [4]
    assert_same(undisturbed, continued)


def test_raising_the_epochs_continues(training_of, tmp_path):
    straight = training_of("vae", states=tmp_path / "a", epochs=2)
    straight.run()
    training_of("vae", states=tmp_path / "b", epochs=1).run()
    longer = training_of("vae", states=tmp_path / "b", epochs=2)
    longer.run()
    assert longer.resumed_at == [4]
    assert_same(straight, longer)


def test_raising_the_epochs_between_two_rows_of_the_history(training_of, tmp_path):
    """The end of the shorter training (step 5) is no multiple of any interval, and leaves no trace."""
    straight = training_of("vae", states=tmp_path / "a", epochs=2.5)
    straight.run()
    training_of("vae", states=tmp_path / "b", epochs=1.25).run()
    longer = training_of("vae", states=tmp_path / "b", epochs=2.5)
    longer.run()
    assert longer.resumed_at == [5]
    assert_same(straight, longer)


def test_lowering_the_epochs_uses_what_there_is(training_of, tmp_path):
    training_of("vae", states=tmp_path / "state", epochs=2).run()
    shorter = training_of("vae", states=tmp_path / "state", epochs=1.5)
    shorter.run()
    assert (shorter.step, shorter.history[-1]["step"]) == (6, 6)
    write_outputs(shorter, tmp_path / "outputs")
    assert sorted(path.stem for path in (tmp_path / "outputs/snapshots").iterdir()) == ["step-000004", "step-000006"]


def test_a_finished_training_is_not_repeated(training_of, tmp_path):
    first = training_of("vae", states=tmp_path)
    first.run()
    again = training_of("vae", states=tmp_path)
    again.run_steps = None
    again.run()
    assert_same(first, again)
    assert again.resumed_at == []


def test_a_batch_of_more_than_all_images_is_refused(training_of):
    with pytest.raises(EaselError, match="batch_size is 65, but there are only 64 training images"):
        training_of("vae", batch_size=65)


def test_seeds_differ(training_of, tmp_path):
    one, other = (training_of("vae", seed=seed, states=tmp_path) for seed in (0, 1))
    assert one.state != other.state
    assert not np.array_equal(weights(one)[0], weights(other)[0])


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"width": 8}, {"log_every": 3}])
def test_other_settings_have_other_state(training_of, tmp_path, change, caplog):
    before = training_of("vae", states=tmp_path)
    before.save()
    with caplog.at_level("INFO", logger="easel"):
        after = training_of("vae", states=tmp_path, **change)
    assert before.state != after.state
    assert "not used" in caplog.text


def test_the_budget_is_not_part_of_the_state(training_of, tmp_path):
    assert training_of("vae", states=tmp_path).state == training_of("vae", states=tmp_path, epochs=9).state


def test_a_history_has_a_row_per_interval(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, epochs=1.25)
    training.run()
    assert [row["step"] for row in training.history] == [2, 4, 5]
    assert [row["images"] for row in training.history] == [32, 64, 80]
    assert training.history[1]["epoch"] == 1.0
    assert list(training.history[0])[4:] == ["generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"]


def test_pictures_and_snapshots_lie_in_the_state(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path)
    training.run()
    assert [path.stem for path in sorted(training.state.glob("progress/*"))] == [
        "step-000000", "step-000003", "step-000006", "step-000008",
    ]  # fmt: skip
    assert [path.stem for path in sorted(training.state.glob("snapshots/*"))] == ["step-000004", "step-000008"]


def test_a_loss_that_is_not_finite_stops_at_once(training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    steps = training.run_steps

    def diverge(first, count):
        rows = steps(first, count)
        rows[0, 1] = np.nan
        return rows

    training.run_steps = lambda first, count: diverge(first, count) if first >= 4 else steps(first, count)
    with pytest.raises(EaselError, match=r"reconstruction is nan at step 4: the training has diverged"):
        training.run()
    assert [path.name for path in sorted(training.state.glob("*.npz"))] == [
        "checkpoint-000000002.npz", "checkpoint-000000004.npz",
    ]  # fmt: skip


def test_mixed_precision_trains_and_exports_float32(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, precision="mixed_bfloat16", epochs=0.5)
    training.run()
    inner = training.networks["generator"].layers[1]
    assert inner.compute_dtype == "bfloat16"
    assert inner.variable_dtype == "float32"
    exported = training.exported("generator")
    assert {layer.compute_dtype for layer in exported.layers} == {"float32"}


def test_discriminator_steps_per_generator_step(training_of, tmp_path):
    training = training_of("tutorial_dcgan", states=tmp_path, n_dis=3)
    generator = [v.numpy() for v in training.networks["generator"].trainable_variables]
    training.run_steps(0, 2)
    for before, after in zip(generator, training.networks["generator"].trainable_variables, strict=True):
        np.testing.assert_array_equal(before, after)
    training.run_steps(2, 1)
    assert not np.array_equal(generator[0], training.networks["generator"].trainable_variables[0])


def test_calls_grow_to_the_wanted_length(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("easel.training.loop.time.monotonic", lambda: now[0])

    def run(first, count):
        now[0] += 0.1 * count

    calls = CallLength(seconds=1.0)
    lengths = []
    for _ in range(6):
        lengths.append(calls.steps)
        calls.timed(run, 0, calls.steps)
    assert lengths == [1, 2, 4, 8, 10, 10]
