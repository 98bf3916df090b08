"""The outputs of a finished training, from whatever its state holds."""

from easel.training.record import snapshot_steps, write_outputs


def test_files_removed_from_the_state_are_left_out_with_a_warning(training_of, tmp_path, caplog):
    training = training_of("vae", states=tmp_path / "state")
    training.run()
    training.state.picture(3).unlink()
    training.state.snapshot(4).unlink()
    again = training_of("vae", states=tmp_path / "state")
    again.run()
    write_outputs(again.trainer, again.state, tmp_path / "outputs")
    assert "step-000003.png no longer exists, and is left out" in caplog.text
    assert [file.stem for file in sorted((tmp_path / "outputs/progress").iterdir())] == [
        "step-000000", "step-000006", "step-000008",
    ]  # fmt: skip
    assert snapshot_steps(again.state) == [8]
