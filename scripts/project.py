"""Project pictures into the latent space of a run: projection.json, projection.npz and projection.png."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from easel.data.single_pictures import check_unchanged, read_pictures
from easel.images import save_png
from easel.models import load
from easel.projection import projecting
from easel.runtime.console import Progress, job
from easel.runtime.files import read_json, write_json
from easel.sampling import Samples
from easel.training.devices import use_devices


def project(
    training: Path,  # train.json
    generator: Path,  # generator.keras
    encoder: Path | None,  # encoder.keras, of an autoencoder
    samples: Path,  # samples.npz
    record: Path,  # projection.json, written as are the next two
    arrays: Path,  # projection.npz
    picture: Path,  # projection.png
    paths: Sequence[str],  # of the pictures
    checksums: Mapping[str, str],  # the name of each -> its SHA-256
    preparation: Mapping[str, Any],  # how they are made square and resized
    threads: int,
) -> None:
    """Find the pictures' latents: by the encoder, or else by a search through the generator from its samples."""
    pictures = read_pictures(paths, preparation)
    check_unchanged(paths, checksums.values())
    use_devices(threads)
    trained, drawn = read_json(training), Samples.load(samples)
    with Progress(len(pictures), "pictures", f"projections of {trained['run']} seed {trained['seed']}") as progress:
        found = projecting.project(
            load(generator), load(encoder) if encoder else None, pictures, drawn, progress.update
        )
    found.save(arrays)
    save_png(picture, found.overview())
    made = projecting.record_of(
        found, drawn, checksums, (trained["classes"] or {}).get("names"), "encoder" if encoder else "search"
    )
    write_json(record, {"study": trained["study"], "run": trained["run"], "seed": trained["seed"], **made})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        project(
            training=Path(snakemake.input.training),
            generator=Path(snakemake.input.generator),
            encoder=next(map(Path, snakemake.input.get("encoder", [])), None),
            samples=Path(snakemake.input.samples),
            record=Path(snakemake.output.record),
            arrays=Path(snakemake.output.arrays),
            picture=Path(snakemake.output.picture),
            paths=snakemake.params.paths,
            checksums=snakemake.params.spec["pictures"],
            preparation=snakemake.params.spec["preparation"],
            threads=snakemake.threads,
        )
