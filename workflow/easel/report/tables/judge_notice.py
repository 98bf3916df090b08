"""Judges that failed their check: the notice at the top of a page."""

from collections.abc import Iterable, Mapping

from easel.evaluation.judge_failures import failures_among
from easel.report.page.html import Html, element, fragment, paragraph
from easel.report.page.records import record_sentence
from easel.texts import say


def judge_notices(rows: Iterable[Mapping]) -> Html | None:
    """A notice for each judge that failed its check: the failures, what follows, and remedies; None for no judge.

    rows: of metrics.json, or columns of the summary.
    """
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        for failure in failures_among(row["caveats"]):
            found.setdefault(row["judge"], {})[record_sentence("caveats", failure)] = None
    return fragment(*(notice(judge, list(sentences)) for judge, sentences in found.items())) if found else None


def notice(judge: str, failures: Iterable[str]) -> Html:
    """The notice for one judge. failures: their sentences."""
    return element(
        "aside",
        paragraph(element("strong", say("failed_judge.title", judge=judge))),
        element("ul", *(element("li", say("summary.note", note=each)) for each in failures)),
        paragraph(say("failed_judge.meaning")),
        paragraph(say("failed_judge.remedy", epochs=element("code", "epochs"), width=element("code", "width"))),
        role="note", aria_label=say("failed_judge.label"), class_="notice",
    )  # fmt: skip


def has_failed(row: Mapping) -> bool:
    """True if the judge of a row of metrics.json, or of a column of the summary, failed its check."""
    return bool(failures_among(row["caveats"]))
