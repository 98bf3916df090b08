"""Judges from a file that was trained elsewhere: checked before the first job, if the file is at hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.datasets import Folder
from easel.config.judges.base import JudgeSettings
from easel.data.classes import known_classes
from easel.data.sizes import expected, record_of_same_files
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256
from easel.study.load import Study
from easel.study.messages import ConfigError
from easel.study.wording import display_path


def check_fetched(study: Study, results: Path, root: Path) -> None:
    """Refuse a judge whose file has another checksum, is no judge, or is one of another dataset.

    results: the folder in which datasets are prepared and judges are fetched. root: the checkout. What only a job can
    find out, such as the content of a file at an address, is found by the job that makes the judge.
    """
    where = display_path(study.file, root)
    problems = [
        f"{where}: judges.{name}: {problem}"
        for name, judge in study.judges.items()
        if judge.knows_classes and judge.is_fetched
        for problem in problems_of(judge, study, results)
    ]
    if problems:
        raise ConfigError(*problems)


def problems_of(judge: Any, study: Study, results: Path) -> Iterator[str]:
    """What is wrong with the file of a judge, if that is at hand.

    judge: settings of a kind that has `archive`, `path` and `sha256`.
    """
    fetched, path = results / "judges" / judge.archive, judge.path
    try:
        if fetched.is_file():
            yield from misfit(judge, fetched, study, results)
        elif path and (found := sha256(path)) != judge.sha256:
            yield (
                f"sha256: {path} has the SHA-256 {found}, expected {judge.sha256}. Get the file again; or, if it is "
                "the one you mean, correct 'sha256'"
            )
        elif path:
            yield from misfit(judge, Path(path), study, results)
    except OSError:
        return  # which the job that fetches it will say, if it has to


def misfit(judge: JudgeSettings, file: Path, study: Study, results: Path) -> Iterator[str]:
    """Why a file is no judge of the study's dataset."""
    try:
        classes, image_shape = known_form(study, results)
        # A folder's class of which no picture can be decoded is none of the dataset's.
        judges.of_kind(judge.kind).require(file, classes, image_shape, at_most=isinstance(study.dataset, Folder))
    except EaselError as error:
        yield str(error)


def known_form(study: Study, results: Path) -> tuple[list[str] | None, list[int]]:
    """The classes of a study's dataset, None if only its archive tells, and the shape of its images."""
    dataset = study.dataset
    if record := record_of_same_files(dataset, results / "datasets" / study.dataset_name):
        return record["classes"], record["image_shape"]
    return known_classes(dataset), list(expected(dataset).image_shape)
