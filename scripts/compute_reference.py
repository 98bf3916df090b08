"""Compute a judge's features of the real images, and their statistics: reference.npz, train_features.npy."""

from pathlib import Path

from easel import judges
from easel.data.prepared import load_split
from easel.evaluation import reference
from easel.runtime.console import job
from easel.training.devices import use_devices


def compute_reference(
    dataset: Path,  # dataset.json, next to the arrays
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz
    features: Path,  # train_features.npy
    threads: int,
) -> None:
    """Write the features of both splits and of pixel Gaussians."""
    use_devices(threads)
    train, test = (load_split(dataset.parent, split) for split in ("train", "test"))
    reference.write(judges.load(weights), train, test, statistics, features)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        compute_reference(
            dataset=Path(snakemake.input.dataset),
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.output.statistics),
            features=Path(snakemake.output.features),
            threads=snakemake.threads,
        )
