"""Metrics: what they mean, tables of them, and where each run stands between the floor and the ceiling."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from matplotlib.figure import Figure

from easel.plots import collapse
from easel.plots.html import Html, element, figure, joined, paragraph, side_by_side, table
from easel.plots.style import INK, colour, panel, styled, svg
from easel.plots.words import measured


@dataclass(frozen=True)
class Metric:
    """How a metric is called, which way is better, and what it says in plain words."""

    title: str
    lower_is_better: bool
    meaning: str


METRICS = {
    "fid": Metric(
        "FID",
        True,
        "Fréchet inception distance. The judge turns every image into a list of features; FID is the distance between "
        "the features of the samples and those of real images, as far as their means and covariances tell. 0 is a "
        "perfect match, and lower is better. It depends on the judge, on the number of samples and on the reference "
        "split, so only numbers that share all three can be compared.",
    ),
}

ROWS = {
    "samples": "samples",
    "test images": "test images (floor)",
    "pixel Gaussian": "pixel Gaussian (ceiling)",
}
REFERENCES = (
    "Test images are real images that no model was trained on, judged as if they were samples: about as good as it "
    "gets. The pixel Gaussian draws every pixel by itself, with the mean and deviation that it has in the training "
    "images: colours without shapes. Models beat it, but for very blurred ones: a judge that knows sharp images only "
    "finds blur as strange as noise."
)


def metrics_table(rows: Sequence[dict]) -> Html | None:
    """The rows of one run's metrics.json: a table for each judge, and what each metric means."""
    if not rows:
        return None
    tables = [
        table(
            ["", "metric", "value", "images", "against"],
            [
                [ROWS[row["of"]], title_of(row["metric"]), value_of(row), f"{row['n']:,}", reference(row)]
                for row in judged
            ],
            caption=judge_words(judged[0]),
            classes=["" if row["of"] == "samples" else "reference" for row in judged],
        )
        for judged in by_judge(rows)
    ]
    return joined(*tables, explanations(rows))


def comparison_tables(runs: Sequence[dict]) -> Html | None:
    """comparison.json's runs in a table for each judge, number of samples and reference split, never mixed.

    A run with several seeds has its mean and standard deviation over them; the best run of a metric is bold.
    """
    tables = []
    for judged in by_judge([row for run in runs for row in run["seeds"][0]["metrics"]]):
        names = list(dict.fromkeys(row["metric"] for row in judged))
        first = next(row for row in judged if row["of"] == "samples")
        scores = {run["run"]: {name: over_seeds(run, name, first) for name in names} for run in runs}
        best = {name: best_run({run: score[name][0] for run, score in scores.items()}, name) for name in names}
        body = [
            [
                collapse.named(run),
                *(emphasised(measured(*scores[run["run"]][name]), best[name] == run["run"]) for name in names),
                f"{first['n']:,}",
                len(run["seeds"]),
            ]
            for run in runs
        ]
        for of in ("test images", "pixel Gaussian"):
            found = {row["metric"]: row for row in judged if row["of"] == of}
            if found:
                values = [value_of(found[name]) if name in found else "" for name in names]
                body.append([ROWS[of], *values, f"{next(iter(found.values()))['n']:,}", ""])
        tables.append(
            table(
                ["", *(title_of(name) for name in names), "images", "seeds"],
                body,
                caption=f"{judge_words(first)}, {first['n']:,} samples against {reference(first)}; "
                f"± is the {spread_words(runs, first)}",
                classes=[""] * len(runs) + ["reference"] * (len(body) - len(runs)),
            )
        )
    return joined(*tables, explanations(judged)) if tables else None


def score_panels(runs: Sequence[dict]) -> Html | None:
    """For each judge and metric, every run on one axis with the floor and the ceiling."""
    panels = []
    for judged in by_judge([row for run in runs for row in run["seeds"][0]["metrics"]]):
        for name in dict.fromkeys(row["metric"] for row in judged):
            first = next(row for row in judged if row["of"] == "samples" and row["metric"] == name)
            values = {run["run"]: [number(row["value"]) for row in seed_rows(run, name, first)] for run in runs}
            references = (row for row in judged if row["metric"] == name and row["of"] != "samples")
            marks = {row["of"]: row["value"] for row in references if row["value"] is not None}
            alt = "; ".join(
                [f"{run['run']}: {measured(*over_seeds(run, name, first))}" for run in runs]
                + [f"{ROWS[of]}: {measured(value)}" for of, value in marks.items()]
            )
            title = f"{title_of(name)}, judge {first['judge']}"
            panels.append(figure(svg(scores(values, marks, title_of(name)), f"{title}. {alt}."), title=title))
    return side_by_side(panels, 21)


@styled
def scores(values: dict[str, Sequence[float]], marks: dict[str, float], name: str) -> Figure:
    """A dot for each seed of each run, and a line for each reference. values: by run; marks: by reference row."""
    drawing, axes = panel(height=1.1 + 0.26 * len(values))
    for i, seeds in enumerate(values.values()):
        axes.plot(seeds, [i] * len(seeds), "o", color=colour(i), markersize=6, alpha=0.85)
    for of, value in marks.items():
        axes.axvline(value, color=INK, linewidth=1, linestyle=(0, (3, 2)), alpha=0.6)
        axes.annotate(
            of, (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 4), textcoords="offset points",
            ha="left" if value == min(marks.values()) else "right", fontsize=8,
        )  # fmt: skip
    shown = [value for value in chain(marks.values(), *values.values()) if math.isfinite(value)]
    if shown and min(shown) > 0 and max(shown) > 20 * min(shown):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_xlabel(name)
    return drawing


# --- reading the rows ----------------------------------------------------------------------------------


def by_judge(rows: Iterable[dict]) -> list[list[dict]]:
    """Rows in groups of one judge and one reference split, in the order in which they come."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault((row["judge"], row["reference_split"]), []).append(row)
    return list(groups.values())


def seed_rows(run: dict, metric: str, like: dict) -> list[dict]:
    """A metric of a run's samples, one row per seed, by the judge, split and number of samples of the row `like`."""
    same = ("of", "judge", "reference_split", "n")
    return [
        row
        for seed in run["seeds"]
        for row in seed["metrics"]
        if row["metric"] == metric and all(row[key] == like[key] for key in same)
    ]


def over_seeds(run: dict, metric: str, like: dict) -> tuple[float, float | None]:
    """Mean and sample standard deviation over the seeds; of a single seed its value and its own uncertainty."""
    rows = seed_rows(run, metric, like)
    values = [number(row["value"]) for row in rows]
    if len(rows) == 1:
        return values[0], rows[0].get("uncertainty")
    return (float(np.mean(values)), float(np.std(values, ddof=1))) if rows else (math.nan, None)


def best_run(values: dict[str, float], metric: str) -> str | None:
    """The run with the best value; none where there is only one run, or where it is not known which way is better."""
    known = {run: value for run, value in values.items() if math.isfinite(value)}
    if metric not in METRICS or len(values) < 2 or not known:
        return None
    return (min if METRICS[metric].lower_is_better else max)(known, key=known.get)


def number(value: float | None) -> float:
    """A value of metrics.json; JSON has no NaN, and says null."""
    return math.nan if value is None else value


# --- words ---------------------------------------------------------------------------------------------


def title_of(metric: str) -> str:
    return METRICS[metric].title if metric in METRICS else metric.replace("_", " ")


def value_of(row: dict) -> str:
    return measured(number(row["value"]), row.get("uncertainty"))


def reference(row: dict) -> str:
    return f"{row['reference_n']:,} {row['reference_split']} images"


def judge_words(row: dict) -> str:
    """The judge and what there is to know about it."""
    note = row.get("judge_note")
    return f"Judge: {row['judge']}" + (f" ({note})" if note else "")


def spread_words(runs: Sequence[dict], row: dict) -> str:
    """What stands behind the ± of a comparison."""
    seeds = max(len(run["seeds"]) for run in runs)
    return f"standard deviation over {seeds} seeds" if seeds > 1 else row.get("uncertainty_kind", "uncertainty")


def explanations(rows: Iterable[dict]) -> Html:
    """What every metric of the rows means, and what the reference rows are."""
    rows = list(rows)
    known = [METRICS[name].meaning for name in dict.fromkeys(row["metric"] for row in rows) if name in METRICS]
    references = [REFERENCES] if any(row["of"] != "samples" for row in rows) else []
    return joined(*(paragraph(text, class_="note") for text in [*known, *references]))


def emphasised(text: str, best: bool) -> object:
    return element("strong", text) if best else text
