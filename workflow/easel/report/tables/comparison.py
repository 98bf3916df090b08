"""Comparison of a study's runs: their scores, and the differences from the best."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from easel.metrics.catalogue import BASELINES, SAMPLING_KEYS, direction
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, fragment, paragraph, table
from easel.report.page.numbers import format_value, joined_with_and, joined_with_commas, joined_with_semicolons
from easel.report.page.sampling_notes import format_image_count, sampling_details
from easel.report.tables import collapse_notice
from easel.report.tables.judge_notice import has_failed
from easel.report.tables.metric_rows import (
    as_float,
    caveat_notes,
    format_row,
    group_rows,
    judge_description,
    reference_images,
)
from easel.report.tables.metric_texts import (
    TABLES,
    image_kind,
    metric_explanations,
    metric_title,
    metric_with_arrow,
    metrics_in,
)
from easel.report.tables.metrics import judge_table
from easel.texts import Text, say


def comparison_tables(study: StudyResults) -> Html | None:
    """All runs in a table for each judge and number of images: no column mixes incomparable values.

    The best run comes first. ± is half the width of the 95 % interval. Bold marks a best run that is significantly
    better than every other, which takes at least two seeds. Secondary metrics are folded away.
    """
    first, *more = [
        [
            found
            for columns in group_rows(study.summary, "of", "judge", "n", "likelihood", *SAMPLING_KEYS)
            if (found := comparison_table(study, columns, metrics))
        ]
        for metrics in map(metrics_in, TABLES)
    ]
    folded = [*chain(*more), *other_baselines(study)]
    if not first:
        return fragment(*folded, metric_explanations(study.summary)) if folded else None
    more_metrics = details(say("scores.more_metrics"), *folded) if folded else None
    return fragment(seeds_note(study), *first, more_metrics, metric_explanations(study.summary))


def seeds_note(study: StudyResults) -> Html | None:
    """A note if no test could be done in some column, for want of seeds; None otherwise."""
    untested = any(each["test"] is None for column in study.summary for each in column["differences"])
    return paragraph(say("scores.second_seed"), class_="note") if untested else None


def other_baselines(study: StudyResults) -> list[Html]:
    """Tables of baselines that have fewer images than the samples, and so share no column with them."""
    judged = {(column["judge"], column["n"]) for column in study.summary}
    first = [*study.runs, *study.external][0]
    rows = [row for row in first["seeds"][0]["metrics"] if row["of"] in BASELINES]
    return [
        judge_table(group)
        for group in group_rows(rows, "judge", "n")
        if (group[0]["judge"], group[0]["n"]) not in judged
    ]


def comparison_table(study: StudyResults, columns: Sequence[dict], metrics: Sequence[str]) -> Html | None:
    """Some of the metrics by one judge with the same number of images."""
    columns = [column for column in columns if column["metric"] in metrics]
    if not columns:
        return None
    named = {run["run"]: collapse_notice.name_with_mark(run) for run in study.runs} | {
        run["run"]: run["run"] for run in study.external
    }
    of_run = {(run["run"], column["metric"]): mean_cell(column, run) for column in columns for run in column["runs"]}
    runs = [run for run in ranked(columns[0], named) if any((run, column["metric"]) in of_run for column in columns)]
    body = [[named[run], *(of_run.get((run, column["metric"]), "") for column in columns)] for run in runs]
    baselines = baselines_like(study, columns)
    for of, values in baselines.items():
        body.append([image_kind(of), *(values.get(column["metric"], "") for column in columns)])
    first = columns[0]
    kinds = list(dict.fromkeys(each["interval"] for column in columns for each in column["runs"]))
    against = references(columns)
    caption = say(
        "scores.images_against" if against else "scores.images",
        judge=judge_description(first),
        images=format_image_count(first),
        against=joined_with_semicolons(against),
    )
    whole = table(
        ["", *(metric_with_arrow(column["metric"]) for column in columns)],
        body,
        caption=caption,
        classes=[""] * len(runs) + ["reference"] * len(baselines),
        sortable=True,
    )
    intervals = paragraph(
        say("scores.intervals", kinds=joined_with_semicolons([say(f"intervals.{kind}") for kind in kinds])),
        class_="note",
    )
    bold = paragraph(say("scores.bold"), class_="note") if any(column["is_best"] for column in columns) else None
    return fragment(whole, intervals, bold, *caveat_notes(columns))


def references(columns: Sequence[dict]) -> list[str]:
    """The reference images of some columns; if they are not the same for all, with the metrics that use them."""
    metrics_of: dict[str, list[Text]] = {}
    for column in columns:
        if column["reference_split"]:
            metrics_of.setdefault(reference_images(column), []).append(metric_title(column["metric"]))
    if len(metrics_of) < 2:
        return list(metrics_of)
    return [
        say("scores.reference_of", reference=reference, metrics=joined_with_and(metrics))
        for reference, metrics in metrics_of.items()
    ]


def ranked(column: Mapping, runs: Iterable[str]) -> list[str]:
    """Runs by their mean in a column, the best first; runs without a value come last.

    In their own order if the judge failed its check.
    """
    if has_failed(column):
        return list(runs)
    sign = -1 if direction(column["metric"]) == "higher" else 1
    means = {run["run"]: sign * run["mean"] for run in column["runs"] if math.isfinite(as_float(run["mean"]))}
    return sorted(runs, key=lambda run: means.get(run, math.inf))


def mean_cell(column: Mapping, run: Mapping) -> object:
    """A run's mean and half the width of its interval; bold if it is significantly the best."""
    half_width = None if run["low"] is None else (run["high"] - run["low"]) / 2
    text = format_value(run["mean"], half_width)
    return element("strong", text) if column["is_best"] and column["first"] == run["run"] else text


def baselines_like(study: StudyResults, columns: Sequence[dict]) -> dict[str, dict[str, str]]:
    """The baselines with the same number of images as the columns: kind of images -> metric -> value."""
    keys = ("judge", "metric", "n", "reference_split", "reference_n")
    wanted_columns = {tuple(column[key] for key in keys) for column in columns if column["of"] == "samples"}
    found: dict[str, dict[str, str]] = {}
    for run in (*study.runs, *study.external):
        for row in run["seeds"][0]["metrics"]:
            if row["of"] in BASELINES and tuple(row[key] for key in keys) in wanted_columns:
                found.setdefault(row["of"], {})[row["metric"]] = format_row(row)
    return found


def differences_table(study: StudyResults) -> Html | None:
    """The difference of every run from the best, by FID, and whether it is significant by the test that decides."""
    body, tests = [], []
    for column in study.summary:
        if column["metric"] == "fid" and column["of"] == "samples":
            for each in column["differences"]:
                low, high = each["low"], each["high"]
                tests = list(each["tests"])  # the same of every difference
                p_values = [each["tests"][test]["corrected"] for test in tests]
                verdict = "one_seed" if each["test"] is None else "yes" if each["real"] else "no"
                body.append(
                    [
                        say("scores.pair", run=each["run"], best=each["from"]),
                        column["judge"],
                        joined_with_commas([f"{column['n']:,}", *sampling_details(column)]),
                        format_value(each["difference"]),
                        "" if low is None else say("scores.span", low=format_value(low), high=format_value(high)),
                        str(each["seeds"]),
                        *("" if p is None else f"{p:.2g}" for p in p_values),
                        say(f"scores.{verdict}"),
                    ]
                )
    if not body:
        return None
    names = ("judge_column", "images_column", "difference", "interval", "seeds")
    header = [metric_title("fid"), *(say(f"scores.{name}") for name in names)]
    header += [*(say(f"scores.p_{test}") for test in tests), say("scores.chance")]
    return table(header, body, caption=say("scores.differences"))
