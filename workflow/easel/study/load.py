"""Read a study. Any mistake is a `ConfigError`, a line for each: file, key, what is wrong, the likely fix."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from easel.config.datasets import Dataset
from easel.config.judges.base import JudgeSettings
from easel.config.panels import JudgeOrPanel
from easel.config.studies import ExternalEntry, MachineConfig, StudyFile
from easel.study import checks, panels
from easel.study.external import resolve_external
from easel.study.files import parse, pick, read_entries, read_yaml
from easel.study.flips import with_flip
from easel.study.machine import find_study, machine_settings
from easel.study.messages import ConfigError
from easel.study.projected import with_pictures
from easel.study.resolve import Run, resolve_runs
from easel.study.starts import check_starts, with_start
from easel.study.wording import display_path

EXTERNAL_SEED = 0
"""The seed in the paths of external samples, whose seed is unknown."""


@dataclass(frozen=True)
class Study:
    """A study in which every name is resolved: its dataset, runs and judges are all here."""

    name: str
    file: Path
    title: str
    description: str
    dataset_name: str
    dataset: Dataset
    runs: dict[str, Run]
    seeds: list[int]
    judges: dict[str, JudgeSettings]
    samples: int
    machine: MachineConfig
    external: dict[str, ExternalEntry] = field(default_factory=dict)
    """External samples, under the name of a run."""
    sensitivity: bool = False
    select: str = "best"
    snapshot_samples: int = 2_000
    notes: str = ""
    license: str = "unknown"
    left_out: dict[str, str] = field(default_factory=dict)
    """Judges of a panel that are left out because the dataset has one class: judge -> panel."""

    @property
    def exported(self) -> list[str]:
        """The runs to export."""
        return [name for name, run in self.runs.items() if run.settings.export]

    @property
    def projected(self) -> list[str]:
        """The runs with pictures to project."""
        return [name for name, run in self.runs.items() if run.settings.project]

    @property
    def snapshot_judge(self) -> str:
        """The judge that chooses the snapshots: the first of the study's list, whatever the others cost."""
        return next(iter(self.judges))


def load_study(machine: Mapping[str, Any], root: Path) -> Study:
    """Read the study that `machine["study"]` names.

    machine: the content of config/config.yaml with the command line's `--config` merged in.
    root: the checkout, which contains config/.
    """
    settings = machine_settings(machine, root / "config" / "studies")
    file = find_study(settings.study, root / "config" / "studies")
    written = read_yaml(file, root)
    where = display_path(file, root)
    study = parse(StudyFile, written, where)
    checks.check_name(file, root)
    dataset = dataset_of(study, file, root)
    chosen = judges_of(study, dataset, file, root)
    judges = {name: with_flip(judge, dataset) for name, judge in chosen.judges.items()}
    theirs = {name: entry for name, entry in study.runs.items() if isinstance(entry, ExternalEntry)}
    external = resolve_external(theirs, file, root)
    trained = {name: entry for name, entry in written["runs"].items() if name not in theirs}
    runs = {
        name: replace(run, settings=with_pictures(with_start(with_flip(run.settings, dataset), file), file))
        for name, run in resolve_runs(trained, defaults_of(study), file, root).items()
    }
    checks.check_trainings(len(runs), len(study.seeds), where)
    if both := sorted(runs.keys() & external.keys()):
        raise ConfigError(
            f"{where}: runs: external samples and a training are both called '{both[0]}'; rename one of the two"
        )
    checks.check_judges(dataset, judges, chosen.instead, where)
    checks.check_labels(dataset, study.dataset, runs.values(), where)
    check_starts(file.stem, runs, study.seeds, file, root)
    return Study(
        name=file.stem,
        file=file,
        title=study.title or file.stem,
        description=study.description,
        dataset_name=study.dataset,
        dataset=dataset,
        runs=runs,
        seeds=study.seeds,
        judges=judges,
        samples=study.samples,
        machine=settings,
        external=external,
        sensitivity=study.sensitivity,
        select=study.select,
        snapshot_samples=study.snapshot_samples,
        notes=study.notes,
        license=study.license,
        left_out=chosen.left_out,
    )


def defaults_of(study: StudyFile) -> dict[str, Any]:
    """The settings that a study gives to all of its runs."""
    defaults: dict[str, Any] = {"sampling": study.sampling.model_dump(exclude_unset=True)}
    if study.minutes is not None:
        defaults["minutes"] = study.minutes
    if study.on_collapse:
        defaults["on_collapse"] = study.on_collapse
    if study.export:
        defaults["export"] = study.export
    return defaults


def dataset_of(study: StudyFile, file: Path, root: Path) -> Dataset:
    """The dataset that a study names: one of config/datasets.yaml, or the study's own."""
    shared_file, where = root / "config" / "datasets.yaml", display_path(file, root)
    shared = read_entries(Dataset, shared_file, root)
    checks.check_distinct(shared, study.datasets, "datasets", where)
    dataset = pick(shared | study.datasets, study.dataset, f"{where}: dataset")
    source = file if study.dataset in study.datasets else shared_file
    return checks.with_dataset_path(dataset, source, study.dataset, root)


def judges_of(study: StudyFile, dataset: Dataset, file: Path, root: Path) -> panels.Chosen:
    """The judges that a study names: of config/judges.yaml, or the study's own; panels are written out."""
    shared_file, where = root / "config" / "judges.yaml", display_path(file, root)
    shared = read_entries(JudgeOrPanel, shared_file, root)
    checks.check_distinct(shared, study.judges, "judges", where)
    with_classes = panels.has_several_classes(dataset, study.dataset)
    chosen = panels.choose(study.judge, shared | study.judges, with_classes, where)
    sources = {name: file if name in study.judges else shared_file for name in chosen.judges}
    judges = {name: checks.with_judge_path(judge, sources[name], name, root) for name, judge in chosen.judges.items()}
    return chosen._replace(judges=judges)
