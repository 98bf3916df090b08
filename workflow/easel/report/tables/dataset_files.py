"""What became of the files of a dataset that is a folder of pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.report.page.html import Html, details, fragment, paragraph, table
from easel.report.page.numbers import joined_sentences, plural
from easel.texts import say, translated


def file_problems(dataset: Mapping[str, Any]) -> Html | None:
    """A sentence on the files that a dataset was made of, and tables of what was left out and what was changed.

    dataset: the content of dataset.json. Nothing where it does not come from a folder.
    """
    found = dataset.get("files")
    if not found:
        return None
    left_out, changed = ([each for each in found["problems"] if each["taken"] is taken] for taken in (False, True))
    said = say("problems.taken", pictures=plural(found["taken"], "picture"), left_out=plural(found["left_out"], "file"))
    if not left_out and not changed:
        return paragraph(said)
    number, example = say("problems.number"), say("problems.example")
    return fragment(
        paragraph(joined_sentences([said, say("problems.table")])),
        table([say("problems.left_out"), number, example], map(problem_row, left_out)) if left_out else None,
        details(say("problems.changed"), table(["", number, example], map(problem_row, changed))) if changed else None,
    )


def problem_row(problem: Mapping[str, Any]) -> Sequence[str]:
    """One kind of problem: what it is, how many files have it, and the names of some."""
    names = problem["files"][:3]
    more = ", …" if problem["count"] > len(names) else ""
    words = translated(f"problems.kinds.{problem['kind']}", problem["words"])
    return [words, f"{problem['count']:,}", ", ".join(names) + more]
