"""Draw samples and interpolations from a trained run."""

from pathlib import Path

import numpy as np

from easel import sampling
from easel.console import job
from easel.files import atomic
from easel.images import grid, save_png
from easel.models import load
from easel.training.devices import use_devices


def sample(
    generator: Path,  # generator.keras
    samples: Path,  # samples.npz: images uint8 (count, H, W, 3), latents float32 (count, latent_dim), seed
    picture: Path,  # samples.png: the first 100
    interpolation: Path,  # interpolation.png: a row for each pair of latent points
    count: int,
    seed: int,
    threads: int,
    rows: int = 8,
    steps: int = 10,
) -> None:
    """Draw `count` images from latent points that depend on `seed` alone."""
    use_devices(threads)
    network = load(generator)
    latents = sampling.latent_points(max(count, 2 * rows), network.input_shape[1], seed)
    images = sampling.draw(network, latents[:count])
    with atomic(samples) as partial:
        np.savez(partial, images=images, latents=latents[:count], seed=np.int64(seed))
    save_png(picture, grid(images[:100], columns=10))
    between = sampling.interpolate(latents[:rows], latents[rows : 2 * rows], steps)
    save_png(interpolation, grid(sampling.draw(network, between), columns=steps))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        sample(
            generator=Path(snakemake.input.generator),
            samples=Path(snakemake.output.samples),
            picture=Path(snakemake.output.picture),
            interpolation=Path(snakemake.output.interpolation),
            count=snakemake.params.spec["samples"],
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
        )
