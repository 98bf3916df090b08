"""The page of a plan, and what a study's page says of a plan afterwards."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from helpers.fake_plans import HERE, chain, measurement, plan_of, write_benchmark
from helpers.fake_results import write_study
from helpers.page_text import in_language
from helpers.rendered_pages import NOTEBOOKS

from easel import report
from easel.planning import predictions
from easel.planning.plan import COUNTS
from easel.report import plan_page as pages
from easel.report.page.numbers import NBSP
from easel.report.rendering import compose
from easel.report.tables.planned_vs_actual import relative_difference
from easel.texts import say


@pytest.fixture
def plan():
    return plan_of(HERE, seconds=(1, 600, 1200, 5))


def said(html: str) -> str:
    """The text of a piece of HTML."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", in_language(html))).replace(NBSP, " ").strip()


def test_the_whole_plan_in_a_sentence(plan):
    assert pages.sentence(plan).replace(NBSP, " ") == (
        "4 jobs, 30 min 6 s of work, at most 300 MB of memory, 10 MB of disk; done in 30 min 8 s with 1 node like "
        "this one, 20 min 8 s with 2, 20 min 8 s with 4 and 20 min 8 s with 8."
    )


def test_nothing_outdated_is_said(plan):
    nothing = replace(plan, jobs=[], forecasts=[])
    assert pages.sentence(nothing) == "Nothing is outdated."
    assert list(pages.sections(nothing, [])) == [""]
    assert "Nothing is outdated" in said(pages.plan_header(nothing))


@pytest.mark.parametrize(
    ("mb", "words"), [(0.04, "0.0 MB"), (9.9, "9.9 MB"), (310.2, "310 MB"), (1300, "1.3 GB"), (999.7, "1.0 GB")]
)
def test_sizes(mb, words):
    assert pages.format_size(mb).replace(NBSP, " ") == words


def test_every_rule_has_a_row_and_the_last_is_their_sum(plan):
    rows = [said(row) for row in re.findall(r"<tr.*?</tr>", pages.rule_table(plan), re.DOTALL)]
    assert rows[1:] == [
        "draw shapes 1 1.0 s 1.0 s 0.0 MB 2.5 MB estimate",
        "train run 2 10 min to 20 min 30 min 200 MB 5.0 MB estimate",
        "compare 1 5.0 s 5.0 s 300 MB 2.5 MB estimate",
        "total 4 30 min 6 s 300 MB 10 MB",
    ]


def test_a_long_list_of_jobs_is_cut(plan):
    many = replace(plan, jobs=[*chain()] * 100, forecasts=[*plan.forecasts] * 100)
    assert pages.job_table(many).count("<tr") == 1 + pages.MAX_ROWS
    assert "plan.tsv has the other 200" in pages.job_table(many)


def test_what_is_too_short_to_be_seen_is_drawn_with_its_neighbour():
    spans = [(0, 100), (100, 100.2), (100.3, 100.4), (150, 250), (250, 350)]
    assert pages.merge_short_spans(spans, finest=1) == [(0, 100.4), (150, 250), (250, 350)]


def test_every_picture_says_what_it_shows(plan):
    for piece in (pages.finish_times(plan), pages.timetables(plan)):
        labels = re.findall(r'role="img" aria-label="(.*?)"', piece)
        assert labels
        assert all(f"20{NBSP}min" in label or f"30{NBSP}min" in label for label in labels)
    assert len(re.findall(r'role="img"', pages.timetables(plan))) == len(COUNTS)


def test_a_page_needs_nothing_but_itself_and_shows_no_code(plan):
    html = in_language(
        compose(say("plan.title", study="tiny"), "plan", pages.sections(plan, [measurement()]), NOTEBOOKS / "template")
    )
    assert re.findall(r"<h2.*?>(.*?)</h2>", html) == [
        "Time to finish", "Cost per step", "All jobs", "Where the estimates come from"
    ]  # fmt: skip
    assert "show code" not in html
    assert "http" not in re.sub(r'xmlns="[^"]*"', "", html)
    assert "dcgan, width 64" in html
    assert "1,280" in html  # images a second


def test_a_section_with_nothing_to_show_is_left_out(plan):
    sections = {"": ["<p>head</p>"], "cost-per-step": [None], "all-jobs": ["<p>text</p>"]}
    html = in_language(compose("x", "plan", sections, NOTEBOOKS / "template"))
    assert re.findall(r"<h2.*?>(.*?)</h2>", html) == ["All jobs"]


# --- afterwards ----------------------------------------------------------------------------------------


@pytest.fixture
def study(tmp_path) -> report.read_study:
    return report.read_study(write_study(tmp_path, runs={"dcgan": "dcgan"}))


def planned(results: Path, rule: str, minutes: float, run: str = "dcgan") -> dict:
    file = f"benchmarks/quickstart/{run}/seed-0/{rule}.tsv" if run else f"benchmarks/quickstart/{rule}.tsv"
    return {"benchmark": file, "rule": rule, "run": run, "seed": "0" if run else "", "minutes": minutes,
            "memory_mb": 900, "disk_mb": 1, "gpus": 1, "source": "measured here"}  # fmt: skip


def test_a_study_without_a_plan_says_nothing_of_one(study):
    assert report.planned_vs_actual_table(study) is None


def test_planned_and_taken_stand_side_by_side(study):
    results = study.folder.parent
    rows = [planned(results, "train_run", 2), planned(results, "sample", 0.5), planned(results, "compare", 9, run="")]
    predictions.keep(results, "quickstart", rows, datetime(2026, 1, 1, tzinfo=UTC))
    write_benchmark(results / rows[0]["benchmark"], 180)
    write_benchmark(results / rows[1]["benchmark"], 24, rss="NA")
    shown = report.planned_vs_actual_table(study)
    lines = [said(row) for row in re.findall(r"<tr.*?</tr>", shown, re.DOTALL)]
    assert lines[1:4] == [
        "train run 1 2 min 3 min +50 % 900 MB 1,049 MB",
        "sample 1 30 s 24 s -20 % 900 MB",
        "total 2 2 min 30 s 3 min 24 s +36 % 900 MB 1,049 MB",
    ]
    assert "dcgan, seed 0 2 min 3 min +50 %" in lines[-1]
    assert "Planned: 2 min 30 s. Actual: 3 min 24 s (+36 %)" in said(shown)


def test_a_difference_from_nothing_is_none():
    assert relative_difference(0, 1) == ""
