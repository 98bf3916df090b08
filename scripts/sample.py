"""Sample a trained run: samples, interpolations and a latent plane from one of its snapshots."""

from pathlib import Path

from easel import sampling
from easel.evaluation import snapshots
from easel.images import save_png
from easel.models import load
from easel.runtime.console import job
from easel.runtime.files import read_json, write_json
from easel.training.devices import use_devices


def sample(
    training: Path,  # train.json, in a folder with the snapshots
    snapshot_scores: Path,  # snapshots.json
    samples: Path,  # samples.npz: images uint8 (count, H, W, 3), latents float32 (count, latent_dim), seed; labels
    record: Path,  # samples.json: the snapshot, why it was chosen, and the sampling settings
    picture: Path,  # samples.png: the first 100; of a conditional generator, a class in each row
    interpolation: Path,  # interpolation.png: a row for each pair of latents, likewise
    plane: Path,  # latent_plane.png: images of a patch of latent space, all of one class
    select: str,  # best or last
    count: int,
    truncation: float | None,  # bound on the absolute value of a latent's components
    label: str,  # the only class to sample; "": all classes
    seed: int,  # of the latents and classes
    threads: int,
) -> None:
    """Sample `count` images. Their latents and classes depend on `seed` alone."""
    use_devices(threads)
    chosen = snapshots.choose(read_json(snapshot_scores), select)
    network = load(snapshots.file_of(chosen, training))
    trained = read_json(training)
    frequencies = sampling.class_frequencies(trained["classes"], label)
    sampler = whole = sampling.Sampler(network, network.inputs[0].shape[1], frequencies, seed)
    statistics = None
    if truncation:
        sampler, statistics = sampling.truncate(whole, truncation, sampling.class_frequencies(trained["classes"]))
    drawn = sampler.samples(count)
    drawn.save(samples, seed)
    settings = {"truncation": truncation, "label": label or None, "seed": seed}
    origin = {"kind": "snapshot", **chosen, "sampling": settings, "batch_statistics": statistics}
    write_json(record, origin | {"caveats": trained["caveats"]})
    save_png(picture, sampler.overview(drawn))
    save_png(interpolation, sampler.interpolations())
    save_png(plane, whole.plane())  # it does not depend on the truncation


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        sample(
            training=Path(snakemake.input.training),
            snapshot_scores=Path(snakemake.input.snapshot_scores),
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
