"""Sentences in results files, which hold kinds and numbers only."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

NOT_EASELS = ("description", "title", "detail", "device", "cpu")
"""Keys whose values come from the author of a study or a network, or name the hardware."""
MANIFEST = "manifest.json"
"""The manifest quotes git and the command line."""


def sentences_in(folder: Path) -> dict[str, list[str]]:
    """The strings of three words or more in the JSON files below a folder, by file; files without one are left out."""
    files = [
        file for file in sorted(folder.rglob("*.json")) if file.name != MANIFEST and ".snakemake" not in file.parts
    ]
    found = {file: [text for text in strings(json.loads(file.read_text())) if len(text.split()) > 2] for file in files}
    return {file.relative_to(folder).as_posix(): texts for file, texts in found.items() if texts}


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
