"""Sample a trained run: the snapshot that is chosen as generator.keras, and what it draws."""

from pathlib import Path
from typing import Literal

from easel.evaluation.chosen import SampledFiles, sample_chosen
from easel.runtime.console import job
from easel.training.devices import use_devices


def sample(
    training: Path,  # train.json, in a folder with the snapshots
    snapshot_scores: Path,  # snapshots.json
    files: SampledFiles,  # that are written
    select: Literal["best", "last"],
    count: int,
    truncation: float | None,  # bound on the absolute value of a latent's components
    label: str,  # the only class to sample; "": all classes
    seed: int,  # of the latents and classes
    threads: int,
) -> None:
    """Sample `count` images. Their latents and classes depend on `seed` alone."""
    use_devices(threads)
    sample_chosen(training, snapshot_scores, files, select, count, truncation, label, seed)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        sample(
            training=Path(snakemake.input.training),
            snapshot_scores=Path(snakemake.input.snapshot_scores),
            files=SampledFiles(*(Path(snakemake.output[name]) for name in SampledFiles._fields)),
            select=snakemake.params.spec["select"],
            count=snakemake.params.spec["samples"],
            **snakemake.params.spec["sampling"],
            threads=snakemake.threads,
        )
