"""Sample a trained run: the snapshot that is chosen as generator.keras, and what it draws."""

from pathlib import Path
from typing import Literal

from easel.evaluation.chosen import SampledFiles, sample_chosen
from easel.runtime.console import job
from easel.training.devices import device_used, use_devices


def sample(
    training: Path,  # train.json, in a folder with the snapshots
    snapshot_scores: Path,  # snapshots.json
    files: SampledFiles,  # that are written
    select: Literal["best", "last"],
    count: int,
    truncation: float | None,  # bound on the absolute value of a latent's components
    label: str,  # the only class to sample; "": all classes
    seed: int,  # of the latents and classes
    run: str,  # its name and seed, for the log
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Sample `count` images. Their latents and classes depend on `seed` alone."""
    use_devices(threads, gpus, f"samples of {run}", free_gpu=free_gpu)
    sample_chosen(training, snapshot_scores, files, device_used(), select, count, truncation, label, seed)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        sample(
            training=Path(snakemake.input.training),
            snapshot_scores=Path(snakemake.input.snapshot_scores),
            files=SampledFiles(*(Path(snakemake.output[name]) for name in SampledFiles._fields)),
            select=snakemake.params.spec["select"],
            count=snakemake.params.spec["samples"],
            **snakemake.params.spec["sampling"],
            run=f"{snakemake.wildcards.run} seed {snakemake.wildcards.seed}",
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
