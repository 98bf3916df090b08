"""The records of a study that a paper is written from. docs/files.md describes their form."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from easel.evaluation.judge_files import JudgeFiles
from easel.report.load import StudyResults, read_study
from easel.runtime.files import read_json


@dataclass(frozen=True)
class JudgeRecords:
    """The records of one judge."""

    kind: str
    record: Mapping[str, Any]
    """`<kind>.json`"""
    check: Mapping[str, Any]
    """check.json"""


@dataclass(frozen=True)
class PaperRecords:
    """The records of a finished study."""

    study: StudyResults
    manifest: Mapping[str, Any]
    """manifest.json"""
    manifest_sha256: str
    trainings: Mapping[str, list[Mapping[str, Any]]]
    """By run, train.json of each seed."""
    judges: Mapping[str, JudgeRecords]
    """By name, in the order of the study."""

    @property
    def name(self) -> str:
        """The study's name."""
        return self.study.comparison["study"]

    @property
    def dataset(self) -> Mapping[str, Any]:
        """dataset.json"""
        return self.study.dataset


def read_records(manifest: Path, judges: Iterable[JudgeFiles]) -> PaperRecords:
    """Read the records of a finished study. manifest: manifest.json in its folder, with manifest.sha256 beside it."""
    study = read_study(manifest.parent)
    return PaperRecords(
        study=study,
        manifest=read_json(manifest),
        manifest_sha256=manifest.with_suffix(".sha256").read_text(encoding="utf-8").split()[0],
        trainings={
            run["run"]: [read_json(study.run_folder(run["run"], each["seed"]) / "train.json") for each in run["seeds"]]
            for run in study.runs
        },
        judges={
            files.judge: JudgeRecords(files.record.stem, read_json(files.record), read_json(files.check))
            for files in judges
        },
    )
