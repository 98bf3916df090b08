"""Draw samples, interpolations and a latent plane from a snapshot of a trained run."""

from pathlib import Path

import numpy as np

from easel import sampling
from easel.evaluation import snapshots
from easel.images import grid, save_png
from easel.models import load
from easel.runtime.console import job
from easel.runtime.files import atomic, read_json, write_json
from easel.training.devices import use_devices


def sample(
    training: Path,  # train.json, with the snapshots beside it
    judged: Path,  # snapshots.json
    samples: Path,  # samples.npz: images uint8 (count, H, W, 3), latents float32 (count, latent_dim), seed; labels
    record: Path,  # samples.json: which snapshot they are of, and why; how they were drawn
    picture: Path,  # samples.png: the first 100; of a network that is told classes, a class in each row
    interpolation: Path,  # interpolation.png: a row for each pair of latent points, likewise
    plane: Path,  # latent_plane.png: a grid of images over a patch of latent space, all of one class
    select: str,  # best or last
    count: int,
    truncation: float | None,  # latents have no number further than this from 0
    label: str,  # the one class that is drawn; "": all of those that the network is told
    seed: int,  # of the latents and classes
    threads: int,
    rows: int = 8,
    steps: int = 10,
    side: int = 10,
) -> None:
    """Draw `count` images from latent points and of classes that depend on `seed` alone."""
    use_devices(threads)
    chosen = snapshots.choose(read_json(judged)["snapshots"], select)
    network = load(snapshots.file_of(chosen, training))
    often = sampling.frequencies(read_json(training)["classes"], label)
    latent_dim = network.inputs[0].shape[1]

    latents = sampling.latent_points(max(count, side**2, 2 * rows), latent_dim, seed, truncation=truncation)
    labels = sampling.labels(count, often, seed)
    images = sampling.draw(network, latents[:count], labels)
    told = {} if labels is None else {"labels": labels.astype(np.int64)}
    with atomic(samples) as partial:
        np.savez(partial, images=images, latents=latents[:count], seed=np.int64(seed), **told)
    drawn = {"truncation": truncation, "label": label or None, "seed": seed}
    write_json(record, {"kind": "snapshot", **chosen, "sampling": drawn})

    first = images[: side**2]
    if labels is not None:
        first = sampling.draw(network, latents[: side**2], sampling.in_turn(side, side, often))
    save_png(picture, grid(first, columns=side))
    between = sampling.interpolate(latents[:rows], latents[rows : 2 * rows], steps)
    save_png(interpolation, grid(sampling.draw(network, between, sampling.in_turn(rows, steps, often)), columns=steps))
    patch = sampling.latent_plane(latent_dim, seed)
    points = patch.reshape(-1, latent_dim)
    save_png(plane, grid(sampling.draw(network, points, sampling.in_turn(1, len(points), often)), patch.shape[1]))


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
            **snakemake.params.spec["sampling"],
            threads=snakemake.threads,
        )
