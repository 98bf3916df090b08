"""Results in a paper: the numbers of comparison.json to the digit, those of the page, and what they rest on."""

import csv
import io
import math
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import replace

import pytest
from helpers.fake_results import metrics
from helpers.latex_tables import LatexCell, LatexTable, tables_in
from helpers.page_text import rows_of

from easel.evaluation import comparison
from easel.evaluation.agreement import agreement
from easel.evaluation.judge_failures import JudgeAtChance
from easel.report import cells as report
from easel.report.load import StudyResults
from easel.report.page.plain import english
from easel.report.paper.folder import csv_text
from easel.report.paper.results import (
    agreement_rows,
    agreement_tables,
    difference_tables,
    result_rows,
    result_tables,
)
from easel.report.paper.tables import PaperTable, latex_table
from easel.report.tables.metric_texts import metric_with_arrow

HOSTILE = {"dcgan": "a_b--50.%~[x]^2", "vae": r"\input{한글}&#", "vae_gan": "* $1$"}
EXTERNAL = {"kind": "external", "path": "/theirs", "found": 2_000, "caveats": []}
CASES = ["three seeds", "one seed", "several judges", "external samples", "hostile names"]


def varied(study: StudyResults) -> None:
    """Let the seeds differ by more than a constant, as real ones do."""
    for run in study.runs:
        for seed in run["seeds"]:
            for i, row in enumerate(seed["metrics"]):
                row["value"] *= 1 + 0.01 * math.sin(3 * i + 7 * seed["seed"] + len(run["run"]))


def with_summary(study: StudyResults) -> StudyResults:
    """The study with what its runs give."""
    summary = comparison.summary([*study.runs, *study.external])
    return replace(study, comparison={**study.comparison, "summary": summary, "agreement": agreement(summary)})


@pytest.fixture(params=CASES)
def study(request, written) -> StudyResults:
    """Made-up studies of every kind."""
    seeds = (0,) if request.param == "one seed" else (0, 1, 2)
    judges = ("classifier", "inception") if request.param == "several judges" else ("classifier",)
    study = deepcopy(written(seeds, judges).study)
    varied(study)
    if request.param == "external samples":
        rows = [{**row, "value": 1.1 * row["value"]} for row in metrics("dcgan", 0, judges)]
        samples = EXTERNAL | {"caveats": [{"kind": "grey_images", "n": 7}]}
        for row in rows:
            row["caveats"] = samples["caveats"] if row["of"] == "samples" else []
        seed = {"seed": 0, "samples": samples, "metrics": rows}
        study.external.append({"run": "theirs", "path": "/theirs", "description": "", "seeds": [seed]})
    if request.param == "hostile names":
        for run in study.runs:
            run["run"] = HOSTILE[run["run"]]
    return with_summary(study)


def read_back(tables: Iterable[PaperTable]) -> list[LatexTable]:
    """Tables, as they are read in LaTeX."""
    return tables_in("".join(map(latex_table, tables)))


def number(text: str) -> float:
    """A number with a minus sign and commas."""
    return float(text.replace(",", "").replace("−", "-"))


def digits_of(text: str, value: float) -> bool:
    """True if a number is this value, rounded to its decimals."""
    return number(text) == float(f"{value:.{len(text.partition('.')[2])}f}")


def assert_rounded(text: str, value: float, half_width: float | None, n: int) -> None:
    """A value, `41.2 ± 0.8`, has the digits of the exact one.

    There are as many decimals as show the first digit of half the width of its interval and at most the second; without
    an interval, as of value / √n.
    """
    shown, _, error = text.replace("\N{NO-BREAK SPACE}", " ").partition(" ± ")
    decimals = len(shown.partition(".")[2])
    assert digits_of(shown, value)
    uncertain = half_width is not None and half_width > 1e-9 * abs(value)
    assert bool(error) == uncertain
    if error:
        assert len(error.partition(".")[2]) == decimals
        assert number(error) == number(f"{half_width:.{decimals}f}")
    size = half_width if uncertain else abs(value) / math.sqrt(n)
    if size:
        first_digit = -math.floor(math.log10(size))
        assert max(0, first_digit - 1) <= decimals <= max(0, first_digit) + 1


def half_width(mean: Mapping) -> float | None:
    """Half the width of a mean's interval."""
    return None if mean["low"] is None else (mean["high"] - mean["low"]) / 2


def test_every_mean_of_the_comparison_is_there_to_the_digit(study):
    tables = read_back(result_tables(study))
    seen = 0
    for column in study.summary:
        heading = english(metric_with_arrow(column["metric"]))
        judge = f"Judge: {column['judge']} (" if column["judge"] else ""
        (table,) = [
            each
            for each in tables
            if heading in [cell.text for cell in each.header]
            and (judge in each.caption if judge else "Judge" not in each.caption)
        ]
        assert f"{column['n']:,} images" in table.caption
        assert (
            not column["reference_split"] or f"{column['reference_n']:,} {column['reference_split']}" in table.caption
        )
        cells = table.column(heading)
        for mean in column["runs"]:
            assert_rounded(cells[mean["run"]].text, mean["mean"], half_width(mean), column["n"])
            assert table.column("seeds")[mean["run"]].text == str(mean["seeds"])
            seen += 1
        assert {name for name, cell in cells.items() if cell.text == "—"}.isdisjoint(
            each["run"] for each in column["runs"]
        )
    assert seen == sum(len(column["runs"]) for column in study.summary)
    assert sum(len(table.header) - 2 for table in tables) == len(study.summary)


def test_page_and_paper_show_the_same(study):
    page = [cell.replace("\N{NO-BREAK SPACE}", " ") for row in rows_of(report.comparison_tables(study)) for cell in row]
    for table in read_back(result_tables(study)):
        for row in table.rows:
            assert {cell.text for cell in row[2:]} - {"—"} <= set(page)


def test_csv_has_every_number_unrounded(study):
    rows = list(csv.DictReader(io.StringIO(csv_text(result_rows(study)))))
    means = [(column, mean) for column in study.summary for mean in column["runs"]]
    for row, (column, mean) in zip(rows, means, strict=False):
        assert (row["judge"], row["metric"], row["run"]) == (column["judge"] or "", column["metric"], mean["run"])
        assert (int(row["n"]), int(row["seeds"]), row["interval"]) == (column["n"], mean["seeds"], mean["interval"])
        assert row["reference_n"] == str(column["reference_n"] or "")
        for key in ("mean", "low", "high"):
            assert (float(row[key]) if row[key] else None) == mean[key]
        difference = next((each for each in column["differences"] if each["run"] == mean["run"]), None)
        for key in ("difference", "low", "high", "p"):
            found = row[f"from_best.{key}"]
            assert (float(found) if found else None) == (difference[key] if difference else None)
    baselines = rows[len(means) :]
    first = study.runs[0]["seeds"][0]["metrics"]
    exact = [row["value"] for row in first if row["of"] in ("test_images", "pixel_gaussian")]
    assert [float(row["mean"]) for row in baselines] == exact


def test_every_difference_is_there_to_the_digit_and_untested_ones_are_dashes(study):
    tables = read_back(difference_tables(study))
    columns = [column for column in study.summary if column["metric"] == "fid"]
    assert len(tables) == len(columns)
    for table, column in zip(tables, columns, strict=True):
        for row, difference in zip(table.rows, column["differences"], strict=True):
            name, shown, interval, seeds, paired, welch, verdict = row[:7]
            assert (name.text, seeds.text) == (difference["run"], str(difference["seeds"]))
            assert digits_of(shown.text, difference["difference"])
            low, high = interval.text.replace("\N{NO-BREAK SPACE}", " ").split(" to ")
            assert digits_of(low, difference["low"])
            assert digits_of(high, difference["high"])
            for cell, test in ((paired, "paired"), (welch, "welch")):
                p = difference["tests"][test]["corrected"]
                assert cell.text == ("—" if p is None else f"{p:.2g}")
            assert verdict.text == (
                "—" if difference["test"] is None else "win" if difference["real"] else "inconclusive"
            )
            assert bool(verdict.marks) == (difference["test"] is None)
        untested = [each for each in column["differences"] if each["test"] is None]
        assert any("Not tested: a run has a single seed" in note for note in table.notes) == bool(untested)


def test_seeds_to_settle_and_the_spread_are_there_if_they_are_known(written):
    study = deepcopy(written((0, 1, 2)).study)
    varied(study)
    study = with_summary(study)
    column = next(each for each in study.summary if each["metric"] == "fid")
    for each in column["differences"]:
        each["seeds_to_settle"] = None
    column["spread"] = dict.fromkeys(column["spread"])
    (table,) = read_back(difference_tables(study))
    assert table.header[-1].text == "verdict"
    needed = {"total": 1_300, "more": 1_297, "low": 8, "high": None, "power": 0.8}
    column["differences"][1]["seeds_to_settle"] = needed
    column["spread"] |= {"total": 1.234, "training": 1.1, "sampling": 0.56, "share": 0.79}
    (table,) = read_back(difference_tables(study))
    assert [row[-1].text for row in table.rows] == ["—", "1,300"]
    assert "with a probability of 80 %" in table.caption
    assert table.notes == [
        "Standard deviation over seeds: 1.2, of which 1.1 from training and 0.6 from sampling; training has 79 % of "
        "the variance."
    ]
    rows = {(row["metric"], row["run"]): row for row in result_rows(study) if "run" in row}
    assert rows["fid", column["differences"][1]["run"]]["from_best.seeds_to_settle.total"] == 1_300
    assert rows["fid", "dcgan"]["spread_of_runs.training"] == 1.1


def test_the_best_run_by_all_judges_is_bold(written):
    study = deepcopy(written((0, 1, 2), ("classifier", "inception")).study)
    varied(study)
    study = with_summary(study)
    bold = [row[0].text for table in read_back(result_tables(study))[:2] for row in table.rows if row[2].bold]
    assert bold == ["dcgan", "dcgan"]
    for entry in study.comparison["agreement"]:
        entry["best"] = None
    assert not any(cell.bold for table in read_back(result_tables(study)) for row in table.rows for cell in row)


def test_caveats_are_notes_at_the_values_that_they_hold_for(written):
    study = deepcopy(written((0, 1, 2)).study)
    dcgan, vae, _ = study.runs
    of_samples = [row for row in dcgan["seeds"][0]["metrics"] if row["of"] == "samples" and row["metric"] == "fid"]
    of_samples[0]["caveats"] = [{"kind": "repeated_images", "n": 2_000, "distinct": 12}]
    del vae["seeds"][2]
    table = read_back(result_tables(with_summary(study)))[0]
    fid = table.column("FID ↓")
    assert fid["vae_gan"].marks == ""
    letter = fid["dcgan"].marks
    assert f"{letter}: Only 12 of 2,000 images are distinct." in table.notes
    assert table.column("KID ↓")["dcgan"].marks == ""
    assert {name: cell.text for name, cell in table.column("seeds").items()}["vae"] == "2"
    assert any("1 of 3 seeds collapsed" in note for note in table.notes)


def test_a_failed_judge_is_a_note_and_has_no_differences(written):
    study = deepcopy(written((0, 1, 2)).study)
    for run in study.runs:
        for seed in run["seeds"]:
            for row in seed["metrics"]:
                row["caveats"] = [JudgeAtChance(210, 2_000, 0.1).as_json()] if row["judge"] else []
    study = with_summary(study)
    table = read_back(result_tables(study))[0]
    assert any("The judge failed its check" in note for note in table.notes)
    assert all(cell.marks for cell in table.header[2:])
    assert difference_tables(study) == []


def test_judges_are_compared_and_a_reason_is_given_where_none_is_best(written):
    assert agreement_tables(written((0, 1, 2)).study) == []
    study = deepcopy(written((0,), ("classifier", "inception")).study)
    (table,) = read_back(agreement_tables(study))
    assert table.rows[0] == [
        LatexCell("FID ↓", "", False), LatexCell("1.00", "", False), LatexCell("—", "a", False)
    ]  # fmt: skip
    assert table.notes == ["a: Not tested: a run has a single seed."]
    rows = agreement_rows(study)
    assert rows[0]["tau.classifier inception"] == 1.0
    assert (rows[0]["by.inception.ranks.vae"], rows[0]["best"], rows[0]["reason"]) == (3.0, "", "one_seed")
