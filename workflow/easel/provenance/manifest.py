"""manifest.json: what a study's outputs are, and where they come from.

Its form stands in docs/files.md. Paths in it are seen from the folder of results, where the study's folder
lies, so that a folder of results may be moved.
"""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from easel.provenance import git, hardware
from easel.runtime.console import Progress
from easel.runtime.files import read_json, sha256
from easel.study.load import Study
from easel.tracking.fingerprint import ROOT

SNAKEMAKES_OWN = ".snakemake_timestamp"
"""A file that Snakemake puts into folders that are outputs."""


class Rule(TypedDict):
    """What a rule executes, and the files and folders that it makes, as Snakemake names them: results/…"""

    code: list[str]
    outputs: list[str]


def build(
    study: Study,
    rules: Mapping[str, Rule],
    code: Mapping[str, str],  # file -> fingerprint, of all that the rules execute
    command: str | None,  # the user's call of Snakemake, if it is known
    results: Path,
) -> dict[str, Any]:
    """The content of manifest.json, of the files as they lie there now.

    An output that is not there (an archive that was deleted to make room) is among `absent`. `made` times are those
    of the files; everything about code, packages and hardware is of now and here, but `trainings` says what each
    training recorded itself.
    """
    paths = {output: rule for rule, made in rules.items() for output in made["outputs"]}
    there = {Path(output): rule for output, rule in paths.items() if Path(output).exists()}
    files = {file: rule for output, rule in there.items() for file in files_in(output)}
    marks = hash_all(files, f"manifest of {study.name}")
    records = {file: read_json(file) for file in files if file.name in ("dataset.json", "train.json")}

    def seen(path: str | Path) -> str:
        return Path(path).relative_to(results).as_posix()

    return {
        "study": study.name,
        "made": utc(datetime.now(UTC)),
        "command": command,
        "git": git.describe(ROOT),
        "configuration": configuration(study),
        "data": {record["name"]: record["arrays"] for file, record in records.items() if file.name == "dataset.json"},
        "rules": {rule: made["code"] for rule, made in rules.items()},
        "code": dict(code),
        "versions": hardware.versions(),
        "hardware": hardware.hardware(),
        "trainings": {
            seen(file.parent): {key: record[key] for key in ("device", "precision", "fingerprints", "versions")}
            for file, record in records.items()
            if file.name == "train.json"
        },
        "folders": [seen(path) for path in there if path.is_dir()],
        "absent": [seen(output) for output in paths if Path(output) not in there],
        "outputs": {seen(file): {"rule": rule, **marks[file]} for file, rule in files.items()},
    }


def configuration(study: Study) -> dict[str, Any]:
    """Everything that the study says, resolved: with every key of its dataset, judges and runs."""
    return {
        "study": {
            "file": str(study.file),
            "title": study.title,
            "description": study.description,
            "dataset": study.dataset_name,
            "judges": list(study.judges),
            "runs": list(study.runs),
            "seeds": study.seeds,
            "samples": study.samples,
        },
        "datasets": {study.dataset_name: study.dataset.model_dump()},
        "judges": {name: judge.model_dump() for name, judge in study.judges.items()},
        "runs": {name: {"preset": run.preset, **run.settings.model_dump()} for name, run in study.runs.items()},
    }


def files_in(output: Path) -> list[Path]:
    """An output itself, or the files in it where it is a folder, sorted."""
    if not output.is_dir():
        return [output]
    return sorted(file for file in output.rglob("*") if file.is_file() and file.name != SNAKEMAKES_OWN)


def hash_all(files: Iterable[Path], label: str) -> dict[Path, dict[str, Any]]:
    """SHA-256, size and time of many files, several at a time, each read in small pieces."""
    files = list(files)
    marks = {}
    with ThreadPoolExecutor(threads()) as pool, Progress(len(files), "files", label) as progress:
        for file, mark in zip(files, pool.map(mark_of, files), strict=True):
            marks[file] = mark
            progress.update(1)
    return marks


def mark_of(file: Path) -> dict[str, Any]:
    """A file's entries in the manifest that anyone can find out."""
    about = file.stat()
    made = utc(datetime.fromtimestamp(about.st_mtime, UTC))
    return {"sha256": sha256(file), "bytes": about.st_size, "made": made}


def threads() -> int:
    """Files to hash at a time: Python hashes without its lock, and more than a few only make a disk seek."""
    return min(8, os.cpu_count() or 1)


def utc(time: datetime) -> str:
    """A time in UTC as ISO 8601, to the second."""
    return time.isoformat(timespec="seconds")
