"""manifest.json: a study's outputs with their checksums, and where they come from; manifest.sha256: its own checksum.

docs/files.md describes the file. Its paths are relative to the results folder, so that folder may be moved.
"""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from easel.data.picture_files import printable_name
from easel.provenance import git, hardware
from easel.provenance.manifest_file import CHECKSUM, checksum_of
from easel.runtime import receipts
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, hashing_threads, read_json, sha256, write_json
from easel.study.load import Study
from easel.study.resolve import Run
from easel.tracking.fingerprint import ROOT
from easel.tracking.snakemake_internals import FOLDER_TIMESTAMP


class Rule(TypedDict):
    """The code that a rule executes, and the files and folders that it makes, with paths from results/ on."""

    code: list[str]
    outputs: list[str]


def build(
    study: Study,
    rules: Mapping[str, Rule],
    code: Mapping[str, str],  # file -> fingerprint, of all that the rules execute
    command: str | None,  # the user's snakemake command, if known
    results: Path,
) -> dict[str, Any]:
    """The content of manifest.json for the files as they are now.

    An output that does not exist (such as an archive that was deleted to free space) is listed as `absent`. `made`
    is a file's own time; code, packages and hardware are those of this process, except in `trainings`, which repeats
    what each training recorded. `state` are the files from which trainings continue; they are no outputs.

    Raises EaselError if an output is not as its step wrote it.
    """
    paths = {output: rule for rule, made in rules.items() for output in made["outputs"]}
    existing = {Path(output): rule for output, rule in paths.items() if Path(output).exists()}
    files = {file: rule for output, rule in existing.items() for file in files_in(output)}
    trainings = [Path(path).parent for path in paths if Path(path).name == "train.json"]
    states = [file for folder in trainings for file in receipts.files_in(folder / "state")]
    facts = hash_all([*files, *states], f"manifest of {study.name}")
    refuse_changed(existing, facts, results)
    records = {file: read_json(file) for file in files if file.name in ("dataset.json", "train.json")}

    def in_results(path: str | Path) -> str:
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
            in_results(file.parent): {
                **{key: record[key] for key in ("device", "precision", "fingerprints", "versions")},
                "start": started_from(record),
            }
            for file, record in records.items()
            if file.name == "train.json"
        },
        "folders": [in_results(path) for path in existing if path.is_dir()],
        "absent": [in_results(output) for output in paths if Path(output) not in existing],
        "outputs": {in_results(file): {"rule": rule, **facts[file]} for file, rule in files.items()},
        "state": {in_results(file): facts[file] for file in states},
    }


def started_from(record: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a training started from: the source, its step and the SHA-256 of its weights; None if it started anew."""
    start = record.get("start")
    return start and {key: start[key] for key in ("from", "step", "weights")}


def refuse_changed(outputs: Iterable[Path], facts: Mapping[Path, Mapping[str, Any]], results: Path) -> None:
    """Raise EaselError if a file of an output is not as its step wrote it. The next Snakemake makes these files again.

    facts: `file_facts` of the files that exist.
    """
    messages = []
    for output in outputs:
        for name, written in receipts.read(results, output).items():
            found = facts.get(results / name, {"sha256": written.sha256})["sha256"]  # a deleted file is not refused
            if found != written.sha256:
                receipts.suspect(results, output, name)
                messages.append(receipts.message(results / name, written.sha256, found))
    if messages:
        others = f" (So are {len(messages) - 1} more files.)" if messages[1:] else ""
        raise EaselError(f"{messages[0]}{others}")


def write(content: Mapping[str, Any], file: Path) -> None:
    """Write manifest.json, and next to it manifest.sha256, in the form of `sha256sum`."""
    write_json(file, content)
    with atomic(file.with_name(CHECKSUM)) as partial:
        partial.write_text(checksum_of(file), encoding="utf-8")


def configuration(study: Study) -> dict[str, Any]:
    """The study's resolved configuration, with every key of its dataset, judges and runs."""
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
        "runs": {name: {"preset": run.preset, **settings_of(run)} for name, run in study.runs.items()},
    }


def settings_of(run: Run) -> dict[str, Any]:
    """All settings of a run, with the names of its pictures in place of their paths: they may be moved, and are private
    in a manifest that is passed on."""
    found = run.settings.model_dump()
    names = [printable_name(os.path.basename(path)) for path in run.settings.project]
    return found | ({"project": names} if names else {})


def files_in(output: Path) -> list[Path]:
    """The output itself, or the sorted files in it if it is a folder."""
    if not output.is_dir():
        return [output]
    return sorted(file for file in output.rglob("*") if file.is_file() and file.name != FOLDER_TIMESTAMP)


def hash_all(files: Iterable[Path], label: str) -> dict[Path, dict[str, Any]]:
    """`file_facts` of many files, computed in several threads."""
    files = list(files)
    facts = {}
    with ThreadPoolExecutor(hashing_threads()) as pool, Progress(len(files), "files", label) as progress:
        for file, found in zip(files, pool.map(file_facts, files), strict=True):
            facts[file] = found
            progress.update(1)
    return facts


def file_facts(file: Path) -> dict[str, Any]:
    """A file's SHA-256, size in bytes and modification time (ISO 8601, UTC)."""
    about = file.stat()
    made = utc(datetime.fromtimestamp(about.st_mtime, UTC))
    return {"sha256": sha256(file), "bytes": about.st_size, "made": made}


def utc(time: datetime) -> str:
    """A time in UTC as ISO 8601, to the second."""
    return time.isoformat(timespec="seconds")
