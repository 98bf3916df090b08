"""A budget in minutes through the real Snakemake: measured, trained with, recorded, and kept."""

import json

import pytest
from helpers.tiny_study import Checkout, job_counts

MINUTES = 0.3
STUDY = f"""\
dataset: tiny_shapes
datasets:
  tiny_shapes: {{format: shapes, train_images: 256, test_images: 64}}
minutes: {MINUTES}
runs:
  timed: {{preset: vae, width: 4, latent_dim: 8, batch_size: 64, decay: linear}}
"""


def record_of(checkout: Checkout) -> dict:
    return json.loads((checkout / "results/tiny/timed/seed-0/train.json").read_text())


def test_a_run_is_trained_for_its_minutes(tmp_path):
    checkout = Checkout(tmp_path, STUDY)
    assert checkout.jobs("train") == {"draw_shapes": 1, "measure_budget": 1, "train_run": 1}
    assert checkout.jobs("results/tiny/timed/budget.json") == {"draw_shapes": 1, "measure_budget": 1}
    done = checkout.snakemake("train")
    assert done.returncode == 0, done.stdout
    budget, record = json.loads((checkout / "results/tiny/timed/budget.json").read_text()), record_of(checkout)
    assert record["budget"] == budget
    assert budget["minutes"] == MINUTES
    assert record["settings"]["epochs"] == budget["epochs"] == pytest.approx(record["epochs"])
    assert record["steps"] == budget["steps"]
    assert "minutes" not in record["settings"]
    (state,) = (checkout / "results/tiny/timed/seed-0/state").glob("*/state_key.json")
    assert json.loads(state.read_text())["epochs"] == budget["epochs"], "the learning rate falls over them"
    assert 0.2 < record["seconds"] / (60 * MINUTES) < 5, "a busy machine is no reason to fail"

    assert checkout.jobs("train") == {}
    checkout.study.write_text(STUDY.replace("width: 4", "width: 6"))
    assert checkout.jobs("train") == {"train_run": 1}
    checkout.study.write_text(STUDY.replace(str(MINUTES), "0.4"))
    said = checkout.snakemake("train", "--dry-run")
    assert job_counts(said.stdout) == {"measure_budget": 1, "train_run": 1}
    assert "minutes was 0.3, and is now 0.4" in said.stdout


def test_minutes_that_nothing_fits_into_are_refused(tmp_path):
    checkout = Checkout(tmp_path, STUDY.replace(str(MINUTES), "0.001"))
    done = checkout.snakemake("train")
    assert done.returncode == 1
    assert "runs.timed: minutes is 0.001, but here it takes " in done.stdout
    assert not (checkout / "results/tiny/timed/seed-0").exists()
