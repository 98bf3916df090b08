"""Notes of a study's author on the study and its runs."""

from collections.abc import Mapping

from easel.report.load import RunResults, StudyResults
from easel.report.page.html import Html, element, fragment
from easel.report.page.markdown import markdown
from easel.report.page.numbers import joined_with_commas

SECTION = 2
"""The level of the heading of the section that the notes are in."""


def run_notes(run: RunResults) -> Html | None:
    """The notes on a run; None if there are none."""
    return block(run.notes, SECTION)


def study_notes(study: StudyResults) -> Html | None:
    """The notes on a study, and then those on its runs, under their names; None if there are none.

    Runs with the same notes, such as those of a sweep, share them.
    """
    pieces = [block(study.notes, SECTION)]
    for text, runs in runs_by_notes(study.notes_of_runs).items():
        pieces.append(element("h3", joined_with_commas(runs), class_="run"))
        pieces.append(block(text, SECTION + 1))
    return fragment(*pieces) if any(pieces) else None


def runs_by_notes(notes: Mapping[str, str]) -> dict[str, list[str]]:
    """The runs of each text, in the order of the first. notes: run -> text."""
    found: dict[str, list[str]] = {}
    for run, text in notes.items():
        if text.strip():
            found.setdefault(text, []).append(run)
    return found


def block(text: str, below: int) -> Html | None:
    """Notes under a heading of a level; None for an empty text."""
    return element("div", markdown(text, below), class_="notes") if text.strip() else None
