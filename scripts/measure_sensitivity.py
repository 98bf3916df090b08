"""Measure what a judge can see: sensitivity.json, from damaged test images."""

from pathlib import Path

from easel import judges
from easel.data.prepared import load_split
from easel.evaluation import sensitivity
from easel.evaluation.reference import Reference
from easel.runtime.console import job
from easel.runtime.cpu import multiply_with
from easel.runtime.files import write_json
from easel.training.devices import device_used, use_devices


def measure_sensitivity(
    dataset: Path,  # dataset.json, next to the arrays
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz, next to train_features.npy
    output: Path,  # sensitivity.json
    judge: str,  # its name
    mirrorable: bool,  # whether a mirrored image of the dataset is as real as the original
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Judge damaged test images of several severities."""
    use_devices(threads, gpus, f"sensitivity of {judge} on {dataset.parent.name}", free_gpu=free_gpu)
    multiply_with(judges.cores_for([weights], threads))
    train, test = (load_split(dataset.parent, split) for split in ("train", "test"))
    reference = Reference.read(statistics, train.labels)
    eye = judges.load(weights)
    found = sensitivity.measure(eye, reference, test, mirrorable)
    write_json(output, {"judge": judge, "device": judges.device_of(eye, device_used()), **found})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        measure_sensitivity(
            dataset=Path(snakemake.input.dataset),
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.input.statistics),
            output=Path(snakemake.output[0]),
            judge=snakemake.wildcards.judge,
            mirrorable=snakemake.params.spec["mirrorable"],
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
