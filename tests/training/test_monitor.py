"""Progress pictures, snapshots, and collapse noticed during training."""

import numpy as np
import pytest

from easel.training import collapse
from easel.training.monitor import Monitor
from easel.training.record import write_outputs
from easel.training.tensorboard import Board


def test_pictures_and_snapshots_are_kept_with_the_state(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path)
    training.run()
    folder = training.state.folder
    assert [path.stem for path in sorted(folder.glob("progress/*"))] == [
        "step-000000", "step-000003", "step-000006", "step-000008",
    ]  # fmt: skip
    assert [path.stem for path in sorted(folder.glob("snapshots/*"))] == ["step-000004", "step-000008"]


def test_progress_pictures_have_a_class_in_each_row(training_of):
    training = training_of("cgan")
    with Board(None) as board:
        latents, shown = Monitor(training.trainer, training.state, board).inputs
    assert latents.shape == (64, 8)
    np.testing.assert_array_equal(shown.reshape(8, 8), np.repeat(np.arange(8) % 4, 8).reshape(8, 8))
    assert [tensor.shape for tensor in training.trainer.networks["generator"].inputs] == [(None, 8), (None,)]
    assert "labels" in {tensor.name for tensor in training.trainer.networks["discriminator"].inputs}


WINNING = {"learning_rate": 1e-9, "discriminator_learning_rate": 2e-3, "epochs": 10, "draw_every": 4, "log_every": 4}
"""A discriminator that always wins."""


@pytest.mark.parametrize(("on_collapse", "ends_early"), [("continue", False), ("stop", True)])
def test_a_discriminator_that_always_wins_is_reported(training_of, tmp_path, on_collapse, ends_early, caplog):
    training = training_of("dcgan", states=tmp_path, on_collapse=on_collapse, **WINNING)
    training.run()
    state = training.state
    write_outputs(state, tmp_path / "outputs")
    rows = state.rows()
    found = collapse.summary(state.history.checks, rows, 4.0, state.stopped_by_collapse)
    assert "collapsed at step" in caplog.text
    assert found["stopped"] is ends_early
    assert (state.step < 40) is ends_early
    assert rows[0]["collapsed"] == 0
    assert rows[-1]["collapsed"] == 1
    assert rows[-1]["step"] == state.step
    assert (tmp_path / f"outputs/snapshots/step-{state.step:06d}.keras").exists()
    assert (tmp_path / f"outputs/progress/step-{state.step:06d}.png").exists()


@pytest.mark.parametrize("loss", ["wasserstein", "relativistic"])
def test_a_loss_without_a_boundary_has_no_winning_discriminator(training_of, tmp_path, loss):
    training = training_of("dcgan", states=tmp_path, loss=loss, **WINNING)
    training.run()
    assert training.trainer.objective.metrics == ("generator_loss", "discriminator_loss")
    assert "discriminator" not in {check.collapse for check in training.state.history.checks}
