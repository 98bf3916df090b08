"""Planned vs. actual cost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.fake_plans import write_benchmark
from helpers.fake_results import write_study
from helpers.page_text import rows_of, text_of

from easel.planning import predictions
from easel.report import cells as report
from easel.report.tables.planned_vs_actual import relative_difference


@pytest.fixture
def study(tmp_path) -> report.read_study:
    return report.read_study(write_study(tmp_path, runs={"dcgan": "dcgan"}))


def planned(results: Path, rule: str, minutes: float, run: str = "dcgan") -> dict:
    file = f"benchmarks/quickstart/{run}/seed-0/{rule}.tsv" if run else f"benchmarks/quickstart/{rule}.tsv"
    return {"benchmark": file, "rule": rule, "run": run, "seed": "0" if run else "", "minutes": minutes,
            "memory_mb": 900, "disk_mb": 1, "gpus": 1, "source": "probe"}  # fmt: skip


def test_unplanned_study_has_no_table(study):
    assert report.planned_vs_actual_table(study) is None


def test_planned_and_actual_cost_side_by_side(study):
    results = study.folder.parent
    rows = [planned(results, "train_run", 2), planned(results, "sample", 0.5), planned(results, "compare", 9, run="")]
    predictions.keep(results, "quickstart", rows, datetime(2026, 1, 1, tzinfo=UTC))
    write_benchmark(results / rows[0]["benchmark"], 180)
    write_benchmark(results / rows[1]["benchmark"], 24, rss="NA")
    shown = report.planned_vs_actual_table(study)
    lines = [" ".join(filter(None, row)) for row in rows_of(shown)]
    assert lines[:3] == [
        "train run 1 2 min 3 min +50 % 900 MB 1,049 MB",
        "sample 1 30 s 24 s -20 % 900 MB",
        "total 2 2 min 30 s 3 min 24 s +36 % 900 MB 1,049 MB",
    ]
    assert "dcgan, seed 0 2 min 3 min +50 %" in lines[-1]
    assert "Planned: 2 min 30 s. Actual: 3 min 24 s (+36 %)" in text_of(shown)


def test_no_difference_without_a_plan():
    assert relative_difference(0, 1) == ""
