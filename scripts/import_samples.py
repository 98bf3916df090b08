"""Read external samples into a study: samples.npz, samples.json, samples.png."""

from pathlib import Path

import numpy as np

from easel.data import external
from easel.images import grid, save_png
from easel.runtime.console import Progress, job
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, read_json, write_json


def import_samples(
    path: Path,  # a folder of pictures, or an .npz or .npy file
    dataset: Path,  # dataset.json
    samples: Path,  # samples.npz: images uint8 (n, H, W, 3)
    record: Path,  # samples.json: their origin
    picture: Path,  # samples.png: the first 100
    count: int,  # of images, at most
    fewest: int = 10,  # images that can be judged
) -> None:
    """Read, check and store the images. Raises EaselError if there are too few."""
    with Progress(count, "images", path.name) as progress:
        found = external.read(path, tuple(read_json(dataset)["image_shape"]), count, advance=progress.update)
    if len(found.images) < fewest:
        raise EaselError(f"{path}: found {len(found.images)} images; at least {fewest} are needed to judge them")
    with atomic(samples) as partial:
        np.savez(partial, images=found.images)
    caveats = [caveat.as_json() for caveat in found.caveats]
    write_json(record, {"kind": "external", "path": str(path), "found": found.found, "caveats": caveats})
    save_png(picture, grid(found.images[:100], columns=10))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        import_samples(
            path=Path(snakemake.params.path),
            dataset=Path(snakemake.input.dataset),
            samples=Path(snakemake.output.samples),
            record=Path(snakemake.output.record),
            picture=Path(snakemake.output.picture),
            count=snakemake.params.spec["samples"],
        )
