"""Judges that failed their check: the notice at the top of a page."""

from collections.abc import Iterable, Mapping

from easel.evaluation.judge_failures import failures_among, has_failed
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.records import record_sentence
from easel.texts import Text, has_text, say

SETTINGS = ("epochs", "steps", "width", "sha256", "scale", "mean", "std", "output", "classifier")
"""Settings, and a kind of judge, that remedies name."""


def judge_notices(rows: Iterable[Mapping]) -> Html | None:
    """A notice for each judge that failed its check: the failures, what follows, and remedies; None for no judge.

    rows: of metrics.json, or columns of the summary.
    """
    found: dict[str, dict[str, None]] = {}
    remedies: dict[str, Text] = {}
    for row in rows:
        for failure in failures_among(row["caveats"]):
            found.setdefault(row["judge"], {})[record_sentence("caveats", failure)] = None
            remedies[row["judge"]] = remedy(row["judge_facts"])
    return fragment(*(notice(judge, found[judge], remedies[judge]) for judge in found)) if found else None


def remedy(facts: Mapping | None) -> Text:
    """Things to try for a judge. facts: its `judge_facts` in metrics.json; a judge may be of a kind without a text."""
    kind = facts["kind"].removeprefix("reduced_") if facts else "any"
    key = f"failed_judge.remedies.{kind}"
    settings = {name: element("code", name) for name in SETTINGS}
    calibration = element("code", "snakemake calibration")
    return say(key if has_text(key) else "failed_judge.remedies.any", calibration=calibration, **settings)


def notice(judge: str, failures: Iterable[str], remedy: Text) -> Html:
    """The notice for one judge. failures: their sentences."""
    return element(
        "aside",
        paragraph(element("strong", say("failed_judge.title", judge=judge))),
        element("ul", *(element("li", say("summary.note", note=each)) for each in failures)),
        paragraph(say("failed_judge.meaning")),
        paragraph(remedy),
        role="note", aria_label=say("failed_judge.label"), class_="notice",
    )  # fmt: skip


def fids_of_samples(rows: Iterable[dict]) -> list[dict]:
    """The FIDs of samples by judges that passed their check. rows: of metrics.json, or columns of the summary."""
    return [row for row in rows if row["metric"] == "fid" and row["of"] == "samples" and not has_failed(row)]
