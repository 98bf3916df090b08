"""Files of a dataset that is a folder of pictures: skipped and changed ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.report.page.html import Html, details, fragment, paragraph, table
from easel.report.page.numbers import joined_sentences, plural
from easel.texts import say


def file_problems(dataset: Mapping[str, Any]) -> Html | None:
    """A sentence on the files of a dataset, and tables of those skipped and those changed.

    dataset: the content of dataset.json. None if the dataset is not a folder of pictures.
    """
    found = dataset.get("files")
    if not found:
        return None
    left_out, changed = ([each for each in found["problems"] if each["taken"] is taken] for taken in (False, True))
    said = say(
        "dataset_files.taken", pictures=plural(found["taken"], "picture"), left_out=plural(found["left_out"], "file")
    )
    if not left_out and not changed:
        return paragraph(said)
    number, example = say("dataset_files.number"), say("dataset_files.example")
    return fragment(
        paragraph(joined_sentences([said, say("dataset_files.table")])),
        table([say("dataset_files.left_out"), number, example], map(problem_row, left_out)) if left_out else None,
        details(say("dataset_files.changed"), table(["", number, example], map(problem_row, changed)))
        if changed
        else None,
    )


def problem_row(problem: Mapping[str, Any]) -> Sequence[str]:
    """One kind of problem: its description, the number of files, and some of their names."""
    names = problem["files"][:3]
    more = ", …" if problem["count"] > len(names) else ""
    return [say(f"dataset_files.kinds.{problem['kind']}"), f"{problem['count']:,}", ", ".join(names) + more]
