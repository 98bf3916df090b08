"""A plan: the outdated jobs, the expected cost of each, and the finish time with 1, 2, 4 or 8 GPUs or nodes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePath
from typing import Any

from easel.planning.jobs import Job, waits_for
from easel.planning.knowledge import EstimateSource, Forecast
from easel.planning.scheduling import ClusterModel, Slot, Task, makespan, schedule

COUNTS = (1, 2, 4, 8)
"""Numbers of GPUs, or nodes, for which the finish time is computed."""

STARTING = 0.5
"""Seconds that Snakemake needs between two jobs."""


@dataclass(frozen=True)
class Plan:
    """The outdated jobs of a study, and their expected cost."""

    study: str
    title: str
    jobs: Sequence[Job]
    forecasts: Sequence[Forecast]
    machine: Mapping[str, Any]
    """This machine: `planning.machine.this_machine()`."""
    flips: Mapping[str, bool] = field(default_factory=dict)
    """Run -> True if its training images are mirrored at random."""

    @property
    def unit(self) -> str:
        """The unit of COUNTS: GPUs if the machine has any, else machines like this one."""
        return "GPU" if self.machine["gpus"] else "node"

    @cached_property
    def slots(self) -> dict[int, list[Slot]]:
        """The time and place of each job, for each of COUNTS."""
        tasks = [
            Task(STARTING + forecast.seconds, job.threads, job.gpus, after)
            for job, forecast, after in zip(self.jobs, self.forecasts, waits_for(self.jobs), strict=True)
        ]
        return {count: schedule(tasks, self.cluster(count)) for count in COUNTS}

    def cluster(self, count: int) -> ClusterModel:
        """This machine with so many GPUs; or, if it has none, so many like it, each with one training at a time."""
        nodes, gpus = (1, count) if self.unit == "GPU" else (count, 1)
        return ClusterModel(nodes, max(self.machine["cores"], *(job.threads for job in self.jobs), 1), gpus)

    @property
    def finish(self) -> dict[int, float]:
        """Seconds until the last job ends, for each of COUNTS."""
        return {count: makespan(slots) for count, slots in self.slots.items()}

    @property
    def seconds(self) -> float:
        """The time of all jobs, one after the other."""
        return sum(forecast.seconds for forecast in self.forecasts)

    @property
    def memory_mb(self) -> float:
        """The memory of the job that needs most."""
        return max((forecast.memory_mb for forecast in self.forecasts), default=0.0)

    @property
    def disk_mb(self) -> float:
        """The size of all outputs."""
        return sum(forecast.disk_mb for forecast in self.forecasts)

    @property
    def sources(self) -> list[EstimateSource]:
        """The sources of the forecasts, each once."""
        return list(dict.fromkeys(forecast.source for forecast in self.forecasts))

    def rows(self) -> Iterable[dict[str, Any]]:
        """The rows of plan.tsv, and in addition `benchmark`: the job's benchmark file, relative to results/."""
        for job, forecast in zip(self.jobs, self.forecasts, strict=True):
            yield {
                "rule": job.rule, "run": job.run, "seed": job.seed, "reasons": json.dumps(job.reasons),
                "minutes": round(forecast.seconds / 60, 3), "memory_mb": round(forecast.memory_mb),
                "disk_mb": round(forecast.disk_mb, 3), "gpus": job.gpus, "source": forecast.source,
                "benchmark": str(PurePath(job.benchmark).relative_to("results")),
            }  # fmt: skip
