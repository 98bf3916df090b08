"""What trainings of the same recipe took here before, from their records and from Snakemake's benchmark files.

A benchmark file tells what a job's last process took; where a training was killed and went on, its train.json tells
more. A record of another machine is not used.
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
from easel.planning.benchmarks import took
from easel.planning.machine import is_here
from easel.planning.rules import Work, rule_that_makes, rules_of
from easel.runtime.files import read_json
from easel.study.load import Study


@dataclass(frozen=True)
class Trained:
    """What a training took."""

    steps: int
    seconds: float
    """In its loop, over all of its processes."""
    around: float
    """Seconds of its process before and after the loop; NaN where it was more than one process."""
    memory_mb: float
    """Resident at most; NaN where that is not known."""
    disk_mb: float
    """Of its folder, checkpoints included."""


def trainings(results: Path, machine: Mapping[str, Any], threads: int) -> dict[str, list[Trained]]:
    """The trainings that were finished here on this machine, of any study, by the names of their recipes."""
    found: dict[str, list[Trained]] = {}
    sizes = cache(lambda dataset: sizes_there(results / "datasets" / dataset / "dataset.json"))
    for file in sorted(results.glob("*/*/seed-*/train.json")):
        try:
            record = read_json(file)
            if is_here(record["device"], machine, threads) and sizes(record["dataset"]):
                settings = TypeAdapter(Preset).validate_python(record["settings"])
                recipe = recipes.of_training(settings, sizes(record["dataset"]))
                found.setdefault(recipes.name_of(recipe), []).append(trained(file, record, results))
        except (OSError, ValueError, KeyError, ValidationError):
            continue  # of another version of Easel
    return found


def sizes_there(record: Path) -> Sizes | None:
    """The sizes of a dataset that has been prepared."""
    if not record.is_file():
        return None
    data = read_json(record)
    counts = (data["splits"][split]["images"] for split in ("train", "test"))
    return Sizes(tuple(data["image_shape"]), *counts, len(data["classes"]))


def trained(file: Path, record: Mapping[str, Any], results: Path) -> Trained:
    """What a training took, from its train.json and its benchmark file."""
    process = took(results / "benchmarks" / file.parent.relative_to(results) / "train_run.tsv")
    resumed = bool(record["resumed_at_steps"])
    return Trained(
        steps=record["steps"],
        seconds=record["seconds"],
        around=max(0.0, process.seconds - record["seconds"]) if process and not resumed else math.nan,
        memory_mb=process.memory_mb if process else math.nan,
        disk_mb=size_of(file.parent) / 1e6,
    )


def size_of(folder: Path) -> int:
    """The bytes of a folder's files; one that has several names there counts once."""
    stats = {(stat.st_dev, stat.st_ino): stat.st_size for stat in map(Path.stat, files_of(folder))}
    return sum(stats.values())


def files_of(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def typical(values: Iterable[float], of: Callable[[list[float]], float] = median) -> float:
    """The median of those values that are known; NaN where none is."""
    known = [value for value in values if not math.isnan(value)]
    return of(known) if known else math.nan


def known_recipes(study: Study, results: Path, machine: Mapping[str, Any], threads: int) -> set[str]:
    """The names of a study's recipes that need no probe: jobs of them were done here before."""
    found = set(trainings(results, machine, threads))
    sizes = sizes_of(study.dataset, results / "datasets" / study.dataset_name)
    for name, judge in study.judges.items():
        if not judge.can_be_probed:
            continue
        steps = (rule_that_makes(judge.kind), *rules_of(Work.REFERENCE))
        timings = (results / f"benchmarks/judges/{study.dataset_name}/{name}/{step}.tsv" for step in steps)
        if same_judge(study, name, results) and all(map(took, timings)):
            found.add(recipes.name_of(recipes.of_judge(judge, sizes)))
    return found


def same_judge(study: Study, name: str, results: Path) -> bool:
    """Whether a judge was made before with the settings that it has now."""
    settings = study.judges[name]
    record = results / "judges" / study.dataset_name / name / f"{settings.kind}.json"
    return record.is_file() and read_json(record)["settings"] == settings.model_dump()
