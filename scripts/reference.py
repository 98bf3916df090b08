"""What a judge knows of a dataset's real images."""

from pathlib import Path

import numpy as np

from easel import evaluation, judges
from easel.console import job
from easel.data.prepared import load_split
from easel.files import atomic
from easel.training.devices import use_devices


def reference(
    dataset: Path,  # dataset.json, beside the arrays
    network: Path,  # of the judge
    output: Path,  # reference.npz
    threads: int,
) -> None:
    """Write the statistics of both splits in the judge's features, and features of the rows beside the samples'."""
    use_devices(threads)
    images = {split: load_split(dataset.parent, split).images for split in ("train", "test")}
    arrays = evaluation.reference(judges.load(network), **images)
    with atomic(output) as partial:
        np.savez(partial, **arrays)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        reference(
            dataset=Path(snakemake.input.dataset),
            network=Path(snakemake.input.network),
            output=Path(snakemake.output[0]),
            threads=snakemake.threads,
        )
