"""Encode and decode test images with a trained autoencoder."""

from pathlib import Path

import numpy as np

from easel import sampling
from easel.console import job
from easel.data.prepared import load_split
from easel.images import grid, save_png
from easel.models import load
from easel.training.devices import use_devices


def reconstruct(
    encoder: Path,  # encoder.keras
    generator: Path,  # generator.keras
    dataset: Path,  # dataset.json, beside test_images.npy
    picture: Path,  # reconstructions.png: a row of test images, below it their reconstructions, and so on
    threads: int,
    rows: int = 4,
    columns: int = 10,
) -> None:
    """Draw the first rows · columns test images and what is left of them after encoding and decoding."""
    use_devices(threads)
    originals = np.array(load_split(dataset.parent, "test").images[: rows * columns])
    decoded = sampling.reconstruct(load(encoder), load(generator), originals)
    starts = range(0, len(originals), columns)
    in_turn = [part[start : start + columns] for start in starts for part in (originals, decoded)]
    save_png(picture, grid(np.concatenate(in_turn), columns))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        reconstruct(
            encoder=Path(snakemake.input.encoder),
            generator=Path(snakemake.input.generator),
            dataset=Path(snakemake.input.dataset),
            picture=Path(snakemake.output[0]),
            threads=snakemake.threads,
        )
