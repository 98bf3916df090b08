"""What became of the files of a dataset that is a folder of pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.plots.html import Html, details, joined, paragraph, table
from easel.plots.words import plural


def file_problems(dataset: Mapping[str, Any]) -> Html | None:
    """A sentence on the files that a dataset was made of, and tables of what was left out and what was changed.

    dataset: the content of dataset.json. Nothing where it does not come from a folder.
    """
    found = dataset.get("files")
    if not found:
        return None
    left_out, changed = ([each for each in found["problems"] if each["taken"] is taken] for taken in (False, True))
    said = f"{plural(found['taken'], 'picture')} of the folder taken, {plural(found['left_out'], 'file')} left out."
    if not left_out and not changed:
        return paragraph(said)
    return joined(
        paragraph(said, " Every file's fate stands in files.tsv, beside the dataset's arrays."),
        table(["left out", "number", "for example"], map(row, left_out)) if left_out else None,
        details("What was changed in pictures that were taken", table(["", "number", "for example"], map(row, changed)))
        if changed
        else None,
    )


def row(problem: Mapping[str, Any]) -> Sequence[str]:
    """One kind of problem: what it is, how many files have it, and the names of some."""
    names = problem["files"][:3]
    more = ", …" if problem["count"] > len(names) else ""
    return [problem["words"], f"{problem['count']:,}", ", ".join(names) + more]
