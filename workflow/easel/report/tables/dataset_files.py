"""Files of a dataset that is a folder of pictures: skipped and changed ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from easel.data.folder.problems import KINDS
from easel.data.folder.tables import read_near_duplicates
from easel.report.page.html import Html, details, element, fragment, paragraph, table
from easel.report.page.numbers import joined_sentences, plural
from easel.texts import Text, say, translated


def file_problems(dataset: Mapping[str, Any], dataset_folder: Path | None = None) -> Html | None:
    """A sentence on the files of a dataset, and tables of those skipped and those changed.

    dataset: the content of dataset.json. dataset_folder: where it is; near_duplicates.tsv beside it may tell of leaks.
    None if the dataset is not a folder of pictures.
    """
    files = dataset.get("files")
    if not files:
        return None
    skipped, changed = ([each for each in files["problems"] if each["taken"] is taken] for taken in (False, True))
    summary = say(
        "dataset_files.taken", pictures=plural(files["taken"], "picture"), left_out=plural(files["left_out"], "file")
    )
    leaks = leak_notice(dataset_folder) if dataset_folder else None
    if not skipped and not changed:
        return fragment(paragraph(summary), leaks)
    number, example = say("dataset_files.number"), say("dataset_files.example")
    return fragment(
        paragraph(joined_sentences([summary, say("dataset_files.table")])),
        table([say("dataset_files.left_out"), number, example], map(problem_row, skipped)) if skipped else None,
        details(say("dataset_files.changed"), table(["", number, example], map(problem_row, changed)))
        if changed
        else None,
        leaks,
    )


def leak_notice(dataset_folder: Path) -> Html | None:
    """A warning of training pictures that look like one for testing; None without any."""
    table = dataset_folder / "near_duplicates.tsv"
    across = sum(row.split != row.other_split for row in read_near_duplicates(table)) if table.is_file() else 0
    if not across:
        return None
    said = paragraph(say("preview.near_across", n=across)), paragraph(say("preview.near_remedy"))
    return element("div", *said, class_="notice")


def problem_row(problem: Mapping[str, Any]) -> Sequence[str]:
    """One kind of problem: its description, the number of files, and some of their names."""
    names = problem["files"][:3]
    more = ", …" if problem["count"] > len(names) else ""
    return [problem_name(problem["kind"]), f"{problem['count']:,}", ", ".join(names) + more]


def problem_name(kind: str) -> Text:
    """The name of a kind of problem."""
    return translated(f"dataset_files.kinds.{kind}", KINDS[kind].words)
