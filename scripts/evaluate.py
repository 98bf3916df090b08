"""Evaluate a run's samples: metrics.json, and a picture of the samples nearest to training images."""

from collections.abc import Sequence
from pathlib import Path

from easel.evaluation import samples as evaluation
from easel.evaluation.judge_files import JudgeFiles
from easel.images import save_png
from easel.runtime.console import job
from easel.runtime.cpu import multiply_with
from easel.runtime.files import read_json, write_json
from easel.training.devices import device_used, use_devices


def evaluate(
    samples: Path,  # samples.npz
    samples_record: Path,  # samples.json: their origin
    dataset: Path,  # dataset.json, next to the arrays
    judges: Sequence[JudgeFiles],
    reconstruction: Path | None,  # reconstruction.json of an autoencoder
    output: Path,  # metrics.json
    picture: Path,  # nearest.png: by the first of the judges
    study: str,
    run: str,
    seed: int,
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Compare samples with the training images, by every judge."""
    use_devices(threads, gpus, f"evaluation of {run} seed {seed}", free_gpu=free_gpu)
    multiply_with(threads)
    of_reconstructions = read_json(reconstruction)["metrics"] if reconstruction else []
    seen = evaluation.Samples.read(samples, samples_record)
    found = evaluation.evaluate(seen, dataset, judges, of_reconstructions, device_used())
    save_png(picture, found.picture)
    write_json(output, {"study": study, "run": run, "seed": seed, **found.record})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        evaluate(
            samples=Path(snakemake.input.samples),
            samples_record=Path(snakemake.input.samples_record),
            dataset=Path(snakemake.input.dataset),
            judges=snakemake.params.judges,
            reconstruction=next(map(Path, snakemake.input.get("reconstruction", [])), None),
            output=Path(snakemake.output.metrics),
            picture=Path(snakemake.output.nearest),
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
