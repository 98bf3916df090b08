"""Training curves: one run's columns of history.csv, and the curves of several runs in one panel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from easel.report.figures.quantities import Quantity, column_label, plotted_columns, quantities_in, quantity_of
from easel.report.load import History, RunResults, collapsed_spans
from easel.report.page.html import Html, figure, fragment, side_by_side
from easel.report.page.legend import Swatch, hatched_swatch, legend, swatch
from easel.report.page.numbers import format_epoch, joined_sentences, joined_with_and
from easel.report.page.style import INK, hatch_span, new_panel, series_colour, series_dashes, series_marker, styled
from easel.report.page.svg import svg
from easel.texts import Text, say

TICKS = [1, 2, 2.5, 5, 10]
MAX_MARKERS = 6  # per line, approximately


@dataclass(frozen=True)
class Marks:
    """Marks along the axis of epochs."""

    collapsed: Sequence[tuple[float, float]] = ()
    """Spans in which the training counted as collapsed; hatched."""
    snapshots: Sequence[float] = ()
    sampled: float | None = None
    """The snapshot that the samples come from."""


NO_MARKS = Marks()


def training_curves(run: RunResults) -> Html | None:
    """A panel for every quantity that a run logged; an unknown column gets a panel of its own."""
    return history_panels(run.history, marks_of(run))


def marks_of(run: RunResults) -> Marks:
    """The marks of a run, the same in all panels."""
    snapshots = {each["step"]: float(each["epoch"]) for each in run.training.get("snapshots") or []}
    sampled = snapshots.get(run.metrics_record.get("samples", {}).get("step"))
    return Marks(collapsed_spans(run.history), tuple(snapshots.values()), sampled)


def history_panels(history: History, marks: Marks) -> Html | None:
    """A panel for every quantity of a history."""
    found = []
    for quantity in quantities_in(history):
        columns = {name: history[name] for name in quantity.columns}
        names = legend([column_label(name) for name in columns], mark_swatches(marks))
        picture = svg(curve_figure(history["epoch"], columns, marks), alt_text(columns, history["epoch"], marks))
        found.append(figure(fragment(names, picture), quantity.meaning, quantity.title))
    return side_by_side(found, 21)


def overlaid_curves(histories: Mapping[str, Sequence[History]]) -> Html | None:
    """A panel for every column that at least two runs share (any column if there is one run), a line for each run.

    histories: of every run, one for each of its seeds. The line is the mean over seeds; each seed has a fainter line.
    """
    logged = {run: [history for history in seeds if history] for run, seeds in histories.items()}
    holders: dict[str, list[str]] = {}
    for run, seeds in logged.items():
        for column in dict.fromkeys(column for history in seeds for column in plotted_columns(history)):
            holders.setdefault(column, []).append(run)
    shared = [column for column, runs in holders.items() if len(runs) >= min(2, len(logged))]
    found = [
        figure(
            svg(overlay_figure(logged, column), alt_text_of_runs(logged, column)),
            None if quantity_of(column).data is None else say("curves.data"),
            column_label(column),
        )
        for column in shared
    ]
    return fragment(legend(list(logged)), side_by_side(found, 21)) if found else None


@styled
def curve_figure(epochs: np.ndarray, columns: Mapping[str, np.ndarray], marks: Marks = NO_MARKS) -> Figure:
    """Columns (rows,) over epochs (rows,); a long column is drawn faintly, with its moving mean on top."""
    drawing, axes = new_panel()
    for start, end in marks.collapsed:
        hatch_span(axes, start, end)
    for i, (name, values) in enumerate(columns.items()):
        draw_line(axes, epochs, values, i, smoothed=not quantity_of(name).repeated)
    finish_axes(axes, quantity_of(next(iter(columns))), list(columns.values()))
    # The whole training, even where values are not finite.
    axes.set_xlim(0, 1.03 * max([0, *epochs[np.isfinite(epochs)], *marks.snapshots]) or 1)
    mark_snapshots(axes, marks)
    return drawing


@styled
def overlay_figure(histories: Mapping[str, Sequence[History]], column: str) -> Figure:
    """One column of several runs. A run keeps its colour even if earlier runs lack the column."""
    drawing, axes = new_panel()
    means = []
    for i, seeds in enumerate(histories.values()):
        with_it = [history for history in seeds if column in history]
        for history in with_it if len(with_it) > 1 else []:
            drawstyle = "steps-post" if quantity_of(column).repeated else "default"
            axes.plot(
                history["epoch"], history[column], color=series_colour(i), alpha=0.3, linewidth=0.7, drawstyle=drawstyle
            )
        if with_it:
            epochs, mean = mean_over_seeds(with_it, column)
            draw_line(axes, epochs, mean, i, smoothed=not quantity_of(column).repeated)
            means.append(mean)
    finish_axes(axes, quantity_of(column), means)
    return drawing


def draw_line(axes: Axes, epochs: np.ndarray, values: np.ndarray, i: int, smoothed: bool = True) -> None:
    """The i-th series' line with a few markers; an isolated point between two NaN always has one."""
    smooth = moving_mean(values) if smoothed else values
    if smooth is not values:
        axes.plot(epochs, values, color=series_colour(i), alpha=0.3, linewidth=0.7)
    finite = np.isfinite(np.concatenate([[np.nan], smooth, [np.nan]]))
    alone = finite[1:-1] & ~finite[:-2] & ~finite[2:]
    every = max(1, len(smooth) // MAX_MARKERS)
    marked = alone | (np.arange(len(smooth)) % every == (2 * i + 1) * every // 5 % every)
    axes.plot(
        epochs, smooth, color=series_colour(i), linestyle=series_dashes(i),
        drawstyle="default" if smoothed else "steps-post",
        marker=series_marker(i), markersize=4, markevery=np.flatnonzero(marked).tolist(),
    )  # fmt: skip


def mark_snapshots(axes: Axes, marks: Marks) -> None:
    """A tick on the axis of epochs for each snapshot, and a triangle for the sampled one."""
    if marks.snapshots:
        foot: dict[str, Any] = {
            "transform": axes.get_xaxis_transform(),
            "color": INK,
            "linestyle": "none",
            "clip_on": False,
        }
        axes.plot(marks.snapshots, np.full(len(marks.snapshots), 0.02), marker="|", markersize=6, **foot)
        if marks.sampled is not None:
            axes.plot([marks.sampled], [0.035], marker="^", markersize=6, **foot)


def mark_swatches(marks: Marks) -> list[Swatch]:
    """Legend entries of the marks that occur."""
    found: list[Swatch] = [(hatched_swatch(), say("curves.collapsed"))] if marks.collapsed else []
    if set(marks.snapshots) - {marks.sampled}:
        found.append((swatch("M11 1V9", stroke="currentColor", stroke_width=1.5), say("curves.snapshot")))
    if marks.sampled is not None:
        found.append((swatch("M11 1.5L15 9H7Z", fill="currentColor"), say("curves.sampled")))
    return found


def finish_axes(axes: Axes, quantity: Quantity, columns: Sequence[np.ndarray]) -> None:
    """Set labels, limits and ticks, and note values that cannot be drawn."""
    axes.set_xlabel(say("curves.epoch"))
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=TICKS))
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=TICKS))
    axes.set_xlim(left=0)
    axes.set_ylabel(say(f"curves.units.{quantity.unit}") if quantity.unit else "")
    if quantity.share:
        axes.set_ylim(-0.03, 1.03)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    if quantity.data is not None:
        axes.axhline(quantity.data, color=INK, linewidth=1, linestyle=(0, (1, 2)), alpha=0.8)
        highest = max((values[np.isfinite(values)].max(initial=0) for values in columns), default=0)
        axes.set_ylim(0, 1.08 * max(quantity.data, highest))
    if quantity.repeated:  # rows before the first measurement are not missing
        columns = [values[np.isfinite(values).argmax() :] for values in columns]
    missing = sum(int(np.sum(~np.isfinite(values))) for values in columns)
    if missing:
        total = sum(values.size for values in columns)
        title = say("curves.missing", missing=missing, total=total)
        axes.set_title(title, loc="right", fontsize=8.5, fontstyle="italic")


def moving_mean(values: np.ndarray, longest: int = 80) -> np.ndarray:
    """The mean over a window of 1/20 of the rows, NaN where the value is; `values` itself if there are few rows."""
    if len(values) <= longest:
        return values
    finite = np.isfinite(values)
    window = np.ones(len(values) // 20 | 1)
    total = np.convolve(np.where(finite, values, 0.0), window, "same")
    return np.where(finite, total / np.maximum(np.convolve(finite, window, "same"), 1), np.nan)


def mean_over_seeds(histories: Sequence[History], column: str) -> tuple[np.ndarray, np.ndarray]:
    """Epochs, and the mean over seeds of a column, up to the shortest history. All seeds log at the same epochs."""
    rows = min(len(history[column]) for history in histories)
    values = np.stack([history[column][:rows] for history in histories])
    return histories[0]["epoch"][:rows], values.mean(axis=0)


def alt_text(columns: Mapping[str, np.ndarray], epochs: np.ndarray, marks: Marks = NO_MARKS) -> str:
    """Alternative text of a panel: where each curve starts and ends, and the marks."""
    courses = [start_to_end(column_label(name), values) for name, values in columns.items()]
    sentences = [say("curves.alt", courses=joined_with_and(courses), epoch=f"{epochs[-1]:.3g}")]
    if marks.collapsed:
        spans = [say("curves.span", start=format_epoch(start), end=format_epoch(end)) for start, end in marks.collapsed]
        sentences.append(say("curves.alt_collapsed", spans=joined_with_and(spans)))
    if marks.snapshots:
        sentences.append(
            say("curves.alt_snapshots", epochs=joined_with_and([format_epoch(each) for each in marks.snapshots]))
        )
    if marks.sampled is not None:
        sentences.append(say("curves.alt_sampled", epoch=format_epoch(marks.sampled)))
    return joined_sentences(sentences)


def alt_text_of_runs(histories: Mapping[str, Sequence[History]], column: str) -> Text:
    """Alternative text of a panel of several runs: where the mean of each run starts and ends."""
    found = {run: [history for history in seeds if column in history] for run, seeds in histories.items()}
    courses = [start_to_end(run, mean_over_seeds(seeds, column)[1]) for run, seeds in found.items() if seeds]
    return say("curves.alt_of_runs", column=column_label(column), courses=joined_with_and(courses))


def start_to_end(name: str, values: np.ndarray) -> Text:
    """Where a curve starts and ends, as text."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return say("curves.never_finite", name=name)
    return say("curves.course", name=name, first=f"{finite[0]:.4g}", last=f"{finite[-1]:.4g}")
