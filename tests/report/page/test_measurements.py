"""Measured values in a column: one rule of rounding, decimal points in line, exact values kept."""

import math
import re

import pytest
from helpers.page_text import text_of

from easel.report.page.measurements import Measured, measured_cells, measured_texts
from easel.report.page.numbers import NBSP
from easel.report.page.plain import english


def shown(*column, **options) -> list[str]:
    """The cells' text, with invisible characters as underscores."""
    room = re.compile(r'<span class="room" data-room="([^"]*)"></span>')
    cells = measured_cells([each and Measured(*each) for each in column], **options)
    return [text_of(room.sub(lambda found: "_" * len(found[1]), cell)) for cell in cells]


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        # The most that any uncertainty needs; its second digit if the first is 1.
        ([(-0.0002, 0.00018), (0.0001, 0.0002)], ["−0.00020 ± 0.00018", "_0.00010 ± 0.00020"]),
        ([(7.69, 0.27), (27.85, 0.52)], ["_7.7 ± 0.3", "27.9 ± 0.5"]),
        ([(312.52, 1.13), (41.23, 0.83)], ["312.5 ± 1.1", "_41.2 ± 0.8"]),
        # Never more than two digits of an uncertainty, nor less than one.
        ([(5.123, 0.004), (80.77, 12.3)], ["_5.123 ± 0.004", "80.8 ± 12.3"]),
        # What n images carry, where there is no uncertainty.
        ([(0.05188, None, 2_000), (0.3225, None, 2_000)], ["0.0519", "0.3225"]),
        ([(27.853, None, 50)], ["28"]),
        # A value of which nothing is known has the decimals of the others.
        ([(0.0, 0.0, 2_000), (0.936, 0.005, 2_000)], ["0.000", "0.936 ± 0.005"]),
        ([(1.0, None, None), None], ["1", ""]),
        ([None, None], ["", ""]),
    ],
)
def test_a_column_is_rounded_by_one_rule(column, cells):
    assert shown(*column) == cells


def test_the_leading_values_decide():
    runs, baselines = [(7.69, 0.27), (8.84, 0.28)], [(0.0171, 0.0069), (26.54, 0.04)]
    assert shown(*runs, *baselines, leading=2) == ["_7.7 ± 0.3", "_8.8 ± 0.3", "_0.017 ± 0.007", "26.54 ± 0.04"]
    assert shown((42.5, 3.2), (2.14, 0.06), leading=1) == ["42 ± 3", "_2.14 ± 0.06"]
    assert shown((0.0, 0.0), (0.936, 0.005), leading=1) == ["0.000", "0.936 ± 0.005"]


def test_text_is_rounded_like_cells():
    column = [Measured(7.69, 0.27), None, Measured(math.nan), Measured(-26.54, 0.04)]
    cells = [text_of(cell) for cell in measured_cells(column, leading=1, align=False)]
    assert [english(text).replace(NBSP, " ") for text in measured_texts(column, leading=1)] == cells
    assert cells == ["7.7 ± 0.3", "", "not a number", "−26.54 ± 0.04"]


def test_numbers_are_padded_only_where_they_are_aligned():
    assert shown((7.69, 0.27), (27.85, 0.52), align=False) == ["7.7 ± 0.3", "27.9 ± 0.5"]


def test_the_exact_value_is_kept_for_readers_and_for_sorting():
    (cell,) = measured_cells([Measured(-41.23456, 0.8312)])
    assert 'title="-41.23456 ± 0.831"' in cell
    assert 'data-value="-41.23456"' in cell


def test_a_value_that_is_not_finite_has_no_digits():
    assert shown((math.nan, 0.1), (2.0, 0.1)) == ["not a number", "2.00 ± 0.10"]
