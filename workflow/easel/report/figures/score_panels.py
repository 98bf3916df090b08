"""Scores of all runs on one axis with the baselines."""

import math
from collections.abc import Mapping, Sequence
from itertools import chain

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from easel.evaluation.judge_failures import has_failed
from easel.metrics.catalogue import BASELINES, SAMPLING_KEYS
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, figure, fragment, side_by_side
from easel.report.page.numbers import format_value, joined_with_and, joined_with_semicolons
from easel.report.page.sampling_notes import format_image_count
from easel.report.page.style import INK, new_panel, series_colour, styled
from easel.report.page.svg import svg
from easel.report.tables.metric_rows import as_float, belongs_to
from easel.report.tables.metric_texts import image_kind, metric_title, metric_with_arrow
from easel.texts import Text, say

PANEL_METRICS = ("fid", "precision", "recall")
"""Metrics that have a panel; the tables have all."""
WIDTH = 18  # rem, of a panel at least
NAME_HEIGHT, NAME_LINE = 4, 10  # points above the axes, and from name to name


def score_panels(study: StudyResults) -> Html | None:
    """For each judge, the scores of all runs on one axis with the baselines, for the main metrics.

    A judge that failed its check has no panel. Of several judges, the FIDs are shown, and the rest is folded away.
    """
    panels: dict[str, list[Html]] = {}
    for column in study.summary:
        if column["metric"] not in PANEL_METRICS or column["of"] != "samples" or has_failed(column):
            continue
        values = {run["run"]: seed_values(study, run["run"], column) for run in column["runs"]}
        marks = baseline_values(study, column)
        descriptions = [say("scores.value", name=run["run"], value=format_value(run["mean"])) for run in column["runs"]]
        descriptions += [
            say("scores.value", name=image_kind(of), value=format_value(value)) for of, value in marks.items()
        ]
        metric = metric_title(column["metric"])
        protocol = say("scores.panel_protocol", judge=column["judge"], images=format_image_count(column))
        drawing = score_figure(values, marks, metric_with_arrow(column["metric"]))
        alt = say("scores.panel_alt", metric=metric, protocol=protocol, values=joined_with_semicolons(descriptions))
        panel = figure(svg(drawing, alt), title=fragment(metric, " ", element("small", protocol)))
        panels.setdefault(column["metric"], []).append(panel)
    if not panels:
        return None
    first = panels.pop(PANEL_METRICS[0], [])
    others = [panel for of_metric in panels.values() for panel in of_metric]
    if len(study.comparison["judges"]) < 2:
        return side_by_side([*first, *others], WIDTH)
    more = joined_with_and([metric_title(metric) for metric in panels])
    folded = details(say("scores.panels_of", metrics=more), side_by_side(others, WIDTH)) if others else None
    return fragment(side_by_side(first, WIDTH), folded)


def seed_values(study: StudyResults, run: str, column: Mapping) -> list[float]:
    """A run's values in a column, one for each seed."""
    return [
        as_float(row["value"])
        for each in (*study.runs, *study.external)
        if each["run"] == run
        for seed in each["seeds"]
        for row in seed["metrics"]
        if belongs_to(row, column)
    ]


def baseline_values(study: StudyResults, column: Mapping) -> dict[str, float]:
    """The baselines of a column; real images have no sampling settings."""
    like = {key: column[key] for key in ("of", *SAMPLING_KEYS)}
    return {
        row["of"]: row["value"]
        for run in (*study.runs, *study.external)
        for row in run["seeds"][0]["metrics"]
        if row["of"] in BASELINES and row["value"] is not None and belongs_to(row | like, column)
    }


@styled
def score_figure(values: Mapping[str, Sequence[float]], marks: Mapping[str, float], name: Text) -> Figure:
    """A dot for each seed of each run, and a line for each baseline. values: by run; marks: by baseline."""
    drawing, axes = new_panel(width=3.9, height=1.1 + 0.26 * len(values))
    for i, seeds in enumerate(values.values()):
        axes.plot(seeds, [i] * len(seeds), "o", color=series_colour(i), markersize=6, alpha=0.85)
    for value in marks.values():
        axes.axvline(value, color=INK, linewidth=1, linestyle=(0, (3, 2)), alpha=0.6)
    shown = [value for value in chain(marks.values(), *values.values()) if math.isfinite(value)]
    if shown and min(shown) > 0 and max(shown) > 20 * min(shown):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_xlabel(name)
    name_marks(axes, marks)
    return drawing


def name_marks(axes: Axes, marks: Mapping[str, float]) -> None:
    """The names of baselines above their lines, from the left; a name that would meet the one before is higher."""
    free, height = -math.inf, NAME_HEIGHT
    for of, value in sorted(marks.items(), key=lambda mark: mark[1]):
        first = value == min(marks.values())
        text = axes.annotate(
            say(f"scores.marks.{of}"), (value, 1), xycoords=("data", "axes fraction"), xytext=(0, height),
            textcoords="offset points", ha="left" if first else "right", fontsize=8,
        )  # fmt: skip
        box = text.get_window_extent()
        if box.x0 < free:
            height += NAME_LINE
            text.set_position((0, height))
        free = box.x1
