"""Quality over time: FID of each snapshot over training time, and the Pareto front."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from easel.evaluation.judge_failures import has_failed
from easel.report.load import History, RunResults, StudyResults
from easel.report.page.html import Html, element, figure, fragment
from easel.report.page.legend import Swatch, legend, swatch
from easel.report.page.line_labels import label_line_ends
from easel.report.page.numbers import (
    format_device,
    format_duration,
    format_epoch,
    joined_sentences,
    joined_with_and,
    joined_with_semicolons,
    plural,
)
from easel.report.page.records import record_sentence
from easel.report.page.style import INK, new_panel, series_colour, series_dashes, series_marker, styled
from easel.report.page.svg import svg
from easel.report.tables.metric_texts import split_name
from easel.texts import Text, say


@dataclass(frozen=True)
class Curve:
    """The snapshots of one training by step, as float64 arrays (snapshots,)."""

    run: str
    number: int
    """Position of the run in its study, from 0, which sets its colour, dashes and marker."""
    step: np.ndarray
    seconds: np.ndarray
    """Training time until then; NaN without a history."""
    fid: np.ndarray
    uncertainty: np.ndarray
    """One standard error."""
    sampled: np.ndarray
    """bool: True for the snapshot that the samples come from."""


def quality_over_time(study: StudyResults) -> Html | None:
    """FID over training time for the snapshots of all runs and seeds, and the Pareto front.

    Snapshots that were judged by another judge, with another number of images or against other reference images get a
    figure of their own.
    """
    alike: dict[tuple, list[Curve]] = {}
    records = {}
    for number, run in enumerate(study.runs):
        for seed in run["seeds"]:
            record = study.snapshot_scores(run["run"], seed["seed"])
            if curve := read_curve(
                record, study.history(run["run"], seed["seed"]), run["run"], number, seed["samples"].get("step")
            ):
                comparable = tuple(record[name] for name in ("judge", "n", "reference_split", "reference_n"))
                alike.setdefault(comparable, []).append(curve)
                records[comparable] = record
    figures = [study_figure(study, curves, records[comparable]) for comparable, curves in alike.items()]
    return fragment(*figures) if figures else None


def study_figure(study: StudyResults, curves: Sequence[Curve], record: Mapping) -> Html:
    """The figure of snapshots that were judged in the same way."""
    courses = [
        say("quality.course", run=run, first=f"{own[0].fid[0]:.4g}", last=f"{own[0].fid[-1]:.4g}")
        for run, own in by_run(curves).items()
    ]
    failed = failed_judge_note(record)
    best = front_sentence(curves) if len(study.runs) > 1 and not failed else None
    alt = joined_sentences([say("quality.alt", runs=joined_with_and(courses)), *filter(None, [best])])
    explanation = say(
        "quality.caption",
        images=plural(record["n"], "image"), judge=record["judge"], reference_n=record["reference_n"],
        split=split_name(record["reference_split"]),
    )  # fmt: skip
    caption = joined_sentences(
        [*filter(None, [failed, best]), explanation, *filter(None, [devices_note(study, list(by_run(curves)))])]
    )
    runs = {curve.run: curve.number for curve in curves}
    others = [sampled_swatch()] + ([front_swatch()] if best else [])
    names = legend(list(runs), others, list(runs.values()))
    return figure(fragment(names, svg(quality_figure(curves, fid_label(record), bool(best)), alt)), caption)


def failed_judge_note(record: Mapping) -> Text | None:
    """A sentence if the judge of the snapshots failed its check. record: snapshots.json."""
    return say("failed_judge.short", judge=record["judge"]) if has_failed(record) else None


def devices_note(study: StudyResults, runs: Sequence[str]) -> Text | None:
    """The devices that runs were trained on, if they differ; times are then hardly comparable."""
    trained_on: dict[str, list[str]] = {}
    for run in study.runs:
        for name in dict.fromkeys(format_device(seed["device"]) for seed in run["seeds"] if run["run"] in runs):
            trained_on.setdefault(name, []).append(run["run"])
    if len(trained_on) < 2:
        return None
    found = [say("quality.on_device", runs=joined_with_and(names), device=name) for name, names in trained_on.items()]
    return say("quality.devices", devices=joined_with_semicolons(found))


def snapshot_curve(run: RunResults) -> Html | None:
    """FID of the snapshots of one training, and which of them was sampled and why."""
    curve = read_curve(run.snapshot_scores, run.history, run.name, 0, run.metrics_record.get("samples", {}).get("step"))
    if not curve:
        return None
    alt = say(
        "quality.alt_of_run",
        n=len(curve.fid), first=f"{curve.fid[0]:.4g}", last=f"{curve.fid[-1]:.4g}",
    )  # fmt: skip
    swatches = legend([], [sampled_swatch()] if curve.sampled.any() else [])
    return figure(
        fragment(swatches, svg(quality_figure([curve], fid_label(run.snapshot_scores)), alt)),
        joined_sentences([*filter(None, [failed_judge_note(run.snapshot_scores), sampled_snapshot_note(run)])]),
    )


def sampled_snapshot_note(run: RunResults) -> str:
    """The snapshot that the samples and the networks come from, the reason, and where the end of training is."""
    origin = run.metrics_record.get("samples", {})
    if "step" not in origin:
        return ""
    sampled = say(
        "quality.sampled",
        step=origin["step"], epoch=format_epoch(origin["epoch"]), why=record_sentence("selections", origin["why"]),
        images=plural(run.snapshot_scores["n"], "image"),
    )  # fmt: skip
    sentences = [sampled, say("quality.autoencoder" if "encoder" in origin else "quality.generator")]
    end = run.snapshot_scores["snapshots"][-1]
    if end["step"] != origin["step"]:
        sentences.append(say("quality.end", file=element("code", end["generator"])))
    return joined_sentences(sentences)


def read_curve(record: Mapping | None, history: History, run: str, number: int, sampled: int | None) -> Curve | None:
    """snapshots.json as a curve; None if there is no such record or it is empty. sampled: the sampled step."""
    if not record or not record["snapshots"]:
        return None
    step, fid = (np.array([each[name] for each in record["snapshots"]], float) for name in ("step", "fid"))
    uncertainty = np.array([each["uncertainty"]["value"] for each in record["snapshots"]], float)
    if history:
        seconds = np.interp(step, [0, *history["step"]], [0, *history["seconds"]])
    else:
        seconds = np.full(len(step), np.nan)
    return Curve(run, number, step, seconds, fid, uncertainty, step == sampled)


def by_run(curves: Sequence[Curve]) -> dict[str, list[Curve]]:
    """The curves of each run, one for each seed."""
    found: dict[str, list[Curve]] = {}
    for curve in curves:
        found.setdefault(curve.run, []).append(curve)
    return found


def fid_label(record: Mapping) -> Text:
    """The axis label of FIDs, with the number of images and the judge."""
    return say("quality.fid", images=plural(record["n"], "image"), judge=record["judge"])


# --- the Pareto front ------------------------------------------------------------------------------------


def pareto_front(costs: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """The Pareto-optimal points, as bool (n,). Lower is better in both; points with a NaN are excluded.

    costs, losses: float (n,). A point dominates another if it is no worse in both and better in one; equal points do
    not dominate each other.
    """
    costs, losses = np.asarray(costs, float), np.asarray(losses, float)
    there = ~(np.isnan(costs) | np.isnan(losses))
    no_worse = (costs[:, None] <= costs) & (losses[:, None] <= losses)  # (n, n): the first than the second
    better = (costs[:, None] < costs) | (losses[:, None] < losses)
    return there & ~(no_worse & better & there[:, None]).any(axis=0)


def all_points(curves: Sequence[Curve]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds and FID of all snapshots, curve after curve."""
    return np.concatenate([curve.seconds for curve in curves]), np.concatenate([curve.fid for curve in curves])


def front_sentence(curves: Sequence[Curve]) -> Text | None:
    """The runs on the Pareto front, from fastest to best; None if times are unknown."""
    seconds, fid = all_points(curves)
    names = np.repeat([curve.run for curve in curves], [len(curve.fid) for curve in curves])
    best = pareto_front(seconds, fid)
    if not best.any():
        return None
    runs = list(dict.fromkeys(names[best][np.lexsort((-fid[best], seconds[best]))].tolist()))
    return (
        say("quality.front_alone", run=runs[0])
        if len(runs) == 1
        else say("quality.front_runs", runs=joined_with_and(runs))
    )


# --- the figure ------------------------------------------------------------------------------------------


@styled
def quality_figure(curves: Sequence[Curve], label: str, with_front: bool = False) -> Figure:
    """A line for each training with 95 % intervals, a ring around the sampled snapshot, and the Pareto front."""
    drawing, axes = new_panel(height=3.2)
    for curve in curves:
        axes.errorbar(
            curve.seconds, curve.fid, 1.96 * curve.uncertainty, color=series_colour(curve.number), elinewidth=0.8,
            linestyle=series_dashes(curve.number), marker=series_marker(curve.number), markersize=4.5,
        )  # fmt: skip
        axes.plot(
            curve.seconds[curve.sampled], curve.fid[curve.sampled], "o", markersize=11, markerfacecolor="none",
            markeredgecolor=INK, markeredgewidth=1,
        )  # fmt: skip
    seconds, fid = all_points(curves)
    longest, finite = np.nanmax(seconds, initial=0), fid[np.isfinite(fid) & (fid > 0)]
    if finite.size and finite.min() > 0 and finite.max() > 8 * finite.min():
        axes.set_yscale("log")
        axes.yaxis.set_major_formatter("{x:g}")
        if finite.max() < 30 * finite.min():
            axes.yaxis.set_minor_formatter("{x:g}")
    ends = {curve.run: (curve.seconds[-1], curve.fid[-1], curve.run) for curve in curves}
    named = 1 < len(ends) <= MAX_NAMES
    room = min(0.3, 0.018 * max(map(len, ends))) if named else 0.04
    axes.set_xlim(0, (1 + room) * longest or 1)
    if with_front:
        best = pareto_front(seconds, fid)
        order = np.lexsort((-fid[best], seconds[best]))
        x, y = seconds[best][order], fid[best][order]
        top = axes.get_ylim()[1]
        # Between two points of the front, the best FID so far is that of the earlier one.
        steps = [*np.repeat(x, 2), axes.get_xlim()[1]], [top, *np.repeat(y, 2)]
        axes.plot(*steps, color=INK, linewidth=1.1, alpha=0.65, linestyle=FRONT, zorder=1.5)
        axes.set_ylim(top=top)
    axes.xaxis.set_major_locator(MultipleLocator(tick_interval(longest)))
    axes.xaxis.set_major_formatter(lambda seconds, _: format_duration(seconds) if seconds else "0")
    axes.set_xlabel(say("quality.time"))
    axes.set_ylabel(label)
    if named:
        label_line_ends(axes, list(ends.values()))
    return drawing


MAX_NAMES = 8
"""Most runs that are labelled at the ends of their lines; more are named in the legend only."""
FRONT = (0, (2.5, 1.5))


def front_swatch() -> Swatch:
    """Legend entry of the Pareto front."""
    line = swatch("M1 1.5H8V5H15V8.5H21", fill="none", stroke="currentColor", stroke_width=1.4, stroke_dasharray="4 2")
    return line, say("quality.front")


def sampled_swatch() -> Swatch:
    """Legend entry of the sampled snapshot."""
    return swatch("M11 0.8A4.2 4.2 0 1 1 10.99 0.8Z", fill="none", stroke="currentColor"), say("quality.chosen")


def tick_interval(longest: float, most: int = 5) -> float:
    """Seconds between the ticks of an axis of `longest` seconds: round times, at most `most` ticks."""
    times = [count * unit for unit in (1, 60, 3600, 86400) for count in (1, 2, 5, 10, 15, 30)]
    return next((time for time in sorted(times) if longest <= most * time), longest / most)
