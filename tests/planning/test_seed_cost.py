"""What one more seed of a run costs."""

from pathlib import Path

import pytest
from helpers.fake_plans import write_benchmark

from easel.planning.predictions import KEPT, log_file, write
from easel.planning.seed_cost import seconds_of_a_seed


def planned(results: Path, *jobs: tuple[str, str, str, float]) -> None:
    """A log of predictions: rule, run, seed, minutes."""
    rows = [
        {
            "planned": "2026-01-01T00:00:00Z", "benchmark": f"benchmarks/s/{run}/seed-{seed}/{rule}.tsv", "rule": rule,
            "run": run, "seed": seed, "minutes": minutes, "memory_mb": 1, "disk_mb": 1, "gpus": 0, "source": "probe",
        }
        for rule, run, seed, minutes in jobs
    ]  # fmt: skip
    write(log_file(results, "s"), KEPT, rows)


def ran(results: Path, run: str, seed: int, **seconds: float) -> None:
    for rule, each in seconds.items():
        write_benchmark(results / "benchmarks" / "s" / run / f"seed-{seed}" / f"{rule}.tsv", each)


def test_the_jobs_of_a_typical_seed_are_added(tmp_path):
    for seed, seconds in enumerate((100.0, 300.0, 110.0)):
        ran(tmp_path, "a", seed, train_run=seconds, evaluate=20.0)
    ran(tmp_path, "b", 0, train_run=9_000.0)
    assert seconds_of_a_seed(tmp_path, "s", "a") == pytest.approx(130.0)


def test_what_did_not_run_is_as_planned(tmp_path):
    log_file(tmp_path, "s").parent.mkdir(parents=True)
    planned(tmp_path, ("train_run", "a", "0", 2.0), ("evaluate", "a", "0", 1.0), ("train_run", "b", "0", 50.0))
    assert seconds_of_a_seed(tmp_path, "s", "a") == pytest.approx(180.0)
    ran(tmp_path, "a", 0, train_run=100.0)
    assert seconds_of_a_seed(tmp_path, "s", "a") == pytest.approx(160.0)


def test_a_run_that_was_never_trained_here_has_no_cost(tmp_path):
    assert seconds_of_a_seed(tmp_path, "s", "a") is None
    ran(tmp_path, "a", 0, evaluate=20.0)
    assert seconds_of_a_seed(tmp_path, "s", "a") is None
