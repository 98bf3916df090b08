"""Metrics of one run: a table for each judge and number of images."""

import math
from collections.abc import Sequence

from easel.metrics.catalogue import BASELINES, OF
from easel.metrics.estimate import standard_error
from easel.report.page.html import Html, details, fragment, paragraph, table
from easel.report.page.measurements import measured_cells
from easel.report.page.numbers import joined_with_and, joined_with_commas, joined_with_semicolons, plural
from easel.report.page.records import record_sentence
from easel.report.page.sampling_notes import sampling_details
from easel.report.tables.metric_rows import (
    caveat_notes,
    devices_note,
    group_rows,
    judge_description,
    measured,
    reference_images,
)
from easel.report.tables.metric_texts import (
    MAIN_TABLE,
    better_values,
    image_kind,
    metric_explanations,
    metric_heading,
    metric_title,
    metrics_in,
)
from easel.texts import Text, say


def metrics_table(rows: Sequence[dict]) -> Html | None:
    """The rows of one run's metrics.json: a table for each judge and number of images, and explanations.

    Secondary metrics are folded away.
    """
    if not rows:
        return None
    main = metrics_in(MAIN_TABLE)
    first = group_rows((row for row in rows if row["metric"] in main), "judge", "n")
    others = group_rows((row for row in rows if row["metric"] not in main), "judge", "n")
    folded = details(say("scores.more_metrics"), *map(judge_table, others)) if first and others else None
    return fragment(*map(judge_table, first or others), devices_note(rows), folded, metric_explanations(rows))


def judge_table(rows: Sequence[dict]) -> Html:
    """Metrics by one judge with the same number of images: a row for each metric, a column for each kind of images.

    The values of a row are rounded by one rule, to what those of the run carry.
    """
    of_run = [row for row in rows if row["of"] not in BASELINES] or rows
    metrics = list(dict.fromkeys(row["metric"] for row in of_run))
    rows = [row for row in rows if row["metric"] in metrics]  # real images may have more than a run has
    kinds = [of for of in OF if any(row["of"] == of for row in rows)]
    of_the_run = sum(of not in BASELINES for of in kinds) or None
    found = {(row["metric"], row["of"]): row for row in rows}
    body = []
    for metric in metrics:
        values = [measured(found[metric, of]) if (metric, of) in found else None for of in kinds]
        cells = measured_cells(values, leading=of_the_run, align=False)
        like = next(found[metric, of] for of in kinds if (metric, of) in found)
        body.append([metric_heading(metric), *cells, better_values(metric), reference_images(like)])
    header = ["", *map(image_kind, kinds), say("scores.better"), say("scores.against")]
    caption = say("scores.images_each", judge=judge_description(rows[0]), images=plural(rows[0]["n"], "image"))
    sampling = sampling_details(of_run[0])
    about_drawing = (
        paragraph(say("sampling.samples", details=joined_with_commas(sampling)), class_="note") if sampling else None
    )
    return fragment(table(header, body, caption=caption), about_drawing, *interval_notes(rows), *caveat_notes(rows))


def interval_notes(rows: Sequence[dict]) -> list[Html]:
    """What ± is, how the standard errors behind it were found, and the metrics that have none."""
    metrics_of: dict[str, list[Text]] = {}
    without: list[Text] = []
    for row in rows:
        if row["uncertainty"]:
            known = math.isfinite(standard_error(row["uncertainty"]))
            kind = record_sentence("uncertainties", row["uncertainty"])
            found = metrics_of.setdefault(kind, []) if known else without
            found.append(metric_title(row["metric"]))
    errors = [say("scores.error", metrics=distinct(metrics), kind=kind) for kind, metrics in metrics_of.items()]
    texts = [say("scores.errors", kinds=joined_with_semicolons(errors))] if errors else []
    texts += [say("scores.no_interval", metrics=distinct(without))] if without else []
    return [paragraph(text, class_="note") for text in texts]


def distinct(names: Sequence[Text]) -> str:
    """Names without repetitions."""
    return joined_with_and(list(dict.fromkeys(names)))
