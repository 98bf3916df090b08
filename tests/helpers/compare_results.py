"""Comparison of two results/ folders, ignoring times and places."""

import csv
import hashlib
import json
from pathlib import Path

# Not compared: undeclared outputs, and files about a moment and a machine.
ASIDE = ("state", "tensorboard", ".snakemake", "logs", "benchmarks")
ABOUT_A_MOMENT = ("report.html", "report.ipynb", "manifest.json", "manifest.sha256", "plan.tsv", "plan.html")
TIMES = ("seconds", "seconds_in_steps", "cpu_seconds", "images_per_second", "resumed_at_steps")


def differences(one: Path, other: Path) -> list[str]:
    """The files, relative to results/, that exist in one only or differ in content."""
    contents = [{path: digest(results / path) for path in files_of(results)} for results in (one, other)]
    return sorted(
        str(path) for path in contents[0].keys() | contents[1].keys() if contents[0].get(path) != contents[1].get(path)
    )


def files_of(results: Path) -> list[Path]:
    """Every declared output under `results`, as a path relative to it."""
    files = (path.relative_to(results) for path in results.rglob("*") if path.is_file())
    return [path for path in files if not set(path.parts) & set(ASIDE)]


def digest(file: Path) -> str:
    """A file's content without times; for a page, only that it exists."""
    if file.name in ABOUT_A_MOMENT:
        return "there"
    match file.suffix:
        case ".json":
            said = without_times(json.loads(file.read_text()))
        case ".csv":
            with open(file, newline="") as table:
                said = without_times(list(csv.DictReader(table)))
        case _:
            return hashlib.sha256(file.read_bytes()).hexdigest()
    return json.dumps(said, sort_keys=True)


def without_times(value: object) -> object:
    """JSON without measured times."""
    if isinstance(value, dict):
        return {key: without_times(item) for key, item in value.items() if key not in TIMES}
    return [without_times(item) for item in value] if isinstance(value, list) else value
