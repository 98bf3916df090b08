"""Budgets in minutes on the pages of a run and of a study."""

from dataclasses import replace

import pytest
from helpers.page_text import in_language, rows_of, text_of

from easel.report import cells as report
from easel.report.page import numbers
from easel.report.tables.budget import budget_sentence

BUDGET = {"minutes": 1.5, "epochs": 4.0, "device": {"kind": "gpu", "name": "NVIDIA H200", "threads": 8}}


def test_a_run_says_budget_truth_and_device(run):
    assert budget_sentence(run.training) is None
    budgeted = replace(run, training=run.training | {"budget": BUDGET, "seconds": 93.0})
    got = text_of(report.run_header(budgeted)).replace(numbers.NBSP, " ")
    assert "Budget: 1 min 30 s, which a measurement on NVIDIA H200 turned into 4 epochs; " in got
    assert "the training took 1 min 33 s (+3.3 %)." in got
    assert "Budget" not in text_of(report.run_header(run))
    assert "예산: 1분 30초. " in in_language(report.run_header(budgeted), "ko").replace(numbers.NBSP, " ")


@pytest.mark.parametrize(("minutes", "cell"), [(4.0, "4 epochs (budget 4 min)"), (None, "4 epochs")])
def test_the_cost_of_a_run_has_its_budget(study, minutes, cell):
    study.runs[0]["seeds"][0]["minutes"] = minutes
    assert rows_of(report.cost_table(study))[0][1].replace(numbers.NBSP, " ") == cell
