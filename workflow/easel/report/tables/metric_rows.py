"""Rows of metrics.json: grouped, formatted, and annotated with judge, reference and caveats."""

import math
from collections.abc import Iterable, Mapping

from easel.metrics.catalogue import COMPARABLE_KEYS
from easel.metrics.estimate import standard_error
from easel.metrics.intervals import half_width
from easel.report.page.html import Html, element, paragraph
from easel.report.page.measurements import Measured
from easel.report.page.numbers import format_value, joined_with_and, joined_with_semicolons
from easel.report.page.records import record_sentence
from easel.report.tables.metric_texts import metric_title, split_name
from easel.texts import Text, say


def caveat_notes(rows: Iterable[Mapping]) -> list[Html]:
    """Each caveat once, with the metrics that it holds for; those of the same metrics in one paragraph.

    rows: with the keys `metric` and `caveats`.
    """
    metrics_of: dict[str, list[Text]] = {}
    for row in rows:
        for caveat in row["caveats"]:
            metrics_of.setdefault(record_sentence("caveats", caveat), []).append(metric_title(row["metric"]))
    together: dict[str, list[str]] = {}
    for text, metrics in metrics_of.items():
        together.setdefault(joined_with_and(list(dict.fromkeys(metrics))), []).append(text)
    return [
        paragraph(say("scores.caveat", metrics=names, caveat=joined_with_semicolons(texts)), class_="note")
        for names, texts in together.items()
    ]


def judging_devices(rows: Iterable[Mapping], samples: Iterable[Mapping] = ()) -> list[str]:
    """The names of the devices that drew samples and judged them, without repetitions.

    rows: of metrics.json. samples: contents of samples.json; external ones have no device.
    """
    used = [each.get("device") for each in (*samples, *rows)]
    return list(dict.fromkeys(device["name"] for device in used if device))


def devices_note(rows: Iterable[Mapping], samples: Iterable[Mapping] = ()) -> Html | None:
    """What it means that numbers are from several devices; None if all are from one. rows, samples: as above."""
    names = judging_devices(rows, samples)
    if len(names) < 2:
        return None
    setting = element("code", "judge_on")
    return paragraph(say("scores.devices", devices=joined_with_and(names), setting=setting), class_="note")


def belongs_to(row: Mapping, column: Mapping) -> bool:
    """True if a row of metrics.json belongs to a column of the summary."""
    return all(row.get(key) == column[key] for key in COMPARABLE_KEYS)


def group_rows(rows: Iterable[dict], *keys: str) -> list[list[dict]]:
    """Rows grouped by the values of some keys, in their original order."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(groups.values())


def as_float(value: float | None) -> float:
    """A value of metrics.json as a float; null stands for NaN, which JSON lacks."""
    return math.nan if value is None else value


def measured(row: Mapping) -> Measured:
    """A row's value, uncertain by half the width of its 95 % interval over samples; by NaN without a standard error."""
    return Measured(as_float(row["value"]), half_width(standard_error(row["uncertainty"])), row["n"])


def format_row(row: Mapping) -> str:
    """The same as text."""
    return format_value(*measured(row))


def mean_with_interval(mean: Mapping, n: int) -> Measured:
    """A run's mean in a column of the summary of n images, uncertain by half the width of its interval."""
    half_width = None if mean["low"] is None else (mean["high"] - mean["low"]) / 2
    return Measured(as_float(mean["mean"]), half_width, n)


def reference_images(row: Mapping) -> str:
    """The reference images of a value: `10,000 training images`; empty if it has none."""
    if not row["reference_split"]:
        return ""
    return say("scores.reference", n=row["reference_n"], split=split_name(row["reference_split"]))


def judge_description(row: Mapping) -> str:
    """The judge with its description; empty for pixel metrics, which need no judge."""
    if not row["judge"]:
        return ""
    if facts := row["judge_facts"]:
        return say("scores.judge_with_facts", judge=row["judge"], facts=record_sentence("judge_facts", facts))
    return say("scores.judge", judge=row["judge"])
