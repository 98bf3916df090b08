"""Train the judge `classifier` on a dataset."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel import keras_files
from easel.config.judges import ClassifierJudge
from easel.console import job
from easel.data.prepared import load_split
from easel.files import read_json, write_json
from easel.judges.classifier import Classifier, train
from easel.training.devices import choose_precision, use_devices


def train_classifier(
    dataset: Path,  # dataset.json, beside the arrays
    network: Path,  # classifier.keras
    record: Path,  # classifier.json
    name: str,  # of the judge
    settings: Mapping[str, Any],  # the keys of config.ClassifierJudge
    threads: int,
    gpus: int = 0,  # that Snakemake has given to this job
    checked: int = 10_000,  # training images, at most, for the training accuracy
) -> None:
    """Train; write the network and a record of how well it classifies both splits."""
    data = read_json(dataset)
    label = f"{name} on {data['name']}"
    use_devices(threads, gpus, label, branches=2)
    settings = ClassifierJudge.model_validate(dict(settings))
    splits = {split: load_split(dataset.parent, split) for split in ("train", "test")}
    precision = choose_precision("auto", loss_scaling=False)

    started = time.monotonic()
    trained = train(*splits["train"], len(data["classes"]), settings, precision, label)
    seconds = time.monotonic() - started
    judge = Classifier(trained)
    keras_files.save(trained, network)
    write_json(
        record,
        {
            "dataset": data["name"],
            "judge": name,
            "test_accuracy": judge.accuracy(*splits["test"]),
            "train_accuracy": judge.accuracy(*(array[:checked] for array in splits["train"])),
            "feature_dim": judge.feature_dim,
            "parameters": trained.count_params(),
            "seconds": round(seconds, 3),
            "precision": precision,
            "settings": settings.model_dump(),
        },
    )


if __name__ == "__main__":
    with job(snakemake.log[0]):
        train_classifier(
            dataset=Path(snakemake.input.dataset),
            network=Path(snakemake.output.network),
            record=Path(snakemake.output.record),
            name=snakemake.wildcards.judge,
            settings=snakemake.params.spec,
            threads=snakemake.threads,
            gpus=snakemake.resources.gpu,
        )
