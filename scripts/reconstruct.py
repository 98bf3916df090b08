"""Reconstruct test images with a trained autoencoder, and compute the metrics: reconstruction.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from easel import sampling
from easel.config.presets import Preset
from easel.data.prepared import load_split
from easel.evaluation import reconstruction
from easel.images import grid, save_png
from easel.models import load
from easel.runtime.console import Progress, job
from easel.runtime.files import write_json
from easel.training.devices import use_devices


def reconstruct(
    encoder: Path,  # encoder.keras
    generator: Path,  # generator.keras
    dataset: Path,  # dataset.json, next to test_images.npy
    picture: Path,  # reconstructions.png: a row of test images, below it their reconstructions, and so on
    metrics: Path,  # reconstruction.json
    settings: Mapping[str, Any],  # the preset with the run's overrides
    study: str,
    run: str,
    seed: int,
    threads: int,
    rows: int = 4,
    columns: int = 10,
) -> None:
    """Draw the first rows · columns test images and their reconstructions; compute the metrics of all test images."""
    use_devices(threads)
    encoder, generator = load(encoder), load(generator)
    images = load_split(dataset.parent, "test").images
    originals = np.array(images[: rows * columns])
    decoded = sampling.reconstruct(encoder, generator, originals)
    starts = range(0, len(originals), columns)
    in_turn = [part[start : start + columns] for start in starts for part in (originals, decoded)]
    save_png(picture, grid(np.concatenate(in_turn), columns))

    settings = TypeAdapter(Preset).validate_python(settings)
    with Progress(len(images), "images", f"reconstructions of {run} seed {seed}") as progress:
        found = reconstruction.judge(encoder, generator, images, settings, seed, progress.update)
    write_json(metrics, {"study": study, "run": run, "seed": seed, "metrics": found})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        reconstruct(
            encoder=Path(snakemake.input.encoder),
            generator=Path(snakemake.input.generator),
            dataset=Path(snakemake.input.dataset),
            picture=Path(snakemake.output.picture),
            metrics=Path(snakemake.output.metrics),
            settings=snakemake.params.spec["settings"],
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
        )
