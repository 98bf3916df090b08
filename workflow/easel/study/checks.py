"""Checks of a study that no single type can make: its name, local paths, and classes. A failure is a `ConfigError`."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from easel.config.base import Name
from easel.config.datasets import Dataset, Folder, Published
from easel.config.judges.base import JudgeSettings
from easel.config.studies import MOST_TRAININGS, RESERVED_STUDY_NAMES
from easel.data.classes import known_classes
from easel.data.folder.archive import is_archive
from easel.data.picture_files import no_folder
from easel.study.files import adapter
from easel.study.folders import check_folder, why_one_class
from easel.study.messages import ConfigError, requirement
from easel.study.resolve import Run
from easel.study.wording import as_yaml, display_path, shortened, suggestion


def check_name(file: Path, root: Path) -> None:
    """Check a study's name: it becomes a folder of results/, so it must be a plain name that is not taken."""
    name, where = file.stem, display_path(file, root)
    if name in RESERVED_STUDY_NAMES:
        raise ConfigError(
            f"{where}: a study cannot be called '{name}', as results/{name} is Easel's own; rename the file"
        )
    try:
        adapter(Name).validate_python(name)
    except ValidationError as error:
        problem = requirement(error.errors()[0])
        raise ConfigError(f"{where}: the file's name becomes a folder and {problem}; rename the file") from None
    own = root / "config" / "studies" / f"{name}.yaml"
    if own.is_file() and not own.samefile(file):
        raise ConfigError(
            f"{where}: config/studies/{name}.yaml has the same name, and both would write to results/{name}/; "
            "rename the file"
        )


def check_distinct(shared: Mapping[str, object], own: Mapping[str, object], key: str, where: str) -> None:
    """Refuse a study's own dataset or judge that has the name of a shared one. key: `datasets` or `judges`."""
    if both := sorted(shared.keys() & own.keys()):
        raise ConfigError(
            f"{where}: {key}.{both[0]}: config/{key}.yaml already has this name, and results are shared between "
            "studies by name; choose another"
        )


def check_trainings(runs: int, seeds: int, where: str) -> None:
    """Refuse a study of too many trainings."""
    if runs * seeds > MOST_TRAININGS:
        raise ConfigError(
            f"{where}: {runs:,} runs with {seeds:,} seeds each are {runs * seeds:,} trainings; a study may have "
            f"{MOST_TRAININGS:,}. Split the study"
        )


def absolute(path: str, file: Path) -> str:
    """A path that `file` names: absolute, from `~`, or relative to the file."""
    return os.path.abspath(file.parent / os.path.expanduser(path))


def with_judge_path(judge: JudgeSettings, file: Path, name: str, root: Path) -> JudgeSettings:
    """A judge with its local file, if it has one, as an absolute path. file: the one that names it."""
    written = getattr(judge, "path", "")
    if not written:
        return judge
    path, own = absolute(written, file), os.path.abspath(f"results/judges/{getattr(judge, 'archive', '')}")
    if path == own:
        raise ConfigError(
            f"{display_path(file, root)}: judges.{name}.path: {path} is where Easel puts its own copy, and would be "
            "lost. Move the file elsewhere"
        )
    fetched = os.path.isfile(own)
    if not os.path.isfile(path) and not fetched:
        raise ConfigError(f"{display_path(file, root)}: judges.{name}.path: there is no file {shortened(path)}")
    return judge.model_copy(update={"path": path})


def with_dataset_path(dataset: Dataset, file: Path, name: str, root: Path) -> Dataset:
    """A dataset with its local archive or folder, if it has one, as an absolute path. file: the one that names it."""
    if not isinstance(dataset, Folder | Published) or not dataset.path:
        return dataset
    path = absolute(dataset.path, file)
    where = f"{display_path(file, root)}: datasets.{name}.path"
    own = os.path.abspath(f"results/datasets/{name}")
    if own in (path, os.path.dirname(path)):
        raise ConfigError(
            f"{where}: {path} lies where Easel puts its own copy, and would be lost. Move the archive elsewhere"
        )
    found = dataset.model_copy(update={"path": path})
    prepared = os.path.isfile(f"{own}/dataset.json")
    if isinstance(found, Folder):
        is_other_file = os.path.isfile(path) and not is_archive(path)
        if is_other_file or not (os.path.exists(path) or prepared):
            raise ConfigError(f"{where}: {shortened(no_folder(path), 1000)}")
        if os.path.commonpath([os.path.realpath(path), os.path.realpath("results")]) == os.path.realpath(path):
            raise ConfigError(f"{where}: {path} contains results/, whose pictures would count; use a folder of its own")
        check_folder(found, where.removesuffix(".path"), prepared)
        return found
    for needed in found.local_files:
        if not os.path.isfile(needed) and not prepared:
            raise ConfigError(f"{where}: there is no file {needed}")
    return found


def check_judges(dataset: Dataset, judges: Mapping[str, JudgeSettings], instead: str, where: str) -> None:
    """Refuse a judge that is trained to classify, if the dataset has one class. instead: what to do, for the error."""
    learners = [name for name, judge in judges.items() if judge.knows_classes]
    if learners and not isinstance(dataset, Folder) and len(known_classes(dataset) or ()) == 1:
        raise ConfigError(
            f"{where}: judge: '{learners[0]}' learns to tell the dataset's classes apart, and its 'classes' are only "
            f"one; {instead}"
        )
    if isinstance(dataset, Folder) and learners and (why := why_one_class(dataset)):
        raise ConfigError(
            f"{where}: judge: '{learners[0]}' learns to tell the dataset's classes apart, and there is only one, "
            f"{why}; {instead}, or sort the pictures into a folder for each class"
        )


def check_labels(dataset: Dataset, name: str, runs: Iterable[Run], where: str) -> None:
    """Refuse a conditional run on a dataset of one class, or one that samples a class that the dataset lacks."""
    conditional = [run for run in runs if run.settings.is_conditional]
    classes = known_classes(dataset) if conditional else None
    if classes is None:
        return
    for run in conditional:
        label = run.settings.sampling.label
        if len(classes) < 2:
            also = " and aux_classifier_weight: 0" if getattr(run.settings, "aux_classifier_weight", 0) else ""
            why = f", {why_one_class(dataset)}" if isinstance(dataset, Folder) else ""
            raise ConfigError(
                f"{where}: runs.{run.name}: conditional is true, but the images of '{name}' have only one class{why}; "
                f"set conditional: false{also}, or sort the pictures into a folder for each class"
            )
        if label and label not in classes:
            raise ConfigError(
                f"{where}: runs.{run.name}: sampling.label: '{name}' has no class {as_yaml(label)}"
                f"{suggestion(label, classes)}"
            )
