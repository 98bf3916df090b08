"""Sample a trained autoencoder as `sample` does, and reconstruct test images with the same snapshot."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.data.prepared import load_split
from easel.evaluation import reconstruction
from easel.evaluation.chosen import SampledFiles, sample_chosen
from easel.evaluation.snapshots import file_of
from easel.images import save_png
from easel.models import load
from easel.runtime.console import Progress, job
from easel.runtime.files import copy, write_json
from easel.training.devices import device_used, use_devices


def sample_autoencoder(
    training: Path,  # train.json, in a folder with the snapshots
    snapshot_scores: Path,  # snapshots.json
    dataset: Path,  # dataset.json, next to test_images.npy
    files: SampledFiles,  # that are written, as are the next three
    encoder: Path,  # encoder.keras: of the same snapshot as generator.keras
    reconstructions: Path,  # reconstructions.png: a row of test images, below it their reconstructions, and so on
    metrics: Path,  # reconstruction.json
    select: Literal["best", "last"],
    count: int,
    sampling: Mapping[str, Any],  # truncation, label and seed of the samples; see `sample_chosen`
    settings: Mapping[str, Any],  # the preset with the run's overrides
    study: str,
    run: str,
    seed: int,  # of the training
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Sample `count` images; reconstruct test images, and compute the metrics of all of them.

    An encoder's latents are no truncated ones, so reconstructions are by the snapshot's own generator.
    """
    use_devices(threads, gpus, f"samples of {run} seed {seed}", free_gpu=free_gpu)
    device = device_used()
    chosen = sample_chosen(training, snapshot_scores, files, device, select, count, **sampling)
    copy(file_of(chosen, training, "encoder"), encoder)
    networks = load(encoder), load(file_of(chosen, training))
    images = load_split(dataset.parent, "test").images
    save_png(reconstructions, reconstruction.overview(*networks, images))
    with Progress(len(images), "images", f"reconstructions of {run} seed {seed}") as progress:
        preset = TypeAdapter(Preset).validate_python(settings)
        found = reconstruction.judge(*networks, images, preset, seed, progress.update)
    write_json(
        metrics, {"study": study, "run": run, "seed": seed, "metrics": [{**row, "device": device} for row in found]}
    )


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        sample_autoencoder(
            training=Path(snakemake.input.training),
            snapshot_scores=Path(snakemake.input.snapshot_scores),
            dataset=Path(snakemake.input.dataset),
            files=SampledFiles(*(Path(snakemake.output[name]) for name in SampledFiles._fields)),
            encoder=Path(snakemake.output.encoder),
            reconstructions=Path(snakemake.output.reconstructions),
            metrics=Path(snakemake.output.metrics),
            select=snakemake.params.spec["select"],
            count=snakemake.params.spec["samples"],
            sampling=snakemake.params.spec["sampling"],
            settings=snakemake.params.spec["settings"],
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
