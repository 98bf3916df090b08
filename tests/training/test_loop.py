"""The training loop: the same result however it is cut, stopped and continued."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from easel.runtime.errors import EaselError
from easel.training import checkpoints, collapse
from easel.training.loop import Training
from easel.training.record import snapshots_of, write_outputs
from easel.training.steps import CallLength

ROOT = Path(__file__).parents[2]
GANS = sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml") if "family: gan" in file.read_text())
FAMILIES = ("tutorial_dcgan", "vae", "conv_vae", "rae", "vq_vae", "vae_gan")


def weights(training: Training) -> list[np.ndarray]:
    """Everything that training changes."""
    return [variable.numpy() for variable in training.variables.values()]


def assert_same(one: Training, other: Training) -> None:
    """The same bytes in every variable, and the same history but for the clock."""
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    rows = [[{k: v for k, v in row.items() if k != "seconds"} for row in t.rows()] for t in (one, other)]
    assert rows[0] == rows[1]


def stop_at(training: Training, step: int, how: Callable[[], None]) -> None:
    """Run a training, and call `how` before the first step that is not before `step`."""
    steps = training.run_steps

    def run_steps(first: int, count: int) -> np.ndarray:
        if first >= step:
            how()
        return steps(first, count)

    training.run_steps = run_steps
    training.run()


@pytest.mark.parametrize("preset", FAMILIES)
def test_stopped_and_continued_equals_undisturbed(preset, training_of, tmp_path):
    undisturbed = training_of(preset, states=tmp_path / "a", ema_decay=0.9)
    undisturbed.run()
    with pytest.raises(EaselError, match="stopped by SIGTERM at step 4 of 8"):
        stop_at(
            training_of(preset, states=tmp_path / "b", ema_decay=0.9), 3, lambda: os.kill(os.getpid(), signal.SIGTERM)
        )
    continued = training_of(preset, states=tmp_path / "b", ema_decay=0.9)
    continued.run()
    assert continued.resumed_at == [4]
    assert_same(undisturbed, continued)
    for training, folder in ((undisturbed, tmp_path / "1"), (continued, tmp_path / "2")):
        write_outputs(training, folder)
    files = [path.relative_to(tmp_path / "1") for path in (tmp_path / "1").rglob("*.[kp]*")]  # networks and pictures
    assert len(files) >= 6
    for file in files:
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes(), file


@pytest.mark.parametrize("preset", GANS)
def test_every_gan_trains_goes_back_to_a_checkpoint_and_is_drawn_from_without_easel(preset, training_of, tmp_path):
    training = training_of(preset, states=tmp_path / "state", n_dis=2)
    training.run()
    assert all(np.isfinite(list(row.values())).all() for row in training.rows())
    ends, rows = weights(training), training.rows()
    checkpoints.files(training.state)[-1].unlink()
    training.run()  # compiled already: from step 6 to the end again
    assert training.resumed_at == [6]
    for before, again in zip(ends, weights(training), strict=True):
        np.testing.assert_array_equal(before, again)
    assert [row["generator_loss"] for row in training.rows()] == [row["generator_loss"] for row in rows]
    write_outputs(training, tmp_path)
    plain = keras.models.load_model(tmp_path / "generator.keras", compile=False)
    assert all(type(layer).__module__.startswith("keras.") for layer in plain.layers)
    drawn, expected = plain(training.inputs), training.networks["generator"](training.inputs, training=False)
    np.testing.assert_allclose(drawn, expected, atol=1e-4)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGUSR1])
def test_other_signals_stop_it_too(number, training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    with pytest.raises(EaselError, match=f"stopped by {number.name} at step 4 of 8"):
        stop_at(training, 3, lambda: os.kill(os.getpid(), number))
    assert [checkpoints.step_of(file) for file in checkpoints.files(training.state)] == [2, 4]


class Killed(Exception):
    pass


def kill() -> None:
    raise Killed


def test_killed_without_a_word_continues_from_the_last_checkpoint(training_of, tmp_path):
    undisturbed = training_of("dcgan", states=tmp_path / "a")
    undisturbed.run()
    with pytest.raises(Killed):
        stop_at(training_of("dcgan", states=tmp_path / "b"), 4, kill)
    continued = training_of("dcgan", states=tmp_path / "b")
    continued.run()
    assert continued.resumed_at == [4]
    assert_same(undisturbed, continued)


@pytest.mark.parametrize("preset", FAMILIES)
def test_raising_the_epochs_continues(preset, training_of, tmp_path):
    straight = training_of(preset, states=tmp_path / "a", epochs=2, decay="constant")
    straight.run()
    training_of(preset, states=tmp_path / "b", epochs=1, decay="constant").run()
    longer = training_of(preset, states=tmp_path / "b", epochs=2, decay="constant")
    longer.run()
    assert longer.resumed_at == [4]
    assert_same(straight, longer)


@pytest.mark.parametrize("decay", ["linear", "cosine"])
def test_other_epochs_are_another_training_where_learning_rates_fall(decay, training_of, tmp_path):
    short, long = (training_of("vae", states=tmp_path, decay=decay, epochs=epochs) for epochs in (1, 2))
    assert short.state != long.state


def test_intervals_change_no_step(training_of, tmp_path):
    one = training_of("dcgan", states=tmp_path / "a")
    one.run()
    other = training_of("dcgan", states=tmp_path / "b", log_every=4, checkpoint_every=0.75)
    other.run()
    assert other.state.name == one.state.name
    for a, b in zip(weights(one), weights(other), strict=True):
        np.testing.assert_array_equal(a, b)
    assert [row["step"] for row in one.rows()] == [2, 4, 6, 8]
    assert [row["step"] for row in other.rows()] == [4, 8]
    losses = [row["generator_loss"] for row in one.rows()]
    assert other.rows()[0]["generator_loss"] == pytest.approx(np.mean(losses[:2]), rel=1e-12)


def test_streamed_images_train_to_the_same_bits(training_of, tmp_path):
    resident, streamed = (training_of("vae", states=tmp_path / str(how), stream=how) for how in (False, True))
    for training in (resident, streamed):
        training.run()
    assert (resident.source.kind, streamed.source.kind) == ("resident", "streamed")
    assert_same(resident, streamed)


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
    assert (shorter.step, shorter.rows()[-1]["step"]) == (6, 6)
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


@pytest.mark.parametrize("change", [{"learning_rate": 0.5}, {"width": 8}, {"draw_every": 5}])
def test_other_settings_have_other_state(training_of, tmp_path, change, caplog):
    before = training_of("vae", states=tmp_path)
    before.save()
    with caplog.at_level("INFO", logger="easel"):
        after = training_of("vae", states=tmp_path, **change)
    assert before.state != after.state
    ((name, value),) = change.items()
    assert f"{before.state} is not used: {name} was {getattr(before.settings, name)} and is {value}" in caplog.text


def test_other_code_has_other_state(images, settings_of, tmp_path, caplog):
    with caplog.at_level("INFO", logger="easel"):
        for mark in ("1a", "2b"):
            depends_on = {"data": "x", "code": {"models/vae.py": mark, "training/loop.py": "0"}}
            Training(images, settings_of("vae"), 0, "float32", tmp_path, depends_on)
    assert "is not used: code models/vae.py has changed" in caplog.text
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("change", [{"epochs": 9}, {"log_every": 3}, {"checkpoint_every": 2}, {"on_collapse": "stop"}])
def test_what_changes_no_step_is_not_part_of_the_state(training_of, tmp_path, change):
    assert training_of("vae", states=tmp_path).state == training_of("vae", states=tmp_path, **change).state


def test_a_history_has_a_row_per_interval(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, epochs=1.25)
    training.run()
    assert [row["step"] for row in training.rows()] == [2, 4, 5]
    assert [row["images"] for row in training.rows()] == [32, 64, 80]
    assert training.rows()[1]["epoch"] == 1.0
    assert list(training.rows()[0])[4:-2] == ["generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"]


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


def test_a_weight_that_is_not_finite_is_never_saved(training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    kernel = training.networks["decoder"].trainable_variables[0]

    steps = training.run_steps

    def spoil(first: int, count: int) -> np.ndarray:
        rows = steps(first, count)
        if first >= 4:
            kernel.assign(np.full(kernel.shape, np.inf, np.float32))
        return rows

    training.run_steps = spoil
    with pytest.raises(EaselError, match=r"a variable of the decoder is not finite after step 5: .* is kept: .*0004"):
        training.run()
    assert [checkpoints.step_of(file) for file in checkpoints.files(training.state)] == [2, 4]


WINNING = {"learning_rate": 1e-9, "discriminator_learning_rate": 2e-3, "epochs": 10, "draw_every": 4, "log_every": 4}


@pytest.mark.parametrize(("on_collapse", "ends_early"), [("continue", False), ("stop", True)])
def test_a_discriminator_that_always_wins_is_noticed(training_of, tmp_path, on_collapse, ends_early, caplog):
    training = training_of("dcgan", states=tmp_path, on_collapse=on_collapse, **WINNING)
    training.run()
    write_outputs(training, tmp_path / "outputs")
    rows = training.rows()
    found = collapse.summary(training.history.looks, rows, 4.0, training.stopped_by_collapse)
    assert "collapsed at step" in caplog.text
    assert found["stopped"] is ends_early
    assert (training.step < 40) is ends_early
    assert rows[0]["collapsed"] == 0
    assert rows[-1]["collapsed"] == 1
    assert rows[-1]["step"] == training.step
    assert (tmp_path / f"outputs/snapshots/step-{training.step:06d}.keras").exists()
    assert (tmp_path / f"outputs/progress/step-{training.step:06d}.png").exists()


@pytest.mark.parametrize("loss", ["wasserstein", "relativistic"])
def test_a_critic_recognises_nothing_and_cannot_win(training_of, tmp_path, loss):
    training = training_of("dcgan", states=tmp_path, loss=loss, **WINNING)
    training.run()
    assert training.objective.metrics == ("generator_loss", "discriminator_loss")
    assert "discriminator" not in {look.collapse for look in training.history.looks}


def test_a_training_stopped_by_collapse_stays_ended_until_it_may_go_on(training_of, tmp_path):
    stopped = training_of("dcgan", states=tmp_path, on_collapse="stop", **WINNING)
    stopped.run()
    again = training_of("dcgan", states=tmp_path, on_collapse="stop", **WINNING)
    again.run_steps = None
    again.run()
    assert_same(stopped, again)
    on = training_of("dcgan", states=tmp_path, on_collapse="continue", **WINNING)
    on.run()
    assert (on.step, on.resumed_at) == (40, [stopped.step])


def test_a_training_that_went_on_after_a_collapse_is_no_answer_to_one_that_stops(training_of, tmp_path):
    went_on = training_of("dcgan", states=tmp_path / "a", on_collapse="continue", **WINNING)
    went_on.run()
    stops = training_of("dcgan", states=tmp_path / "a", on_collapse="stop", **WINNING)
    stops.run()
    from_scratch = training_of("dcgan", states=tmp_path / "b", on_collapse="stop", **WINNING)
    from_scratch.run()
    assert_same(stops, from_scratch)


def test_what_somebody_removed_from_the_state_is_left_out(training_of, tmp_path, caplog):
    training = training_of("vae", states=tmp_path / "state")
    training.run()
    training.picture(3).unlink()
    training.snapshot(4).unlink()
    again = training_of("vae", states=tmp_path / "state")
    again.run()
    write_outputs(again, tmp_path / "outputs")
    assert "step-000003.png is gone, and is left out" in caplog.text
    assert [file.stem for file in sorted((tmp_path / "outputs/progress").iterdir())] == [
        "step-000000", "step-000006", "step-000008",
    ]  # fmt: skip
    assert snapshots_of(again) == [8]


def test_one_can_watch_it_in_tensorboard(training_of, tmp_path):
    """Also after a stop: what was there before is there once, in order."""
    board = tmp_path / "board"
    training_of("vae", states=tmp_path / "s", board=board, epochs=1).run()
    training = training_of("vae", states=tmp_path / "s", board=board)
    training.run()
    scalars, pictures = {}, []
    for file in sorted(board.iterdir()):
        for event in tf.compat.v1.train.summary_iterator(str(file)):
            for value in event.summary.value:
                if value.tag == "samples":
                    pictures.append(event.step)
                else:
                    scalars.setdefault(value.tag, []).append((event.step, float(tf.make_ndarray(value.tensor))))
    assert scalars.keys() == {"loss", "reconstruction", "kl", "diversity", "collapsed"}
    for name, values in scalars.items():
        assert values == [(row["step"], pytest.approx(row[name], rel=1e-6)) for row in training.rows()]
    assert pictures == [0, 3, 6, 8]


def test_mixed_precision_trains_and_exports_float32(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, precision="mixed_bfloat16", epochs=0.5)
    training.run()
    inner = training.networks["generator"].layers[1]
    assert inner.compute_dtype == "bfloat16"
    assert inner.variable_dtype == "float32"
    exported = training.exported("generator")["generator"]
    assert {layer.compute_dtype for layer in exported.layers} == {"float32"}


def test_float16_trains_with_loss_scaling_and_skips_what_overflows(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, precision="mixed_float16", epochs=0.5)
    optimizer = training.objective.optimizers["generator"]
    before = training.networks["generator"].trainable_variables[0].numpy()
    assert float(optimizer.dynamic_scale) == 2.0**15
    training.run()
    assert np.isfinite(training.rows()[-1]["generator_loss"])
    assert not np.array_equal(before, training.networks["generator"].trainable_variables[0])
    optimizer.dynamic_scale.assign(2.0**40)
    now = [v.numpy() for v in training.networks["generator"].trainable_variables]
    training.run_steps(2, 1)
    for a, b in zip(now, training.networks["generator"].trainable_variables, strict=True):
        np.testing.assert_array_equal(a, b)
    assert float(optimizer.dynamic_scale) == 2.0**39


def test_xla_computes_the_same(training_of, tmp_path):
    plain, compiled = (training_of("vae", states=tmp_path / str(jit), jit_compile=jit) for jit in (False, True))
    assert plain.state.name != compiled.state.name
    np.testing.assert_allclose(plain.run_steps(0, 3), compiled.run_steps(0, 3), rtol=1e-4)


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
    monkeypatch.setattr("easel.training.steps.time.monotonic", lambda: now[0])

    def run(first, count):
        now[0] += 0.1 * count

    calls = CallLength(seconds=1.0)
    lengths = []
    for _ in range(6):
        lengths.append(calls.steps)
        calls.timed(run, 0, calls.steps)
    assert lengths == [1, 2, 4, 8, 10, 10]
