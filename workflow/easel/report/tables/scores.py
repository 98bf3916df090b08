"""Scores: tables of them, and where each run stands between the floor and the ceiling."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from matplotlib.figure import Figure

from easel.metrics.catalogue import BETTER, COLUMN, DRAWING
from easel.report.load import Run, Study
from easel.report.page.html import Html, details, element, figure, joined, paragraph, side_by_side, table
from easel.report.page.numbers import in_a_row, listed, measured, plural
from easel.report.page.sampling_notes import how, images_of
from easel.report.page.style import INK, colour, panel, styled, svg
from easel.report.tables import collapse_notice
from easel.report.tables.metric_texts import (
    CHAPTERS,
    KINDS,
    explained,
    in_words,
    kind_words,
    meaning_of,
    source_of,
    split_words,
    title_of,
    wanted,
)
from easel.texts import Text, say

HEADLINES = ("fid", "precision", "recall")
"""What is drawn of each run; the tables have everything."""


# --- one run -------------------------------------------------------------------------------------------


def metrics_table(rows: Sequence[dict]) -> Html | None:
    """The rows of one run's metrics.json: a table for each judge and number of images, and what each metric means."""
    if not rows:
        return None
    return joined(*(group_table(group) for group in grouped(rows, "judge", "n")), explanations(rows))


def group_table(rows: Sequence[dict]) -> Html:
    """Metrics of as many images by one judge: a row for each metric, a column for each kind of images."""
    of_run = [row for row in rows if row["of"] not in LIMITS] or rows
    metrics = list(dict.fromkeys(row["metric"] for row in of_run))
    rows = [row for row in rows if row["metric"] in metrics]  # real images may have more than a run has
    kinds = [of for of in KINDS if any(row["of"] == of for row in rows)]
    found = {(row["metric"], row["of"]): row for row in rows}
    body = []
    for metric in metrics:
        values = [value_of(found[metric, of]) if (metric, of) in found else "" for of in kinds]
        like = next(found[metric, of] for of in kinds if (metric, of) in found)
        body.append([explained(metric), *values, wanted(metric), reference(like)])
    header = ["", *map(kind_words, kinds), say("scores.better"), say("scores.against")]
    kinds_of_error: dict[str, list[Text]] = {}
    for row in rows:
        kinds_of_error.setdefault(row["uncertainty_kind"], []).append(title_of(row["metric"]))
    errors = [
        say("scores.error", metrics=listed(list(dict.fromkeys(of))), kind=in_words(kind))
        for kind, of in kinds_of_error.items()
    ]
    caption = say("scores.images_each", judge=judge_words(rows[0]), images=plural(rows[0]["n"], "image"))
    about_errors = paragraph(say("scores.errors", kinds=in_a_row(errors, "lists.semicolon")), class_="note")
    drawn = how(of_run[0])
    about_drawing = paragraph(say("drawing.samples", how=in_a_row(drawn)), class_="note") if drawn else None
    return joined(table(header, body, caption=caption), about_drawing, about_errors, *caveats(rows))


def caveats(rows: Iterable[dict]) -> list[Html]:
    """What is to be said of some numbers, each thing once, with the metrics that it holds for."""
    said: dict[str, list[Text]] = {}
    for row in rows:
        if row.get("caveat"):
            said.setdefault(row["caveat"], []).append(title_of(row["metric"]))
    return [
        paragraph(say("scores.caveat", metrics=listed(list(dict.fromkeys(of))), caveat=all_of(what)), class_="note")
        for what, of in said.items()
    ]


def all_of(caveat: str) -> Text:
    """A caveat, which may be several one after the other."""
    return in_a_row([in_words(part) for part in caveat.split("; ")], "lists.semicolon")


def classes_table(run: Run) -> Html | None:
    """How many samples each class has, as the judge sees them, and how near each class comes to its own images.

    Where the factors of the images are known, also how many samples are of each class by what their pixels measure.
    """
    factors = run.judged.get("factors") or {}
    tables = []
    for judged in run.judged.get("classes", []):
        rows = zip(judged["names"], judged["samples"], judged["expected"], judged["fid"], strict=True)
        labels = factors.get("labels") or []
        known = labels if len(labels) == len(judged["names"]) else []
        body = [
            [
                name, f"{samples:,}", *([f"{known[i]:,}"] if known else []), f"{expected:,.0f}",
                "" if fid is None else measured(fid),
            ]
            for i, (name, samples, expected, fid) in enumerate(rows)
        ]  # fmt: skip
        caption = say("scores.classes_known" if known else "scores.classes", judge=judged["judge"])
        header = ["class", "samples", *(["known"] if known else []), "expected", "class_fid"]
        tables.append(table([say(f"scores.{name}") for name in header], body, caption, sortable=True))
    return joined(*tables) if tables else None


def factors_table(run: Run) -> Html | None:
    """What of each factor's range the samples reach, on a dataset whose factors are known."""
    found = run.judged.get("factors")
    if not found:
        return None
    body = [
        [name, f"{each['reached']:.0%}", f"{each['reached_by_real']:.0%}", f"{each['total_variation']:.2f}"]
        for name, each in found["factors"].items()
    ]
    caption = say(
        "scores.factors",
        samples=plural(found["n"], "sample"),
        bins=found["bins"],
        unmeasurable=plural(found["unmeasurable"], "sample"),
    )
    real = say("scores.reached_by_real", images=plural(found["reference_n"], "real image"))
    header = [say("scores.factor"), say("scores.reached"), real, say("scores.variation")]
    return table(header, body, caption=caption)


# --- a study -------------------------------------------------------------------------------------------


def comparison_tables(study: Study) -> Html | None:
    """All runs in a table for each judge and number of images: no column mixes what cannot be compared.

    The best run stands first. ± is half of a 95 % interval. Bold is a best run that is better than every other by
    more than chance. What only some readers look for is folded away.
    """
    first, *more = [
        [
            found
            for columns in grouped(study.summary, "of", "judge", "n", "likelihood", *DRAWING)
            if (found := comparison_table(study, columns, metrics))
        ]
        for metrics in CHAPTERS
    ]
    folded = [*chain(*more), *other_limits(study)]
    if not first:
        return joined(*folded, explanations(study.summary)) if folded else None
    closer = details(say("scores.closer"), *folded) if folded else None
    return joined(*first, closer, explanations(study.summary))


def other_limits(study: Study) -> list[Html]:
    """The floor and the ceiling where there are fewer real images than samples: in no column with them."""
    judged = {(column["judge"], column["n"]) for column in study.summary}
    first = [*study.runs, *study.external][0]
    rows = [row for row in first["seeds"][0]["metrics"] if row["of"] in LIMITS]
    return [
        group_table(group) for group in grouped(rows, "judge", "n") if (group[0]["judge"], group[0]["n"]) not in judged
    ]


def comparison_table(study: Study, columns: Sequence[dict], metrics: Sequence[str]) -> Html | None:
    """Some of the metrics of as many images by one judge."""
    columns = [column for column in columns if column["metric"] in metrics]
    if not columns:
        return None
    named = {run["run"]: collapse_notice.named(run) for run in study.runs} | {
        run["run"]: run["run"] for run in study.external
    }
    of_run = {(run["run"], column["metric"]): cell(column, run) for column in columns for run in column["runs"]}
    runs = [run for run in ranked(columns[0], named) if any((run, column["metric"]) in of_run for column in columns)]
    body = [[named[run], *(of_run.get((run, column["metric"]), "") for column in columns)] for run in runs]
    limits = limits_like(study, columns)
    for of, values in limits.items():
        body.append([kind_words(of), *(values.get(column["metric"], "") for column in columns)])
    first = columns[0]
    kinds = list(dict.fromkeys(each["interval"] for column in columns for each in column["runs"]))
    against = list(dict.fromkeys(reference(column) for column in columns if column["reference_split"]))
    about = {"judge": judge_words(first), "images": images_of(first), "against": listed(against)}
    caption = say("scores.images_against" if against else "scores.images", **about)
    said = [{"metric": column["metric"], "caveat": what} for column in columns for what in column["caveats"]]
    whole = table(
        ["", *(with_arrow(column["metric"]) for column in columns)],
        body,
        caption=caption,
        classes=[""] * len(runs) + ["reference"] * len(limits),
        sortable=True,
    )
    intervals = paragraph(
        say("scores.intervals", kinds=in_a_row([in_words(kind) for kind in kinds], "lists.semicolon")), class_="note"
    )
    return joined(whole, intervals, *caveats(said))


def ranked(column: Mapping, runs: Iterable[str]) -> list[str]:
    """Runs in the order of their means in a column, the best first; those without a number in the end."""
    sign = -1 if BETTER.get(column["metric"]) == "higher" else 1
    means = {run["run"]: sign * run["mean"] for run in column["runs"] if math.isfinite(number(run["mean"]))}
    return sorted(runs, key=lambda run: means.get(run, math.inf))


def cell(column: Mapping, run: Mapping) -> object:
    """A run's mean with half of its interval; bold where it is the best by more than chance."""
    reach = None if run["low"] is None else (run["high"] - run["low"]) / 2
    text = measured(run["mean"], reach)
    return element("strong", text) if column["is_best"] and column["first"] == run["run"] else text


def limits_like(study: Study, columns: Sequence[dict]) -> dict[str, dict[str, str]]:
    """The floor and the ceiling, if of as many images as the columns: kind of images -> metric -> value."""
    keys = ("judge", "metric", "n", "reference_split", "reference_n")
    wanted_columns = {tuple(column[key] for key in keys) for column in columns if column["of"] == "samples"}
    found: dict[str, dict[str, str]] = {}
    for run in (*study.runs, *study.external):
        for row in run["seeds"][0]["metrics"]:
            if row["of"] in LIMITS and tuple(row[key] for key in keys) in wanted_columns:
                found.setdefault(row["of"], {})[row["metric"]] = value_of(row)
    return found


LIMITS = ("test_images", "pixel_gaussian")


def differences_table(study: Study) -> Html | None:
    """How far every run is from the best, by FID, and whether that is more than chance."""
    body = []
    for column in study.summary:
        if column["metric"] == "fid" and column["of"] == "samples":
            for each in column["differences"]:
                low, high, p = each["low"], each["high"], each["p"]
                body.append(
                    [
                        say("scores.pair", run=each["run"], best=each["from"]),
                        column["judge"],
                        in_a_row([f"{column['n']:,}", *how(column)]),
                        measured(each["difference"]),
                        "" if low is None else say("scores.span", low=measured(low), high=measured(high)),
                        str(each["seeds"]),
                        "" if p is None else f"{p:.2g}",
                        say(f"scores.{'yes' if each['real'] else 'no'}{'' if p is not None else '_alone'}"),
                    ]
                )
    if not body:
        return None
    names = ("judge_column", "images_column", "difference", "interval", "seeds")
    header = [title_of("fid"), *(say(f"scores.{name}") for name in names), "p", say("scores.chance")]
    return table(header, body, caption=say("scores.differences"))


def score_panels(study: Study) -> Html | None:
    """For each judge, every run on one axis with the floor and the ceiling, by the metrics that say most."""
    panels = []
    for column in study.summary:
        if column["metric"] not in HEADLINES or column["of"] != "samples":
            continue
        values = {run["run"]: seed_values(study, run["run"], column) for run in column["runs"]}
        marks = marks_like(study, column)
        said = [say("scores.value", name=run["run"], value=measured(run["mean"])) for run in column["runs"]]
        said += [say("scores.value", name=kind_words(of), value=measured(value)) for of, value in marks.items()]
        about = {"judge": column["judge"], "images": images_of(column)}
        title = say("scores.panel", metric=title_of(column["metric"]), **about)
        drawing = scores(values, marks, with_arrow(column["metric"]))
        alt = say("scores.panel_alt", panel=title, values=in_a_row(said, "lists.semicolon"))
        panels.append(figure(svg(drawing, alt), title=title))
    return side_by_side(panels, 21)


def seed_values(study: Study, run: str, column: Mapping) -> list[float]:
    """A run's values in a column, one for each seed."""
    return [
        number(row["value"])
        for each in (*study.runs, *study.external)
        if each["run"] == run
        for seed in each["seeds"]
        for row in seed["metrics"]
        if same_column(row, column)
    ]


def same_column(row: Mapping, column: Mapping) -> bool:
    """Whether a row of metrics.json stands in a column of the summary."""
    return all(row.get(key) == column[key] for key in COLUMN)


def marks_like(study: Study, column: Mapping) -> dict[str, float]:
    """The floor and the ceiling of a column, as numbers; real images are drawn in one way only."""
    like = {key: column[key] for key in ("of", *DRAWING)}
    return {
        row["of"]: row["value"]
        for run in (*study.runs, *study.external)
        for row in run["seeds"][0]["metrics"]
        if row["of"] in LIMITS and row["value"] is not None and same_column(row | like, column)
    }


@styled
def scores(values: dict[str, Sequence[float]], marks: dict[str, float], name: Text) -> Figure:
    """A dot for each seed of each run, and a line for each reference. values: by run; marks: by reference row."""
    drawing, axes = panel(height=1.1 + 0.26 * len(values))
    for i, seeds in enumerate(values.values()):
        axes.plot(seeds, [i] * len(seeds), "o", color=colour(i), markersize=6, alpha=0.85)
    for of, value in marks.items():
        axes.axvline(value, color=INK, linewidth=1, linestyle=(0, (3, 2)), alpha=0.6)
        axes.annotate(
            say(f"scores.marks.{of}"), (value, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
            textcoords="offset points", ha="left" if value == min(marks.values()) else "right", fontsize=8,
        )  # fmt: skip
    shown = [value for value in chain(marks.values(), *values.values()) if math.isfinite(value)]
    if shown and min(shown) > 0 and max(shown) > 20 * min(shown):
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(values)), list(values))
    axes.set_ylim(len(values) - 0.4, -0.6)
    axes.set_xlabel(name)
    return drawing


def calibration_table(study: Study) -> Html | None:
    """Known answers of the study's judges beside what came out here."""
    rows = []
    for record in study.calibrations:
        for answer in record["answers"]:
            against = answer["against_train_n"]
            verdict = {
                True: say("scores.as_published"),
                False: say("scores.not_as_published"),
                None: say("scores.another_dataset", dataset=record["published_for"]),
            }
            about = {"n": answer["n"], "split": split_words(answer["of"]), "against": against}
            what = say("scores.calibrated_against" if against else "scores.calibrated_of", **about)
            rows.append(
                [
                    say("scores.calibrated", metric=title_of(answer["metric"]), judge=record["judge"]), what,
                    measured(answer["value"]), measured(answer["published"]), answer["source"],
                    verdict[answer["as_published"]],
                ]
            )  # fmt: skip
    caption = say("scores.calibration", dataset=study.comparison["dataset"])
    header = ["", *(say(f"scores.{name}") for name in ("of_column", "here", "published", "by", "verdict"))]
    return table(header, rows, caption=caption) if rows else None


# --- reading the rows ----------------------------------------------------------------------------------


def grouped(rows: Iterable[dict], *keys: str) -> list[list[dict]]:
    """Rows in groups that share some keys, in the order in which they come."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(groups.values())


def number(value: float | None) -> float:
    """A value of metrics.json; JSON has no NaN, and says null."""
    return math.nan if value is None else value


# --- words ---------------------------------------------------------------------------------------------


def with_arrow(metric: str) -> Text:
    """A metric's name with a sign for which way is better: `FID ↓`."""
    return say(f"scores.{BETTER[metric]}", metric=title_of(metric)) if BETTER.get(metric) else title_of(metric)


def value_of(row: dict) -> str:
    return measured(number(row["value"]), row.get("uncertainty"))


def reference(row: Mapping) -> str:
    """What a number is relative to: `10,000 train images`; nothing where it is relative to none."""
    if not row["reference_split"]:
        return ""
    return say("scores.reference", n=row["reference_n"], split=split_words(row["reference_split"]))


def judge_words(row: Mapping) -> str:
    """The judge and what there is to know about it; nothing of pixels, which need no judge."""
    if not row["judge"]:
        return ""
    if note := row.get("judge_note"):
        return say("scores.judge_with_note", judge=row["judge"], note=in_words(note))
    return say("scores.judge", judge=row["judge"])


def explanations(rows: Iterable[dict]) -> Html:
    """What every metric of the rows means and where it comes from, and what the reference rows are."""
    names = dict.fromkeys(row["metric"] for row in rows)
    known = [explanation(name) for name in names if meaning_of(name)]
    return details(
        say("scores.meanings"),
        joined(*(paragraph(each, class_="note") for each in [*known, say("scores.references")])),
    )


def explanation(metric: str) -> Text:
    """What a metric means, and the paper that it comes from."""
    source = source_of(metric)
    return say(
        "scores.meaning_with_source" if source else "scores.meaning",
        metric=element("strong", title_of(metric)), meaning=meaning_of(metric), source=source,
    )  # fmt: skip
