"""What each judge sees of damaged images."""

from collections.abc import Mapping
from typing import Any

from easel.report.load import StudyResults
from easel.report.page.html import Html, details, element, fragment, paragraph, table
from easel.report.page.numbers import format_rounded, joined_with_and, joined_with_commas, joined_with_semicolons
from easel.report.tables.metric_texts import metric_title
from easel.texts import Text, say

SHARES = ("grey", "swapped_channels", "mirrored", "dropped_classes")
"""Damages whose severity is a share of 1."""


def sensitivity_tables(study: StudyResults) -> Html | None:
    """For each judge whose sensitivity was measured, the FID of each damage at each severity, folded away."""
    return fragment(*map(sensitivity_table, study.sensitivities)) if study.sensitivities else None


def sensitivity_table(record: Mapping[str, Any]) -> Html:
    """The rise of the FID with each damage, and the metrics that show it."""
    rows = [[damage_name(each["damage"]), *rises(record, each), seen_by(each)] for each in record["damages"]]
    header = ["", *(say(f"sensitivity.{name}") for name in ("light", "medium", "heavy", "seen_by"))]
    caption = say(
        "sensitivity.caption",
        judge=record["judge"], n=record["n"], reference=record["reference_n"], errors=f"{record['errors']:g}",
        undamaged=format_rounded(*record["undamaged"]["fid"].values()),
        noise=format_rounded(*record["pixel_gaussian"]["fid"].values()),
    )  # fmt: skip
    return details(
        say("sensitivity.judge", judge=record["judge"]),
        table(header, rows, caption=caption, class_="sensitivity"),
        *(paragraph(note, class_="note") for note in notes_on(record)),
    )


def rises(record: Mapping[str, Any], damage: Mapping[str, Any]) -> list[Html]:
    """A cell for each severity: the rise of the FID over that of undamaged images, marked where it is noticed."""
    before, cells = record["undamaged"]["fid"], []
    for row, noticed in zip(damage["rows"], noticed_by_fid(damage), strict=True):
        after = row["metrics"]["fid"]
        rise = after["value"] - before["value"]
        change = format_rounded(rise, (after["error"] ** 2 + before["error"] ** 2) ** 0.5)
        shown = element("strong", change) if noticed else element("span", change, class_="unnoticed")
        cells.append(fragment(shown, " ", element("small", severity_name(damage["damage"], row["severity"]))))
    return cells


def noticed_by_fid(damage: Mapping[str, Any]) -> list[bool]:
    """Whether the FID notices each severity of a damage, and all heavier ones."""
    severities, lightest = [row["severity"] for row in damage["rows"]], damage["verdicts"]["fid"]["noticed_from"]
    first = len(severities) if lightest is None else severities.index(lightest)
    return [i >= first for i in range(len(severities))]


def seen_by(damage: Mapping[str, Any]) -> str:
    """The metrics that show a damage, with the lightest severity that each notices: `FID, KID from ±32`.

    Metrics that notice the heaviest severity and are not steady stand at the end.
    """
    metrics: dict[float | None, list[str]] = {}
    for metric, verdict in damage["verdicts"].items():
        if verdict["noticed_from"] is not None:
            metrics.setdefault(verdict["noticed_from"] if verdict["seen"] else None, []).append(metric_title(metric))
    parts = [
        say(
            "sensitivity.from",
            metrics=joined_with_commas(metrics[row["severity"]]),
            severity=severity_name(damage["damage"], row["severity"]),
        )
        for row in damage["rows"]
        if row["severity"] in metrics
    ]
    if None in metrics:
        parts.append(say("sensitivity.unsteady", metrics=joined_with_commas(metrics[None])))
    return joined_with_semicolons(parts) if parts else say("sensitivity.unseen")


def notes_on(record: Mapping[str, Any]) -> list[Text]:
    """Damages that the dataset cannot have, and one that is none to it."""
    whys: dict[str, list[str]] = {}
    for each in record["left_out"]:
        whys.setdefault(each["why"], []).append(damage_name(each["damage"]))
    notes = [say(f"sensitivity.left_out.{why}", damages=joined_with_and(names)) for why, names in whys.items()]
    return [*notes, say("sensitivity.mirrorable")] if record["mirrorable"] else notes


def damage_name(damage: str) -> Text:
    """A damage's name."""
    return say(f"sensitivity.damages.{damage}")


def severity_name(damage: str, severity: float) -> Text:
    """A severity with its unit: `±16`, `50 %`."""
    return say(f"sensitivity.severities.{damage}", n=f"{100 * severity if damage in SHARES else severity:g}")
