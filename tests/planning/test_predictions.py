"""Predictions, and their comparison with the actual cost."""

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from helpers.fake_plans import CHANGED, HERE, plan_of, write_benchmark

from easel.planning import predictions
from easel.runtime.files import write_json


def test_tables_survive_a_round_trip_with_one_line_per_row(tmp_path):
    rows = list(plan_of(HERE).rows())
    predictions.write(tmp_path / "plan.tsv", predictions.COLUMNS, rows)
    text = (tmp_path / "plan.tsv").read_text()
    assert text.splitlines()[0] == "rule\trun\tseed\treasons\tminutes\tmemory_mb\tdisk_mb\tgpus\tsource"
    assert len(text.splitlines()) == 1 + 4
    back = predictions.read(tmp_path / "plan.tsv")
    assert json.loads(back[3]["reasons"]) == CHANGED
    assert (back[1]["run"], back[1]["seed"], back[1]["minutes"], back[1]["gpus"]) == ("r", "0", "0.167", "1")


def prediction(minutes: float) -> dict:
    return {"benchmark": "benchmarks/s/r/seed-0/train_run.tsv", "rule": "train_run", "run": "r", "seed": "0",
            "minutes": minutes, "memory_mb": 900, "disk_mb": 1, "gpus": 1, "source": "probe"}  # fmt: skip


def test_a_job_is_compared_with_the_last_prediction_before_it_ran(tmp_path):
    """Planned, planned better, done, and planned once more for new settings: the second is what came true."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    hours = (noon + timedelta(hours=hour) for hour in count())
    benchmark = tmp_path / "benchmarks/s/r/seed-0/train_run.tsv"
    predictions.keep(tmp_path, "s", [prediction(1.0)], next(hours))
    assert predictions.planned_and_actual(tmp_path, "s") == []
    predictions.keep(tmp_path, "s", [prediction(2.0)], next(hours))
    write_benchmark(benchmark, 150)
    done = next(hours).timestamp()
    os.utime(benchmark, (done, done))
    for again in ([], [prediction(9.0)], [prediction(8.0)], []):
        predictions.keep(tmp_path, "s", again, next(hours))
        (outcome,) = predictions.planned_and_actual(tmp_path, "s")
        assert (outcome.planned_minutes, outcome.minutes) == (2.0, 2.5)
    assert len(predictions.read(predictions.log_file(tmp_path, "s"))) == 2


@pytest.mark.parametrize(("resumed_at", "minutes"), [([100], 3.0), ([], 0.5)])
def test_a_resumed_training_is_compared_over_all_of_its_processes(tmp_path, resumed_at, minutes):
    predictions.keep(tmp_path, "s", [prediction(2.0)], datetime(2026, 1, 1, tzinfo=UTC))
    write_benchmark(tmp_path / "benchmarks/s/r/seed-0/train_run.tsv", 30)
    write_json(tmp_path / "s/r/seed-0/train.json", {"seconds": 180.0, "resumed_at_steps": resumed_at})
    (outcome,) = predictions.planned_and_actual(tmp_path, "s")
    assert outcome.minutes == minutes


def test_without_a_plan_there_is_nothing_to_compare(tmp_path):
    assert predictions.planned_and_actual(tmp_path, "s") == []
