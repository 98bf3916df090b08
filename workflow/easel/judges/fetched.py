"""Judges from a file that was trained elsewhere: checked before the first job, if the file is at hand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from easel import judges
from easel.config.affects import Affects, as_params
from easel.config.datasets import Folder
from easel.config.judges.base import JudgeSettings
from easel.data.classes import known_classes
from easel.data.sizes import expected, record_of_same_files
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole, sha256
from easel.study.load import Study
from easel.study.messages import ConfigError
from easel.study.size_checks import not_installed
from easel.study.wording import display_path


def check_fetched(study: Study, results: Path, root: Path) -> None:
    """Refuse a judge whose file has another checksum, is no judge, or is one of another dataset; or whose packages are
    missing.

    results: the folder in which datasets are prepared and judges are fetched. root: the checkout. What only a job can
    find out, such as the content of a file at an address, is found by the job that makes the judge.
    """
    where = display_path(study.file, root)
    problems = [
        f"{where}: judges.{name}: {problem}"
        for name, judge in study.judges.items()
        if judge.is_fetched and not was_found_right(name, judge, study, results)
        for problem in problems_of(judge, study, results)
    ]
    if problems:
        raise ConfigError(*problems)


def was_found_right(name: str, judge: JudgeSettings, study: Study, results: Path) -> bool:
    """True for a judge that was made with these settings before, if nothing of the dataset decides whether it can be.

    It takes a second to look into a large file, and this is done whenever Snakemake starts.
    """
    record = read_if_whole(results / "judges" / study.dataset_name / name / f"{judge.kind}.json")
    before, now = record.get("settings", {}), as_params(judge, Affects.OUTPUT)
    return not judge.knows_classes and all(before.get(key) == value for key, value in now.items())


def problems_of(judge: Any, study: Study, results: Path) -> Iterator[str]:
    """What is wrong with a judge: packages, and its file, if that is at hand.

    judge: settings of a kind that has `archive`, `path` and `sha256`.
    """
    if missing := not_installed(judge.packages):
        yield f"kind: {judge.kind} {missing}, or use another judge"
        return
    if not hasattr(judges.of_kind(judge.kind), "require"):
        return  # of an archive, which the job that unpacks it checks
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
        at_most = isinstance(study.dataset, Folder)
        judges.of_kind(judge.kind).require(judge, file, classes, image_shape, at_most)
    except EaselError as error:
        yield str(error)


def known_form(study: Study, results: Path) -> tuple[list[str] | None, list[int]]:
    """The classes of a study's dataset, None if only its archive tells, and the shape of its images."""
    dataset = study.dataset
    if record := record_of_same_files(dataset, results / "datasets" / study.dataset_name):
        return record["classes"], record["image_shape"]
    return known_classes(dataset), list(expected(dataset).image_shape)
