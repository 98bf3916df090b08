"""Results files: histories, missing values, spans of collapse."""

import math
from dataclasses import replace

import numpy as np
import pytest
from helpers.altered_results import history, marked

from easel.report.load import collapsed_spans, read_history


def test_collapse_at_a_step_follows_the_newest_row(run):
    rows = {"step": np.array([10.0, 20, 30]), "epoch": np.array([1.0, 2, 3]), "collapsed": np.array([0.0, 1, 0])}
    short = replace(run, history=rows)
    assert [step for step in (0, 10, 19, 20, 29, 30, 40) if short.collapsed(step)] == [20, 29]


def test_missing_history_value_is_nan(tmp_path):
    (tmp_path / "history.csv").write_text("epoch,kl\n1,2.5\n2,\n")
    np.testing.assert_array_equal(read_history(tmp_path / "history.csv")["kl"], [2.5, np.nan])


@pytest.mark.parametrize(
    ("collapsed", "spans"),
    [
        ((0, 0, 0), []),
        ((0, 1, 1, 0, 0), [(2.0, 4.0)]),
        ((1, 0, 0, 1, 1), [(1.0, 2.0), (4.0, 5.0)]),
        ((0, 0, 1), [(3.0, 3.0)]),
        ((math.nan, 1, 0), [(2.0, 3.0)]),
    ],
)
def test_collapsed_span_ends_at_the_first_healthy_row(collapsed, spans):
    assert collapsed_spans(marked(*collapsed)) == spans


def test_history_without_collapse_column_has_no_spans():
    assert collapsed_spans(history(3, kl=1)) == []
