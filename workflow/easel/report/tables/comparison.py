"""Comparison of a study's runs: their scores, and the differences from the best."""

import math
from collections.abc import Iterable, Mapping, Sequence

from easel.evaluation.judge_failures import has_failed
from easel.metrics.catalogue import BASELINES, SAMPLING_KEYS, direction
from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, fragment, paragraph, table
from easel.report.page.measurements import Measured, measured_cells
from easel.report.page.numbers import (
    joined_with_and,
    joined_with_semicolons,
)
from easel.report.page.sampling_notes import format_image_count
from easel.report.tables import collapse_notice
from easel.report.tables.agreement import agreement_tables, best_in, verdicts
from easel.report.tables.metric_rows import (
    as_float,
    caveat_notes,
    devices_note,
    group_rows,
    judge_description,
    mean_with_interval,
    measured,
    reference_images,
)
from easel.report.tables.metric_texts import (
    FOLDED_TABLES,
    MAIN_TABLE,
    image_kind,
    metric_explanations,
    metric_title,
    metric_with_arrow,
    metrics_in,
)
from easel.report.tables.metrics import judge_table
from easel.report.tables.run_summaries import run_link
from easel.texts import Text, say


def comparison_tables(study: StudyResults) -> Html | None:
    """All runs in a table for each judge and number of images: no column mixes incomparable values.

    The best run comes first. ± is half the width of the 95 % interval. Bold marks a run that every judge finds
    significantly better than every other, which takes at least two seeds. Secondary metrics are folded away.
    """
    shown = [
        fragment(judge_heading(study, columns[0]), found, *notes(study, columns))
        for columns in column_groups(study, MAIN_TABLE)
        if (found := comparison_table(study, columns))
    ]
    folded = [more_metrics(study), other_baselines(study)]
    if not shown and not any(folded):
        return None
    explanations = metric_explanations(study.summary)
    seeds = [seed for run in (*study.runs, *study.external) for seed in run["seeds"]]
    devices = devices_note((row for seed in seeds for row in seed["metrics"]), (seed["samples"] for seed in seeds))
    if not shown:
        return fragment(*folded, devices, explanations)
    return fragment(
        verdicts(study),
        agreement_tables(study),
        *shown,
        devices,
        details(say("scores.more_metrics"), *folded),
        explanations,
    )


def column_groups(study: StudyResults, table: str) -> list[list[dict]]:
    """The columns of the summary with a table's metrics, in its order, grouped into those that can stand side by side.

    table: of the catalogue.
    """
    names = metrics_in(table)
    columns = sorted(
        (column for column in study.summary if column["metric"] in names),
        key=lambda column: names.index(column["metric"]),
    )
    return group_rows(columns, "of", "judge", "n", "likelihood", *SAMPLING_KEYS)


def more_metrics(study: StudyResults) -> Html | None:
    """The tables of secondary metrics, each with its subject, and the notes on all of them."""
    subjects = {table: column_groups(study, table) for table in FOLDED_TABLES}
    tables = [
        fragment(
            element("h3", say(f"scores.tables.{subject}")),
            *(comparison_table(study, columns) for columns in groups),
        )
        for subject, groups in subjects.items()
        if groups
    ]
    columns = [column for groups in subjects.values() for group in groups for column in group]
    return fragment(*tables, *notes(study, columns)) if tables else None


def other_baselines(study: StudyResults) -> Html | None:
    """Tables of baselines that have fewer images than the samples, and so share no column with them."""
    judged = {(column["judge"], column["n"]) for column in study.summary}
    first = [*study.runs, *study.external][0]
    rows = [row for row in first["seeds"][0]["metrics"] if row["of"] in BASELINES]
    alone = [row for row in rows if (row["judge"], row["n"]) not in judged]
    return fragment(*map(judge_table, group_rows(alone, "judge", "n"))) if alone else None


def comparison_table(study: StudyResults, columns: Sequence[dict]) -> Html | None:
    """Some of the metrics by one judge with the same number of images."""
    named = {run["run"]: name_in_table(study, run) for run in study.runs}
    named |= {run["run"]: run["run"] for run in study.external}
    of_run = {run["run"] for column in columns for run in column["runs"]}
    runs = [run for run in ranked(columns[0], named) if run in of_run]
    if not runs:
        return None
    baselines = baselines_like(study, columns)
    cells = [column_cells(column, runs, baselines, best_in(study, column)) for column in columns]
    names = [*(named[run] for run in runs), *map(image_kind, baselines)]
    against = references(columns)
    caption = say(
        "scores.images_against" if against else "scores.images",
        judge=judge_description(columns[0]),
        images=format_image_count(columns[0]),
        against=joined_with_semicolons(against),
    )
    return table(
        ["", *(metric_with_arrow(column["metric"]) for column in columns)],
        [list(row) for row in zip(names, *cells, strict=True)],
        caption=caption,
        classes=[""] * len(runs) + ["reference"] * len(baselines),
        sortable=True,
        class_="scores",
    )


def judge_heading(study: StudyResults, column: Mapping) -> Html | None:
    """The name of the judge of a table; None in a study of one judge, which the caption names."""
    several = len(study.comparison["judges"]) > 1
    return element("h3", say("scores.judge_heading", judge=column["judge"]), class_="judge") if several else None


def name_in_table(study: StudyResults, run: Mapping) -> Html:
    """A run's name with a link to its page, and a mark if it collapsed."""
    link = run_link(study, run, run["seeds"][0]["seed"], run["run"])
    return fragment(link, collapse_notice.mark(run))


def column_cells(
    column: Mapping, runs: Sequence[str], baselines: Mapping[str, Mapping[str, Measured]], best: str | None
) -> list[object]:
    """The cells of a column: the means of runs, then baselines; bold for the best run, if there is one."""
    means = {run["run"]: mean_with_interval(run, column["n"]) for run in column["runs"]}
    values = [means.get(run) for run in runs] + [values.get(column["metric"]) for values in baselines.values()]
    return [
        element("strong", cell) if cell and i < len(runs) and runs[i] == best else cell
        for i, cell in enumerate(measured_cells(values, leading=len(runs)))
    ]


def notes(study: StudyResults, columns: Sequence[Mapping]) -> list[Html]:
    """The kinds of intervals of some columns, the meaning of bold, and caveats."""
    if not columns:
        return []
    kinds = dict.fromkeys(each["interval"] for column in columns for each in column["runs"])
    texts = [say("scores.intervals", kinds=joined_with_semicolons([say(f"intervals.{kind}") for kind in kinds]))]
    if any(best_in(study, column) for column in columns):
        several = len(study.comparison["judges"]) > 1
        texts.append(say("scores.bold_by_all" if several else "scores.bold"))
    return [*(paragraph(text, class_="note") for text in texts), *caveat_notes(columns)]


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


def baselines_like(study: StudyResults, columns: Sequence[dict]) -> dict[str, dict[str, Measured]]:
    """The baselines with the same number of images as the columns: kind of images -> metric -> value."""
    keys = ("judge", "metric", "n", "reference_split", "reference_n")
    wanted_columns = {tuple(column[key] for key in keys) for column in columns if column["of"] == "samples"}
    found: dict[str, dict[str, Measured]] = {}
    for run in (*study.runs, *study.external):
        for row in run["seeds"][0]["metrics"]:
            if row["of"] in BASELINES and tuple(row[key] for key in keys) in wanted_columns:
                found.setdefault(row["of"], {})[row["metric"]] = measured(row)
    return found
