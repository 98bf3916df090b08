"""Judge a run's samples: metrics.json."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from easel import evaluation
from easel import judges as kinds
from easel.console import job
from easel.errors import EaselError
from easel.files import read_json, write_json
from easel.training.devices import use_devices


def evaluate(
    samples: Path,  # samples.npz
    dataset: Path,  # dataset.json
    judges: Sequence[str],  # names; the next three have an entry for each
    networks: Sequence[Path],
    records: Sequence[Path],  # classifier.json and its like
    references: Sequence[Path],  # reference.npz
    output: Path,  # metrics.json
    study: str,
    run: str,
    seed: int,
    n: int,  # samples to judge
    threads: int,
) -> None:
    """Compare n samples with the training images, as every judge sees them."""
    use_devices(threads)
    with np.load(samples) as arrays:
        images = arrays["images"]
    expected = (n, *read_json(dataset)["image_shape"])
    if images.shape != expected:
        raise EaselError(
            f"{samples}: expected images of shape {expected}, found {images.shape}; delete the file to draw it again"
        )
    rows = []
    for name, network, record, file in zip(judges, networks, records, references, strict=True):
        features = evaluation.features(kinds.load(network), images, f"samples as {name} sees them")
        note = kinds.note(network, read_json(record))
        with np.load(file) as reference:
            rows += evaluation.judge_samples(features, reference, name, note)
    write_json(output, {"study": study, "run": run, "seed": seed, "metrics": rows})


if __name__ == "__main__":
    with job(snakemake.log[0]):
        evaluate(
            samples=Path(snakemake.input.samples),
            dataset=Path(snakemake.input.dataset),
            judges=snakemake.params.spec["judges"],
            networks=[Path(file) for file in snakemake.input.networks],
            records=[Path(file) for file in snakemake.input.records],
            references=[Path(file) for file in snakemake.input.references],
            output=Path(snakemake.output[0]),
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            n=snakemake.params.spec["samples"],
            threads=snakemake.threads,
        )
