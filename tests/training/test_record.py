"""The outputs of a finished training, from whatever its state holds."""

import numpy as np

from easel.config.budgets import Budget
from easel.runtime.files import read_json
from easel.training.record import snapshot_steps, write_outputs, write_record


def test_files_removed_from_the_state_are_left_out_with_a_warning(training_of, tmp_path, caplog):
    training = training_of("vae", states=tmp_path / "state")
    training.run()
    training.state.picture(3).unlink()
    training.state.snapshot(4)["encoder"].unlink()
    again = training_of("vae", states=tmp_path / "state")
    again.run()
    write_outputs(again.state, tmp_path / "outputs")
    assert "step-000003.png no longer exists, and is left out" in caplog.text
    assert [file.stem for file in sorted((tmp_path / "outputs/progress").iterdir())] == [
        "step-000000", "step-000006", "step-000008",
    ]  # fmt: skip
    assert snapshot_steps(again.state) == [8]
    assert [file.name for file in sorted((tmp_path / "outputs/snapshots").iterdir())] == [
        "step-000008-encoder.keras", "step-000008.keras",
    ]  # fmt: skip


def test_each_snapshot_is_listed_with_its_networks_and_its_prior(training_of, tmp_path):
    training = training_of("rae", states=tmp_path / "state")
    training.run()
    again = training_of("rae", states=tmp_path / "state")  # which fits nothing, as no step is left
    again.run()
    write_record(again.trainer, again.state, tmp_path / "train.json", {}, {})
    listed = read_json(tmp_path / "train.json")["snapshots"]
    assert [{key: each[key] for key in each if key != "prior"} for each in listed] == [
        {
            "generator": f"snapshots/step-00000{step}.keras", "encoder": f"snapshots/step-00000{step}-encoder.keras",
            "step": step, "epoch": step / 4,
        }
        for step in (4, 8)
    ]  # fmt: skip
    likelihoods = [each["prior"]["log_likelihood"] for each in listed]
    assert np.isfinite(likelihoods).all()
    assert likelihoods[0] != likelihoods[1]


def test_a_state_without_encoders_serves_to_its_end(training_of, tmp_path):
    """As an earlier version left it: of an autoencoder, snapshots had only the generator."""
    training = training_of("vae", states=tmp_path / "state")
    training.run()
    for step in (4, 8):
        training.state.snapshot(step)["encoder"].unlink()
    again = training_of("vae", states=tmp_path / "state")
    again.run()
    write_outputs(again.state, tmp_path / "outputs")
    assert snapshot_steps(again.state) == [8]
    assert again.state.has_snapshot(8)


def test_a_gan_keeps_its_generator_only(training_of, tmp_path):
    training = training_of("dcgan", states=tmp_path / "state")
    training.run()
    write_record(training.trainer, training.state, tmp_path / "train.json", {}, {})
    assert read_json(tmp_path / "train.json")["snapshots"][0] == {
        "generator": "snapshots/step-000004.keras", "step": 4, "epoch": 1.0, "prior": None,
    }  # fmt: skip


def test_the_record_has_cpu_seconds_the_resolved_flip_the_caveats_and_determinism(training_of, tmp_path, monkeypatch):
    training = training_of("vae", epochs=0.25)
    training.run()
    monkeypatch.setattr("easel.training.state.cpu_seconds_used", lambda: 7.25)
    caveats = [{"kind": "mirrored_against_dataset", "dataset": "svhn"}]
    budget = Budget(minutes=2.0, epochs=0.25)
    write_record(training.trainer, training.state, tmp_path / "train.json", {}, {}, caveats, budget)
    record = read_json(tmp_path / "train.json")
    assert record["budget"] == {"minutes": 2.0, "epochs": 0.25}
    assert record["cpu_seconds"] == 7.25
    assert "minutes" not in record["settings"]
    assert record["caveats"] == [*caveats, {"kind": "alike_samples", "n": 1}]  # after one step
    assert record["settings"]["flip"] is True
    for device, asked, expected in (
        ({"kind": "cpu", "threads": 1}, False, True),
        ({"kind": "cpu", "threads": 2}, True, False),  # determinism of operations is for GPUs
        ({"kind": "gpu", "threads": 2}, True, True),
        ({"kind": "gpu", "threads": 1}, False, False),
    ):
        monkeypatch.setattr("easel.training.record.describe_device", lambda device=device: device)
        training.trainer.settings = training.trainer.settings.model_copy(update={"deterministic": asked})
        write_record(training.trainer, training.state, tmp_path / "train.json", {}, {})
        assert read_json(tmp_path / "train.json")["deterministic"] is expected
