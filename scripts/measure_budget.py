"""Measure how many epochs of a run fit into its minutes: budget.json."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.data.sizes import in_record
from easel.planning import recipes
from easel.planning.budgets import budget, seconds_of_measurement
from easel.planning.probes import speed
from easel.planning.training_time import TrainingTime
from easel.runtime.console import job, log
from easel.runtime.files import read_json, write_json


def measure_budget(
    dataset: Path,  # dataset.json, which tells the number of training images
    output: Path,  # budget.json
    run: str,
    settings: Mapping[str, Any],  # the preset with the run's overrides
    threads: int,
    gpus: int,  # assigned to this job by Snakemake
) -> None:
    """Train for a few seconds on images of noise, and write the epochs that fit into the run's `minutes`."""
    measured = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    preset, minutes = TypeAdapter(Preset).validate_python(settings), settings["minutes"]
    sizes = in_record(read_json(dataset))
    found = speed(recipes.of_timed_training(preset, sizes), threads, gpus, seconds_of_measurement(minutes))
    made = budget(minutes, TrainingTime(preset, sizes.train, found["seconds"]), run)
    log.info("%s: %.4g epochs fit into %g minutes", run, made["epochs"], minutes)
    write_json(output, {**made, **found, "measured": measured})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        measure_budget(
            dataset=Path(snakemake.input.dataset),
            output=Path(snakemake.output[0]),
            run=snakemake.wildcards.run,
            settings=snakemake.params.settings,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
        )
