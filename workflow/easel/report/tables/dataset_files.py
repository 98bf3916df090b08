"""Files of a dataset that is a folder of pictures: skipped and changed ones."""

from collections.abc import Mapping, Sequence
from typing import Any

from easel.data.folder.problems import KINDS
from easel.report.page.html import Html, details, fragment, paragraph, table
from easel.report.page.numbers import joined_sentences, plural
from easel.texts import Text, say, translated


def file_problems(dataset: Mapping[str, Any]) -> Html | None:
    """A sentence on the files of a dataset, and tables of those skipped and those changed.

    dataset: the content of dataset.json. None if the dataset is not a folder of pictures.
    """
    files = dataset.get("files")
    if not files:
        return None
    skipped, changed = ([each for each in files["problems"] if each["taken"] is taken] for taken in (False, True))
    summary = say(
        "dataset_files.taken", pictures=plural(files["taken"], "picture"), left_out=plural(files["left_out"], "file")
    )
    if not skipped and not changed:
        return paragraph(summary)
    number, example = say("dataset_files.number"), say("dataset_files.example")
    return fragment(
        paragraph(joined_sentences([summary, say("dataset_files.table")])),
        table([say("dataset_files.left_out"), number, example], map(problem_row, skipped)) if skipped else None,
        details(say("dataset_files.changed"), table(["", number, example], map(problem_row, changed)))
        if changed
        else None,
    )


def problem_row(problem: Mapping[str, Any]) -> Sequence[str]:
    """One kind of problem: its description, the number of files, and some of their names."""
    names = problem["files"][:3]
    more = ", …" if problem["count"] > len(names) else ""
    return [problem_name(problem["kind"]), f"{problem['count']:,}", ", ".join(names) + more]


def problem_name(kind: str) -> Text:
    """The name of a kind of problem."""
    return translated(f"dataset_files.kinds.{kind}", KINDS[kind].words)
