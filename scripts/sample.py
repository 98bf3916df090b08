"""Draw samples, interpolations and a latent plane from a snapshot of a trained run."""

from pathlib import Path

import numpy as np

from easel import sampling
from easel.console import job
from easel.evaluation import snapshots
from easel.files import atomic, read_json, write_json
from easel.images import grid, save_png
from easel.models import load
from easel.training.devices import use_devices


def sample(
    training: Path,  # train.json, with the snapshots beside it
    judged: Path,  # snapshots.json
    samples: Path,  # samples.npz: images uint8 (count, H, W, 3), latents float32 (count, latent_dim), seed
    record: Path,  # samples.json: which snapshot they are of, and why
    picture: Path,  # samples.png: the first 100
    interpolation: Path,  # interpolation.png: a row for each pair of latent points
    plane: Path,  # latent_plane.png: a grid of images over a patch of latent space
    select: str,  # best or last
    count: int,
    seed: int,
    threads: int,
    rows: int = 8,
    steps: int = 10,
) -> None:
    """Draw `count` images from latent points that depend on `seed` alone."""
    use_devices(threads)
    chosen = snapshots.choose(read_json(judged)["snapshots"], select)
    network = load(snapshots.file_of(chosen, training))
    latents = sampling.latent_points(max(count, 2 * rows), network.input_shape[1], seed)
    images = sampling.draw(network, latents[:count])
    with atomic(samples) as partial:
        np.savez(partial, images=images, latents=latents[:count], seed=np.int64(seed))
    write_json(record, {"kind": "snapshot", **chosen})
    save_png(picture, grid(images[:100], columns=10))
    between = sampling.interpolate(latents[:rows], latents[rows : 2 * rows], steps)
    save_png(interpolation, grid(sampling.draw(network, between), columns=steps))
    patch = sampling.latent_plane(network.input_shape[1], seed)
    save_png(plane, grid(sampling.draw(network, patch.reshape(-1, patch.shape[-1])), columns=patch.shape[1]))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        sample(
            training=Path(snakemake.input.training),
            judged=Path(snakemake.input.judged),
            samples=Path(snakemake.output.samples),
            record=Path(snakemake.output.record),
            picture=Path(snakemake.output.picture),
            interpolation=Path(snakemake.output.interpolation),
            plane=Path(snakemake.output.plane),
            select=snakemake.params.spec["select"],
            count=snakemake.params.spec["samples"],
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
        )
