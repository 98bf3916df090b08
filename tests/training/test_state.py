"""The state of a training: checkpoints that are kept, found, refused, and never written of a diverged training."""

import numpy as np
import pytest
from helpers.small_trainings import assert_same

from easel.runtime.errors import EaselError
from easel.training import checkpoints


def steps_of(training) -> list[int]:
    """The steps of the checkpoints of a training."""
    return [checkpoints.step_of(file) for file in checkpoints.files(training.state.folder)]


def test_the_history_has_a_row_per_interval(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path, epochs=1.25)
    training.run()
    rows = training.state.rows()
    assert [row["step"] for row in rows] == [2, 4, 5]
    assert [row["images"] for row in rows] == [32, 64, 80]
    assert rows[1]["epoch"] == 1.0
    assert list(rows[0])[4:-2] == ["generator_loss", "discriminator_loss", "real_accuracy", "fake_accuracy"]


def test_a_finished_training_is_restored_and_not_repeated(training_of, tmp_path):
    first = training_of("vae", states=tmp_path)
    first.run()
    again = training_of("vae", states=tmp_path)
    again.trainer.run_steps = None
    again.run()
    assert_same(first, again)
    assert again.state.resumed_at == []


def test_cpu_seconds_are_those_of_all_jobs(training_of, tmp_path, monkeypatch):
    used = "easel.training.state.cpu_seconds_used"
    for seconds in (30.0, 12.0):
        job = training_of("vae", states=tmp_path)
        job.state.restore()
        monkeypatch.setattr(used, lambda seconds=seconds: seconds)
        job.state.save()
    assert job.state.cpu_seconds == 42.0


@pytest.mark.parametrize(
    ("arrays", "notes", "why"),
    [
        ({"values": np.zeros((1, 1))}, {}, "its variables are not those of this training"),
        ({"clock": np.array(["noon"])}, {}, "its variables are not those of this training"),
        ({}, {"checks": 5}, "its notes are not those of a training"),
    ],
)
def test_a_checkpoint_of_another_form_is_not_used(training_of, tmp_path, arrays, notes, why, caplog):
    training = training_of("vae", states=tmp_path)
    training.state.save()
    found = checkpoints.read(checkpoints.files(training.state.folder)[0])
    checkpoints.save(training.state.folder, found._replace(arrays=found.arrays | arrays, notes=found.notes | notes))
    training.state.restore()
    assert training.state.resumed_from == 0
    assert f"not used: {why}" in caplog.text


def test_a_damaged_snapshot_or_picture_is_set_aside(training_of, tmp_path, caplog):
    first = training_of("vae", states=tmp_path)
    first.run()
    files = [first.state.picture(0), *first.state.snapshot(4).values()]
    assert len(files) == 3
    for file in files:
        file.write_bytes(file.read_bytes()[:-1])
    again = training_of("vae", states=tmp_path)
    again.run()
    assert [file.with_name(f"{file.name}.damaged").exists() for file in files] == [True] * 3
    for file in files:
        assert f"{file}: damaged" in caplog.text


def test_without_checksums_nothing_is_set_aside(training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    training.run()
    for content in (b"", b"\xff", b"[5]"):
        (training.state.folder / "checksums.json").write_bytes(content)
        training.state.set_damaged_aside()
    assert list(training.state.folder.rglob("*.damaged")) == []


def test_a_loss_that_is_not_finite_stops_the_training_at_once(training_of, tmp_path):
    training = training_of("vae", states=tmp_path)

    def diverge(rows: np.ndarray) -> None:
        rows[0, 1] = np.nan

    training.after_step(4, diverge)
    with pytest.raises(EaselError, match=r"the training has diverged: reconstruction is nan at step 4\."):
        training.run()
    assert [path.name for path in sorted(training.state.folder.glob("*.npz"))] == [
        "checkpoint-000000002.npz", "checkpoint-000000004.npz",
    ]  # fmt: skip


def test_a_variable_that_is_not_finite_is_never_saved(training_of, tmp_path):
    training = training_of("vae", states=tmp_path)
    kernel = training.trainer.networks["decoder"].trainable_variables[0]
    broken = kernel.numpy()
    broken.flat[0] = np.inf  # a single number
    training.after_step(4, lambda rows: kernel.assign(broken))
    with pytest.raises(EaselError, match=r"a variable of the decoder is not finite after step 5\..* is kept: .*0004"):
        training.run()
    assert steps_of(training) == [2, 4]


WINNING = {"learning_rate": 1e-9, "discriminator_learning_rate": 2e-3, "epochs": 10, "draw_every": 4, "log_every": 4}
"""A discriminator that always wins."""


def test_a_training_stopped_by_collapse_resumes_only_when_on_collapse_changes(training_of, tmp_path):
    stopped = training_of("dcgan", states=tmp_path, on_collapse="stop", **WINNING)
    stopped.run()
    again = training_of("dcgan", states=tmp_path, on_collapse="stop", **WINNING)
    again.trainer.run_steps = None
    again.run()
    assert_same(stopped, again)
    resumed = training_of("dcgan", states=tmp_path, on_collapse="continue", **WINNING)
    resumed.run()
    assert (resumed.state.step, resumed.state.resumed_at) == (40, [stopped.state.step])


def test_checkpoints_after_a_collapse_are_refused_if_on_collapse_is_stop(training_of, tmp_path):
    training_of("dcgan", states=tmp_path / "a", on_collapse="continue", **WINNING).run()
    stops = training_of("dcgan", states=tmp_path / "a", on_collapse="stop", **WINNING)
    stops.run()
    from_scratch = training_of("dcgan", states=tmp_path / "b", on_collapse="stop", **WINNING)
    from_scratch.run()
    assert_same(stops, from_scratch)
