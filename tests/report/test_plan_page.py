"""The page of a plan."""

import re
from dataclasses import replace

import pytest
from helpers.fake_plans import CHANGED, HERE, chain, measurement, plan_of
from helpers.page_text import in_language, rows_of, text_of
from helpers.rendered_pages import NOTEBOOKS

from easel.planning.plan import COUNTS
from easel.report import plan_page as pages
from easel.report.page.numbers import NBSP
from easel.report.rendering import compose
from easel.texts import has_text, say
from easel.tracking.rerun_reasons import CONSOLE
from easel.tracking.snakemake_internals import REASON_KINDS


@pytest.fixture
def plan():
    return plan_of(HERE, seconds=(1, 600, 1200, 5))


def test_plan_sentence(plan):
    assert pages.sentence(plan).replace(NBSP, " ") == (
        "4 jobs, 30 min 6 s of work, at most 300 MB of memory, 10 MB of disk; done in 30 min 8 s with 1 node like "
        "this one, 20 min 8 s with 2, 20 min 8 s with 4 and 20 min 8 s with 8."
    )


def test_the_plan_says_which_trainings_mirror_their_images(plan):
    assert "mirrored" not in text_of(pages.plan_header(plan))
    for flip, said in ((True, "mirrored at random (flip: true) in r."), (False, "not mirrored (flip: false) in r.")):
        assert said in text_of(pages.plan_header(replace(plan, flips={"r": flip, "already-trained": not flip})))


def test_empty_plan(plan):
    nothing = replace(plan, jobs=[], forecasts=[])
    assert pages.sentence(nothing) == "Nothing is outdated."
    assert list(pages.sections(nothing, [])) == [""]
    assert "Nothing is outdated" in text_of(pages.plan_header(nothing))


@pytest.mark.parametrize(
    ("mb", "words"), [(0.04, "0.0 MB"), (9.9, "9.9 MB"), (310.2, "310 MB"), (1300, "1.3 GB"), (999.7, "1.0 GB")]
)
def test_sizes(mb, words):
    assert pages.format_size(mb).replace(NBSP, " ") == words


def test_row_for_each_rule_and_their_total(plan):
    rows = [" ".join(filter(None, row)) for row in rows_of(pages.rule_table(plan))]
    assert rows == [
        "draw shapes 1 1.0 s 1.0 s 0.0 MB 2.5 MB rule of thumb",
        "train run 2 10 min to 20 min 30 min 200 MB 5.0 MB rule of thumb",
        "compare 1 5.0 s 5.0 s 300 MB 2.5 MB rule of thumb",
        "total 4 30 min 6 s 300 MB 10 MB",
    ]


def test_all_reasons_for_a_job_are_shown_in_every_language(plan):
    rows = rows_of(pages.job_table(plan))
    assert "settings.title" in str(rows)
    said = text_of(pages.fragment(pages.reason_sentence(CHANGED)))
    assert said.endswith("; the code scripts/compare.py has changed")
    assert "코드 scripts/compare.py이(가) 바뀜" in text_of(pages.fragment(pages.reason_sentence(CHANGED)), "ko")


def test_a_whole_number_is_shown_as_a_study_has_it():
    epochs = {"kind": "setting_changed", "key": "settings.epochs", "before": 2.0, "now": 2.5}
    assert text_of(pages.fragment(pages.reason_sentence([epochs]))) == "settings.epochs was 2, and is now 2.5"


def test_of_many_reasons_of_a_kind_the_first_are_shown():
    missing = [{"kind": "missing_output", "file": file} for file in "abcde"]
    assert pages.reason_sentence(missing) == "a is missing; b is missing; 3 more"


@pytest.mark.parametrize("kind", [*REASON_KINDS.values(), *CONSOLE, "params_changed", "unknown"])
def test_each_kind_of_reason_has_a_sentence(kind):
    assert has_text(f"plan.reasons.{kind}")


def test_long_job_list_is_truncated(plan):
    many = replace(plan, jobs=[*chain()] * 100, forecasts=[*plan.forecasts] * 100)
    assert pages.job_table(many).count("<tr") == 1 + pages.MAX_ROWS
    assert "plan.tsv has the other 200" in pages.job_table(many)


def test_short_spans_are_merged():
    spans = [(0, 100), (100, 100.2), (100.3, 100.4), (150, 250), (250, 350)]
    assert pages.merge_short_spans(spans, finest=1) == [(0, 100.4), (150, 250), (250, 350)]


def test_figures_have_alt_text_with_times(plan):
    for piece in (pages.finish_times(plan), pages.timetables(plan)):
        labels = re.findall(r'role="img" aria-label="(.*?)"', piece)
        assert labels
        assert all(f"20{NBSP}min" in label or f"30{NBSP}min" in label for label in labels)
    assert len(re.findall(r'role="img"', pages.timetables(plan))) == len(COUNTS)


def test_plan_page_is_self_contained_and_shows_no_code(plan):
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


def test_empty_section_is_left_out(plan):
    sections = {"": ["<p>head</p>"], "cost-per-step": [None], "all-jobs": ["<p>text</p>"]}
    html = in_language(compose("x", "plan", sections, NOTEBOOKS / "template"))
    assert re.findall(r"<h2.*?>(.*?)</h2>", html) == ["All jobs"]


# --- afterwards ----------------------------------------------------------------------------------------
