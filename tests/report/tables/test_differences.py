"""Verdicts on differences, and what would settle those that may be chance."""

from dataclasses import replace

import pytest
from helpers.altered_results import made_up_study, uneven
from helpers.fake_plans import write_benchmark
from helpers.page_text import rows_of, text_of

from easel.report import cells as report
from easel.report.tables.differences import differences

OF_SEEDS = {"dcgan": (41.0, 43.0, 42.0), "vae": (44.0, 43.5, 43.0), "vae_gan": (42.1, 40.9, 43.2)}


def close(runs, of_seeds=OF_SEEDS):
    """FIDs that are close to each other."""
    for run in runs:
        for seed, value in zip(run["seeds"], of_seeds[run["run"]], strict=True):
            for row in seed["metrics"]:
                row["value"] = value if row["metric"] == "fid" else row["value"]
            seed["device"] = {"kind": "gpu", "name": "Tesla T4"}


def test_a_difference_beyond_chance_is_a_win_and_needs_no_seeds():
    got = report.differences_table(made_up_study("dcgan", "vae", "vae_gan", seeds=3, change=uneven))
    rows = rows_of(got)
    assert [row[0] for row in rows] == ["vae vs. dcgan", "vae_gan vs. dcgan"]
    assert (rows[0][3], rows[0][5]) == ("77.3", "3")
    assert rows[0][-3:] == ["win", "", ""]
    p, of_welch = map(float, rows[0][6:8])
    assert 0 < p < 0.001
    assert 0 < of_welch < 0.001
    assert "would settle it" not in text_of(got)


def test_an_inconclusive_difference_has_the_seeds_that_would_settle_it():
    study = made_up_study("dcgan", "vae", seeds=3, change=close)
    (needed,) = [each.needed for each in differences(study)]
    got = report.differences_table(study)
    assert rows_of(got)[0][-3:] == ["inconclusive", str(needed["more"]), ""]
    assert text_of(got).startswith(
        f"vae vs. dcgan (judge classifier) is inconclusive. {needed['more']} more seeds of both "
        f"({needed['total']} in all) would settle it with a probability of 80 %, if the difference is as estimated. "
        "So few seeds"
    )
    assert f"{needed['low']} or more in all" in text_of(
        got
    ) or f"between {needed['low']} and {needed['high']}" in text_of(got)


def test_its_cost_is_that_of_both_runs(tmp_path):
    study = replace(made_up_study("dcgan", "vae", seeds=3, change=close), folder=tmp_path / "results" / "q")
    for run, seconds in (("dcgan", 100.0), ("vae", 20.0)):
        write_benchmark(tmp_path / "results/benchmarks/q" / run / "seed-0/train_run.tsv", seconds)
    (found,) = differences(study)
    assert found.seconds == pytest.approx(120.0 * found.needed["more"])
    got = text_of(report.differences_table(study))
    minutes = 2 * found.needed["more"]
    assert f"if the difference is as estimated, in about {minutes} min on Tesla T4." in got
    assert rows_of(report.differences_table(study))[0][-1] == f"{minutes} min"


def test_a_difference_within_noise_is_settled_by_no_number():
    study = made_up_study("dcgan", "vae_gan", seeds=3, change=close)
    got = report.differences_table(study)
    assert "is inconclusive, and within noise of zero: even 1,000 seeds would probably not settle it." in text_of(got)
    assert rows_of(got)[0][-3:] == ["inconclusive", "over 1,000", ""]


def test_the_same_difference_in_every_seed_is_not_called_noise():
    got = report.differences_table(made_up_study("dcgan", "vae", seeds=3))
    assert "they differ by the same in every seed, so there is no spread" in text_of(got)
    assert "noise of zero" not in text_of(got)
    assert rows_of(got)[0][-3:] == ["inconclusive", "", ""]


def test_one_seed_is_inconclusive_without_a_number():
    got = report.differences_table(made_up_study("vae", "dcgan"))
    assert rows_of(got)[0][-5:] == ["", "", "inconclusive: one seed", "", ""]
    assert "would settle it" not in text_of(got)


def test_of_several_judges_the_least_sure_one_speaks():
    def unequal(runs):
        close(runs)
        for run in runs:
            for seed in run["seeds"]:
                for row in seed["metrics"]:
                    if row["judge"] == "inception" and row["metric"] == "fid":
                        row["value"] = 5.0 * row["value"] + (20.0 - 7.0 * (seed["seed"] == 1)) * (run["run"] == "vae")

    study = made_up_study("dcgan", "vae", seeds=3, judges=("classifier", "inception"), change=unequal)
    both = {each.column["judge"]: each.needed["more"] if each.needed else 0 for each in differences(study)}
    assert both["classifier"] > both["inception"]
    got = text_of(report.differences_table(study))
    assert got.count("would settle it") == 1
    assert "vae vs. dcgan (judge classifier)" in got
