"""Sentences in results files, which hold kinds and numbers only."""

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

NOT_EASELS = ("description", "title", "detail", "device", "cpu")
"""Keys whose values come from the author of a study or a network, or name the hardware."""
AUTHORS = "notes.json"
"""All of its texts come from the author of a study."""
MANIFEST = "manifest.json"
"""The manifest quotes git and the command line."""


def sentences_in(folder: Path) -> dict[str, list[str]]:
    """The strings of three words or more in the JSON files and plans below a folder, by file.

    Files without one are left out.
    """
    files = [
        file
        for file in sorted([*folder.rglob("*.json"), *folder.rglob("plan.tsv")])
        if file.name not in (MANIFEST, AUTHORS) and ".snakemake" not in file.parts
    ]
    found = {file: [text for text in strings(content(file)) if len(text.split()) > 2] for file in files}
    return {file.relative_to(folder).as_posix(): texts for file, texts in found.items() if texts}


def content(file: Path) -> object:
    """The content of a JSON file; the rows of a plan, whose reasons are JSON."""
    if file.suffix == ".json":
        return json.loads(file.read_text())
    with open(file, newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    return [row | ({"reasons": json.loads(row["reasons"])} if "reasons" in row else {}) for row in rows]


def strings(found: object) -> Iterator[str]:
    """All strings among the values of a JSON file, but for those of NOT_EASELS."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            if key not in NOT_EASELS:
                yield from strings(value)
    elif isinstance(found, list):
        for value in found:
            yield from strings(value)
    elif isinstance(found, str):
        yield found
