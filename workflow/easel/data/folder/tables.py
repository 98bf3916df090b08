"""Reading files.tsv and near_duplicates.tsv, which preparing a folder writes."""

import csv
from pathlib import Path
from typing import NamedTuple


class FileRow(NamedTuple):
    """A file of a folder."""

    name: str
    """Printable (`easel.data.picture_files.printable_name`)."""
    split: str
    """"train" or "test"; "" if it is left out."""
    row: int | None
    """Its place in the split's arrays."""
    size: tuple[int, int] | None
    """Width and height of the upright picture, if it could be opened."""
    crop: tuple[float, ...]
    """The part that was kept: left, top, right, bottom, each in 0..1; empty if all of it was."""
    problems: list[str]
    """Kinds of problems; those of duplicates name the other file: `duplicate as a.png`."""


class NearRow(NamedTuple):
    """Two pictures that look alike; if they are in different splits, the first is for testing."""

    name: str
    split: str
    other: str
    other_split: str
    bits: int


def read_files(file: Path) -> list[FileRow]:
    """The rows of files.tsv."""
    return [
        FileRow(
            name=row["file"],
            split=row["split"],
            row=int(row["row"]) if row["row"] else None,
            size=(int(row["width"]), int(row["height"])) if row["width"] else None,
            crop=tuple(map(float, row["crop"].split())),
            problems=row["problems"].split("; ") if row["problems"] else [],
        )
        for row in rows_of(file)
    ]


def read_near_duplicates(file: Path) -> list[NearRow]:
    """The rows of near_duplicates.tsv."""
    return [
        NearRow(row["file"], row["split"], row["other"], row["other_split"], int(row["bits"])) for row in rows_of(file)
    ]


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a tab-separated file by column. Names may hold quotes, which mean nothing."""
    with open(file, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
