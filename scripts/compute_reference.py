"""What a judge knows of a dataset's real images."""

from pathlib import Path

from easel import judges
from easel.data.prepared import load_split
from easel.evaluation import reference
from easel.runtime.console import job
from easel.training.devices import use_devices


def compute_reference(
    dataset: Path,  # dataset.json, beside the arrays
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz
    features: Path,  # train_features.npy
    threads: int,
) -> None:
    """Write what the judge sees in both splits, and in the images of the row that is compared with samples."""
    use_devices(threads)
    train, test = (load_split(dataset.parent, split) for split in ("train", "test"))
    reference.write(judges.load(weights), train, test, statistics, features)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        compute_reference(
            dataset=Path(snakemake.input.dataset),
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.output.statistics),
            features=Path(snakemake.output.features),
            threads=snakemake.threads,
        )
