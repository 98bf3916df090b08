"""Compute the FID of every snapshot of a training with few samples: snapshots.json."""

from pathlib import Path

from easel import judges, sampling
from easel.evaluation.reference import load_statistics
from easel.evaluation.snapshots import file_of, judge_snapshot
from easel.models import load
from easel.runtime.console import job
from easel.runtime.cpu import multiply_with
from easel.runtime.files import read_json, write_json
from easel.training.devices import device_used, use_devices


def judge_snapshots(
    training: Path,  # train.json, next to the snapshots
    weights: Path,  # of the judge
    statistics: Path,  # reference.npz
    check: Path,  # check.json
    output: Path,  # snapshots.json
    judge: str,  # its name
    n: int,  # samples of each snapshot, from the same latents
    seed: int,
    threads: int,
    gpus: int = 0,  # assigned to this job by Snakemake
    free_gpu: bool = False,  # without one, use a GPU that is free
) -> None:
    """Sample n images from each snapshot and compare them with the training images."""
    record = read_json(training)
    run = f"{record['run']} seed {seed}"
    use_devices(threads, gpus, f"snapshots of {run}", free_gpu=free_gpu)
    multiply_with(threads)
    eye = judges.load(weights)
    reference = load_statistics(statistics, ("train_mean", "train_covariance", "train_n"))
    labels = sampling.sample_labels(n, sampling.class_frequencies(record["classes"]), seed, sampling.SNAPSHOTS)
    scores = []
    for snapshot in record["snapshots"]:
        network = load(file_of(snapshot, training))
        # Other latents than those of the samples, so that the selection does not bias the reported FID.
        latents = sampling.latent_points(n, network.inputs[0].shape[1], seed, sampling.SNAPSHOTS)
        label = f"{run} after {snapshot['epoch']:.3g} epochs"
        scores.append({**snapshot, **judge_snapshot(network, latents, labels, eye, reference, label)})
    write_json(
        output,
        {
            "run": record["run"], "seed": seed, "judge": judge, "device": device_used(), "n": n,
            "reference_split": "train", "reference_n": int(reference["train_n"]), "snapshots": scores,
            "caveats": read_json(check)["caveats"],
        },
    )  # fmt: skip


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        judge_snapshots(
            training=Path(snakemake.input.training),
            weights=Path(snakemake.input.weights),
            statistics=Path(snakemake.input.statistics),
            check=Path(snakemake.input.check),
            output=Path(snakemake.output[0]),
            judge=snakemake.params.spec["judge"],
            n=snakemake.params.spec["n"],
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
            free_gpu=snakemake.params.free_gpu,
        )
