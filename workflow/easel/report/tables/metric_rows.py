"""Rows of metrics.json: grouped, formatted, and annotated with judge, reference and caveats."""

import math
from collections.abc import Iterable, Mapping

from easel.metrics.catalogue import COLUMN
from easel.report.page.html import Html, paragraph
from easel.report.page.numbers import format_value, joined_with_and, joined_with_semicolons
from easel.report.tables.metric_texts import in_words, metric_title, split_name
from easel.texts import Text, say


def caveat_notes(rows: Iterable[dict]) -> list[Html]:
    """What is to be said of some numbers, each thing once, with the metrics that it holds for."""
    said: dict[str, list[Text]] = {}
    for row in rows:
        if row.get("caveat"):
            said.setdefault(row["caveat"], []).append(metric_title(row["metric"]))
    return [
        paragraph(
            say("scores.caveat", metrics=joined_with_and(list(dict.fromkeys(of))), caveat=all_of(what)), class_="note"
        )
        for what, of in said.items()
    ]


def all_of(caveat: str) -> Text:
    """A caveat, which may be several one after the other."""
    return joined_with_semicolons([in_words(part) for part in caveat.split("; ")])


BASELINES = ("test_images", "pixel_gaussian")


def belongs_to(row: Mapping, column: Mapping) -> bool:
    """True if a row of metrics.json belongs to a column of the summary."""
    return all(row.get(key) == column[key] for key in COLUMN)


def group_rows(rows: Iterable[dict], *keys: str) -> list[list[dict]]:
    """Rows grouped by the values of some keys, in their original order."""
    groups: dict[tuple, list[dict]] = {}
    for row in rows:
        groups.setdefault(tuple(row[key] for key in keys), []).append(row)
    return list(groups.values())


def as_float(value: float | None) -> float:
    """A value of metrics.json as a float; null stands for NaN, which JSON lacks."""
    return math.nan if value is None else value


def format_row(row: dict) -> str:
    """A row's value with its uncertainty."""
    return format_value(as_float(row["value"]), row.get("uncertainty"))


def reference_images(row: Mapping) -> str:
    """The reference images of a value: `10,000 training images`; empty if it has none."""
    if not row["reference_split"]:
        return ""
    return say("scores.reference", n=row["reference_n"], split=split_name(row["reference_split"]))


def judge_description(row: Mapping) -> str:
    """The judge with its description; empty for pixel metrics, which need no judge."""
    if not row["judge"]:
        return ""
    if note := row.get("judge_note"):
        return say("scores.judge_with_note", judge=row["judge"], note=in_words(note))
    return say("scores.judge", judge=row["judge"])
