"""Measure how many epochs of a run fit into its minutes: budget.json."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.planning.budgets import budget, seconds_of_measurement
from easel.planning.probes import speed
from easel.planning.training_time import TrainingTime
from easel.runtime.console import job, log
from easel.runtime.files import write_json


def measure_budget(
    output: Path,  # budget.json
    run: str,
    minutes: float,
    recipe: Mapping[str, Any],  # of easel.planning.recipes, with the run's own intervals
    threads: int,
    gpus: int,  # assigned to this job by Snakemake
) -> None:
    """Train for a few seconds on images of noise, and write the epochs that fit into the minutes."""
    measured = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = speed(recipe, threads, gpus, seconds_of_measurement(minutes))
    settings = TypeAdapter(Preset).validate_python(recipe["settings"])
    made = budget(minutes, TrainingTime(settings, recipe["images"], found["seconds"]), run)
    log.info("%s: %.4g epochs fit into %g minutes", run, made["epochs"], minutes)
    write_json(output, {**made, **found, "measured": measured})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        measure_budget(
            output=Path(snakemake.output[0]),
            run=snakemake.wildcards.run,
            minutes=snakemake.params.minutes,
            recipe=snakemake.params.recipe,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
        )
