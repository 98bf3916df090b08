"""Compute every metric of two baselines, real images and pixel Gaussians: baselines-<n>.json."""

from pathlib import Path

from easel import judges
from easel.data.prepared import load_split
from easel.evaluation import baselines
from easel.evaluation.reference import Reference
from easel.runtime.console import job
from easel.runtime.cpu import multiply_with
from easel.runtime.files import read_json, write_json


def judge_baselines(
    dataset: Path,  # dataset.json, next to the arrays
    weights: Path,  # of the judge
    record: Path,  # next to the weights: classifier.json and its like
    statistics: Path,  # reference.npz, next to train_features.npy
    check: Path,  # check.json
    output: Path,  # baselines-<n>.json
    judge: str,  # its name
    n: int,  # images per baseline, or as many as there are
    threads: int,
) -> None:
    """Every metric of n test images and of n pixel Gaussians."""
    multiply_with(threads)
    reference = Reference.read(statistics, load_split(dataset.parent, "train").labels)
    checked = read_json(check)
    about = {"judge": judge, "judge_facts": judges.facts(weights, read_json(record)), "device": checked["device"]}
    found = baselines.judge_baselines(reference, about, judges.knows_classes(weights), n, checked["caveats"])
    write_json(output, {"judge": judge, "n": n, "metrics": found})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        judge_baselines(
            dataset=Path(snakemake.input.dataset),
            weights=Path(snakemake.input.weights),
            record=Path(snakemake.input.record),
            statistics=Path(snakemake.input.statistics),
            check=Path(snakemake.input.check),
            output=Path(snakemake.output[0]),
            judge=snakemake.wildcards.judge,
            n=int(snakemake.wildcards.n),
            threads=snakemake.threads,
        )
