"""Measure the cost of one recipe on this machine: recipes/<recipe>.json."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from easel.planning.probes import probe
from easel.runtime.console import job
from easel.runtime.files import write_json


def probe_recipe(
    output: Path,  # the measurement, .json
    recipe: Mapping[str, Any],  # one of easel.planning.recipes
    machine: Mapping[str, Any],  # the one on which it is measured
    threads: int,
    gpus: int,  # assigned to this job by Snakemake
    seconds: float = 4.0,  # of steps
) -> None:
    """Train for a few steps on images of noise, and write the cost of each part of the recipe's jobs."""
    measured = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = probe(recipe, threads, gpus, seconds)
    write_json(output, {"recipe": recipe, "machine": machine, "threads": threads, "measured": measured, **found})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        probe_recipe(
            output=Path(snakemake.output[0]),
            recipe=snakemake.params.spec["recipe"],
            machine=snakemake.params.spec["machine"],
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
        )
