"""The cost of earlier trainings of the same recipe on this machine, from their records and benchmark files.

A benchmark file tells the cost of a job's last process; for a training that was killed and resumed, train.json tells
the total. Records of other machines are ignored.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from pydantic import TypeAdapter, ValidationError

from easel.config.datasets import Sizes
from easel.config.presets import Preset
from easel.data.sizes import sizes_of
from easel.planning import recipes
from easel.planning.benchmark_files import read_benchmark
from easel.planning.machine import is_here
from easel.planning.rules import Work, rule_that_makes, rules_of
from easel.runtime.files import read_if_whole, read_json
from easel.study.load import Study


@dataclass(frozen=True)
class EarlierTraining:
    """The cost of a finished training."""

    steps: int
    seconds: float
    """In the training loop, summed over all of its processes."""
    overhead_seconds: float
    """Of its process before and after the loop; NaN if there was more than one process."""
    memory_mb: float
    """Peak resident memory; NaN if unknown."""
    disk_mb: float
    """Size of its folder, checkpoints included."""

    @property
    def seconds_per_step(self) -> float:
        """With its share of pictures, snapshots and checkpoints."""
        return self.seconds / self.steps


def trainings(results: Path, machine: Mapping[str, Any], threads: int) -> dict[str, list[EarlierTraining]]:
    """The finished trainings of any study on this machine, by the names of their recipes."""
    found: dict[str, list[EarlierTraining]] = {}
    sizes_of_dataset = cache(lambda dataset: prepared_sizes(results / "datasets" / dataset / "dataset.json"))
    for file in sorted(results.glob("*/*/seed-*/train.json")):
        try:
            record = read_json(file)
            sizes = sizes_of_dataset(record["dataset"])
            if sizes and is_here(record["device"], machine, threads):
                settings = TypeAdapter(Preset).validate_python(record["settings"])
                name = recipes.name_of(recipes.of_training(settings, sizes))
                found.setdefault(name, []).append(earlier_training(file, record, results))
        except (OSError, ValueError, KeyError, ValidationError):
            continue  # written by another version of Easel
    return found


def prepared_sizes(record: Path) -> Sizes | None:
    """The sizes of a dataset, from its dataset.json; None until it is prepared."""
    if not record.is_file():
        return None
    data = read_json(record)
    train, test = (data["splits"][split]["images"] for split in ("train", "test"))
    height, width, channels = data["image_shape"]
    return Sizes((height, width, channels), train, test, len(data["classes"]))


def earlier_training(file: Path, record: Mapping[str, Any], results: Path) -> EarlierTraining:
    """The cost of a training. file: its train.json, whose content is `record`."""
    folder = results / "benchmarks" / file.parent.relative_to(results)
    found = (read_benchmark(folder / f"{rule}.tsv") for rule in rules_of(Work.TRAINING))
    process = next(filter(None, found), None)
    resumed = bool(record["resumed_at_steps"])
    return EarlierTraining(
        steps=record["steps"],
        seconds=record["seconds"],
        overhead_seconds=max(0.0, process.seconds - record["seconds"]) if process and not resumed else math.nan,
        memory_mb=process.memory_mb if process else math.nan,
        disk_mb=folder_bytes(file.parent) / 1e6,
    )


def folder_bytes(folder: Path) -> int:
    """The size of a folder's files in bytes. Hard links to one file count once."""
    stats = [path.stat() for path in folder.rglob("*") if path.is_file()]
    return sum({(stat.st_dev, stat.st_ino): stat.st_size for stat in stats}.values())


def typical(values: Iterable[float], of: Callable[[list[float]], float] = median) -> float:
    """The median (or another statistic) of the values that are not NaN; NaN if none is."""
    known = [value for value in values if not math.isnan(value)]
    return of(known) if known else math.nan


def known_recipes(study: Study, results: Path, machine: Mapping[str, Any], threads: int) -> set[str]:
    """The names of a study's recipes that need no probe, because jobs of them ran here before."""
    found = set(trainings(results, machine, threads))
    sizes = sizes_of(study.dataset, results / "datasets" / study.dataset_name)
    for name, judge in study.judges.items():
        if not judge.can_be_probed:
            continue
        folder = results / "benchmarks" / "judges" / study.dataset_name / name
        steps = (rule_that_makes(judge.kind), *rules_of(Work.REFERENCE))
        if is_same_judge(study, name, results) and all(read_benchmark(folder / f"{step}.tsv") for step in steps):
            found.add(recipes.name_of(recipes.of_judge(judge, sizes)))
    return found


def is_same_judge(study: Study, name: str, results: Path) -> bool:
    """True if a judge was made before with its current settings."""
    settings = study.judges[name]
    record = results / "judges" / study.dataset_name / name / f"{settings.kind}.json"
    return read_if_whole(record).get("settings") == settings.model_dump()
