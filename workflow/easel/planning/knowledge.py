"""Everything known about the recipes of a study on this machine: probes, earlier trainings, benchmark files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from functools import cached_property
from pathlib import Path
from typing import Any

from easel.config.budgets import FILE as BUDGET
from easel.config.budgets import read_budget, with_epochs
from easel.config.datasets import Sizes
from easel.config.judges.base import JudgeSettings
from easel.config.presets import PresetBase
from easel.planning import recipes
from easel.planning.benchmark_files import JobCost, read_benchmark
from easel.planning.costs import Costs
from easel.planning.earlier import EarlierTraining, is_same_judge, typical
from easel.planning.jobs import Job
from easel.planning.machine import this_machine
from easel.planning.rules import Work, rule
from easel.planning.training_time import TrainingTime
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole
from easel.study.load import Study


class EstimateSource(StrEnum):
    """The origin of a forecast. The value stands in plan.tsv, and is a key of the texts' `plan.sources`."""

    EARLIER_RUN = auto()
    """an earlier job of the same recipe"""
    PROBE = auto()
    """a probe of the recipe"""
    PROBE_UPPER_BOUND = auto()
    """a probe of the recipe, of a job that may end early"""
    RULE_OF_THUMB = auto()
    """the estimate in `costs.py`"""


DOWNLOAD_MB = 2.0  # per second. costs.py assumes a slow server, because its estimates become a cluster's time limits.


@dataclass(frozen=True)
class Forecast:
    """The expected cost of a job."""

    seconds: float
    memory_mb: float
    """Peak resident memory."""
    disk_mb: float
    """Size of the outputs."""
    source: EstimateSource


@dataclass(frozen=True)
class Knowledge:
    """Measurements on this machine of the recipes of a study."""

    study: Study
    sizes: Sizes
    results: Path
    probes: Mapping[str, Mapping[str, Any]]
    """Measurements of `probes.py`, by the names of the recipes."""
    trainings: Mapping[str, Sequence[EarlierTraining]]
    """Earlier trainings, by the names of the recipes."""
    benchmarks: dict[str, list[JobCost]] = field(default_factory=dict)
    """Benchmark files that have been read, by their names."""

    def as_before(self, job: Job) -> Forecast | None:
        """The cost of the same job when it last ran; None if it never did."""
        before = read_benchmark(job.benchmark)
        if before is None:
            return None
        estimate = self.by_rule_of_thumb(job)
        files = [file for file in map(Path, job.outputs) if file.is_file()]
        disk = sum(file.stat().st_size for file in files) / 1e6 if files else estimate.disk_mb
        memory = estimate.memory_mb if math.isnan(before.memory_mb) else before.memory_mb
        return Forecast(before.seconds, memory, disk, EstimateSource.EARLIER_RUN)

    def as_other_runs(self, job: Job) -> Forecast | None:
        """The typical cost of the same step for the study's other runs and seeds; None if none has run."""
        if not job.run:
            return None
        others = self.benchmarks_of_step(Path(job.benchmark).name)
        if not others:
            return None
        estimate = self.by_rule_of_thumb(job)
        memory = typical((each.memory_mb for each in others), max)
        return Forecast(
            typical(each.seconds for each in others),
            estimate.memory_mb if math.isnan(memory) else memory,
            estimate.disk_mb,
            EstimateSource.EARLIER_RUN,
        )

    @cached_property
    def costs(self) -> Costs:
        """The rules of thumb."""
        return Costs(self.study, self.sizes)

    def by_rule_of_thumb(self, job: Job) -> Forecast:
        """The cost of a job by the rule of thumb in `costs.py`."""
        cost = self.costs.of(job.rule, job.run, job.wildcards.get("judge", ""))
        is_download = rule(job.rule).work is Work.DOWNLOAD
        minutes = cost.disk_mb / DOWNLOAD_MB / 60 if is_download else cost.minutes
        return Forecast(60 * minutes, cost.memory_mb, cost.disk_mb, EstimateSource.RULE_OF_THUMB)

    def benchmarks_of_step(self, name: str) -> list[JobCost]:
        """All benchmark files of a step in the study's folder. name: that of the files."""
        if name not in self.benchmarks:
            folder = self.results / "benchmarks" / self.study.name
            found = (read_benchmark(file) for file in sorted(folder.glob(f"*/seed-*/{name}")))
            self.benchmarks[name] = [each for each in found if each]
        return self.benchmarks[name]

    def samples_before(self, job: Job) -> int:
        """The number of samples of a run and seed in the last evaluation; 0 if there was none."""
        record = self.results / self.study.name / job.run / f"seed-{job.seed}" / "metrics.json"
        rows = read_if_whole(record).get("metrics", [])
        return next((row["n"] for row in rows if row["of"] == "samples"), 0)

    @property
    def judges_as_probed(self) -> bool:
        """True if jobs that sample and judge use the same device as probes: a GPU, where there is one."""
        return self.study.machine.judge_on != "cpu" or not this_machine()["gpus"]

    def has_same_judge(self, name: str) -> bool:
        """True if a judge was made before with its current settings."""
        return is_same_judge(self.study, name, self.results)

    @cached_property
    def train_images_sha256(self) -> str | None:
        """The SHA-256 of the training images; None until they are prepared."""
        record = self.results / "datasets" / self.study.dataset_name / "dataset.json"
        return read_if_whole(record).get("arrays", {}).get("train_images.npy")

    def recipe_name(self, run: str) -> str:
        """The name of a run's recipe."""
        return recipes.name_of(recipes.of_training(self.study.runs[run].settings, self.sizes))

    def training_probe(self, run: str) -> Mapping[str, Any] | None:
        """The probe of a run."""
        return self.probes.get(self.recipe_name(run))

    def earlier_trainings(self, run: str) -> Sequence[EarlierTraining]:
        """The earlier trainings of a run's recipe."""
        return self.trainings.get(self.recipe_name(run), ())

    def settings_of(self, run: str) -> PresetBase:
        """A run's settings, with epochs: for `minutes` those of its budget.json, else those to expect of a budget."""
        settings = self.study.runs[run].settings
        if settings.minutes is None:
            return settings
        try:
            return with_epochs(settings, read_budget(self.results / self.study.name / run / BUDGET), run)
        except EaselError:  # none yet, or one that will be measured again
            return settings.model_copy(update={"epochs": self.expected_epochs(run, settings), "minutes": None})

    def expected_epochs(self, run: str, settings: PresetBase) -> float:
        """The epochs that a measurement is expected to make of a run's minutes."""
        images, seconds = self.sizes.train, 60 * (settings.minutes or 0.0)
        steps = 0.0
        if earlier := self.earlier_trainings(run):
            steps = seconds / typical(each.seconds_per_step for each in earlier)
        elif probe := self.training_probe(run):
            steps = TrainingTime(settings, images, probe["seconds"]).steps_within(seconds)
        return max(1.0, steps) * settings.batch_size / images if steps else self.costs.epochs_of(settings)

    def judge_probe(self, judge: JudgeSettings) -> Mapping[str, Any] | None:
        """The probe of a judge."""
        if not judge.can_be_probed:
            return None
        return self.probes.get(recipes.name_of(recipes.of_judge(judge, self.sizes)))
