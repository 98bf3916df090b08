"""Judge a run's samples: metrics.json, and the samples that look most like training images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from easel import judges as kinds
from easel.data.prepared import load_split
from easel.evaluation import factors, features, nearest_pairs
from easel.evaluation.baselines import limits
from easel.evaluation.by_class import ByClass
from easel.evaluation.reference import Reference
from easel.evaluation.rows import measurements, nearest, rows
from easel.images import save_png
from easel.metrics.catalogue import DRAWING
from easel.runtime.console import job
from easel.runtime.files import read_json, write_json
from easel.training.devices import use_devices


def evaluate(
    samples: Path,  # samples.npz
    drawn: Path,  # samples.json: where they come from
    dataset: Path,  # dataset.json, beside the arrays
    judges: Sequence[str],  # names; the next four have an entry for each
    weights: Sequence[Path],
    records: Sequence[Path],  # beside them: classifier.json and its like
    references: Sequence[Path],  # reference.npz, beside train_features.npy
    baselines: Sequence[Path],  # baselines-<n>.json
    reconstruction: Path | None,  # reconstruction.json of an autoencoder
    output: Path,  # metrics.json
    picture: Path,  # nearest.png: by the first of the judges
    study: str,
    run: str,
    seed: int,
    threads: int,
) -> None:
    """Compare samples with the training images, as every judge sees them."""
    use_devices(threads)
    data, origin = read_json(dataset), read_json(drawn)
    train = load_split(dataset.parent, "train")
    with np.load(samples) as arrays:
        images, asked = arrays["images"], arrays.get("labels")
    drawn_with = {key: value for key, value in origin.get("sampling", {}).items() if key in DRAWING and value}
    caveats = origin.get("notes", [])
    found_rows, tables, likest = [], [], None
    for name, file, record, known, known_baselines in zip(judges, weights, records, references, baselines, strict=True):
        label = f"samples as {name} sees them"
        reference = Reference.read(known, train.labels)
        about = {"judge": name, "judge_note": kinds.note(file, read_json(record))}
        seen = features.outputs(kinds.load(file), images, label)
        neighbours = nearest(seen, reference, label)
        measured = measurements(seen, reference, neighbours.distances, label)
        found_rows += rows("samples", seen, measured, about | drawn_with, caveats)
        if kinds.knows_classes(file):
            by_class = ByClass(seen, seen.logits.argmax(axis=1), reference, asked)
            of_classes = by_class.measurements()
            found_rows += rows("samples", seen, of_classes, about | drawn_with, caveats, by_class.caveats())
            tables.append({"judge": name, **by_class.table(data["classes"])})
        of_baselines = read_json(known_baselines)
        if of_baselines["n"] == len(images):
            found_rows += of_baselines["metrics"]
        else:  # fewer images than the study's samples, made elsewhere
            found_rows += limits(reference, about, kinds.knows_classes(file), len(images))
        if likest is None:
            pairs = nearest_pairs.most_suspicious(neighbours, reference["test_nearest"])
            likest = {"judge": name, "pairs": pairs}
    if reconstruction:
        found_rows += read_json(reconstruction)["metrics"]
    drawn_factors = factors.table(images, train.images) if data["format"] == "shapes" else None
    save_png(picture, nearest_pairs.picture(likest["pairs"], images, train.images))
    write_json(
        output,
        {
            "study": study, "run": run, "seed": seed, "samples": origin, "metrics": found_rows,
            "classes": tables, "factors": drawn_factors, "nearest": likest,
        },
    )  # fmt: skip


if __name__ == "__main__":
    with job(snakemake.log[0]):
        evaluate(
            samples=Path(snakemake.input.samples),
            drawn=Path(snakemake.input.drawn),
            dataset=Path(snakemake.input.dataset),
            judges=snakemake.params.spec["judges"],
            weights=[Path(file) for file in snakemake.input.weights],
            records=[Path(file) for file in snakemake.input.records],
            references=[Path(file) for file in snakemake.input.references],
            baselines=[Path(file) for file in snakemake.input.baselines],
            reconstruction=next(map(Path, snakemake.input.get("reconstruction", [])), None),
            output=Path(snakemake.output.metrics),
            picture=Path(snakemake.output.nearest),
            study=snakemake.wildcards.study,
            run=snakemake.wildcards.run,
            seed=int(snakemake.wildcards.seed),
            threads=snakemake.threads,
        )
