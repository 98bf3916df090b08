"""Compute a judge's features of the real images: reference.npz, train_features.npy; and check.json, from them."""

from pathlib import Path

from easel import judges
from easel.data.prepared import load_split
from easel.evaluation import judge_check, reference
from easel.runtime.console import job, log
from easel.runtime.cpu import multiply_with
from easel.runtime.files import write_json
from easel.training.devices import device_used, use_devices


def compute_reference(
    dataset: Path,  # dataset.json, next to the arrays
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz
    features: Path,  # train_features.npy
    check: Path,  # check.json
    judge: str,  # its name
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Write the features of both splits and of pixel Gaussians, and check that the judge can judge them."""
    use_devices(threads, gpus, f"features of {dataset.parent.name} by {judge}", free_gpu=free_gpu)
    multiply_with(judges.cores_for([weights], threads))
    train, test = (load_split(dataset.parent, split) for split in ("train", "test"))
    eye = judges.load(weights)
    reference.write(eye, train, test, statistics, features)
    kept = test.images[reference.kept_test_images(len(test.images))]
    found = judge_check.check(reference.load_statistics(statistics), kept, judges.knows_classes(weights))
    write_json(check, {"judge": judge, "device": judges.device_of(eye, device_used()), **found})
    for failure in found["caveats"]:
        log.warning("%s: the judge %s failed its check: %s", check, judge, failure["kind"].replace("_", " "))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        compute_reference(
            dataset=Path(snakemake.input.dataset),
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.output.statistics),
            features=Path(snakemake.output.features),
            check=Path(snakemake.output.check),
            judge=snakemake.wildcards.judge,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
