"""A plan: the outdated jobs, what each will take, and when all would be done with 1, 2, 4 or 8 GPUs or nodes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePath
from typing import Any

from easel.planning.forecast import Forecast
from easel.planning.jobs import Job, waits_for
from easel.planning.scheduling import Machine, Slot, Task, makespan, schedule

COUNTS = (1, 2, 4, 8)
"""GPUs, or nodes, with which a finish time is worked out."""

STARTING = 0.5
"""Seconds between two jobs, in which Snakemake looks what there is."""


@dataclass(frozen=True)
class Plan:
    """What a study's outdated jobs come to."""

    study: str
    title: str
    jobs: Sequence[Job]
    forecasts: Sequence[Forecast]
    machine: Mapping[str, Any]
    """This one: `planning.machine.this_machine()`."""

    @property
    def unit(self) -> str:
        """What there may be more of: GPUs where there are any, else machines like this one."""
        return "GPU" if self.machine["gpus"] else "node"

    @cached_property
    def slots(self) -> dict[int, list[Slot]]:
        """When and where each job runs, with each of COUNTS."""
        tasks = [
            Task(STARTING + forecast.seconds, job.threads, job.gpus, after)
            for job, forecast, after in zip(self.jobs, self.forecasts, waits_for(self.jobs), strict=True)
        ]
        return {count: schedule(tasks, self.machines(count)) for count in COUNTS}

    def machines(self, count: int) -> Machine:
        """So many GPUs in this machine; or, where it has none, so many like it, each with one training at a time."""
        nodes, gpus = (1, count) if self.unit == "GPU" else (count, 1)
        return Machine(nodes, max(self.machine["cores"], *(job.threads for job in self.jobs), 1), gpus)

    @property
    def finish(self) -> dict[int, float]:
        """Seconds until all is done, with each of COUNTS."""
        return {count: makespan(slots) for count, slots in self.slots.items()}

    @property
    def seconds(self) -> float:
        """Of all jobs, one after the other."""
        return sum(forecast.seconds for forecast in self.forecasts)

    @property
    def memory_mb(self) -> float:
        """Of the job that takes most."""
        return max((forecast.memory_mb for forecast in self.forecasts), default=0.0)

    @property
    def disk_mb(self) -> float:
        """Of all that jobs leave."""
        return sum(forecast.disk_mb for forecast in self.forecasts)

    @property
    def sources(self) -> list[str]:
        """Where the figures come from, each source once."""
        return list(dict.fromkeys(forecast.source for forecast in self.forecasts))

    def rows(self) -> Iterable[dict[str, Any]]:
        """The rows of plan.tsv; `benchmark` besides is the job's benchmark file, under results/."""
        for job, forecast in zip(self.jobs, self.forecasts, strict=True):
            yield {
                "rule": job.rule, "run": job.run, "seed": job.seed, "reason": job.reason,
                "minutes": round(forecast.seconds / 60, 3), "memory_mb": round(forecast.memory_mb),
                "disk_mb": round(forecast.disk_mb, 3), "gpus": job.gpus, "source": forecast.source,
                "benchmark": str(PurePath(job.benchmark).relative_to("results")),
            }  # fmt: skip
