"""Read a dataset's files into arrays."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from easel.data.prepared import describe, write
from easel.runtime.console import job
from easel.runtime.files import sha256


def prepare(
    archives: Sequence[str],
    train_images: str,  # all files appear together, or none
    train_labels: str,
    test_images: str,
    test_labels: str,
    dataset: str,
    name: str,
    spec: Mapping[str, Any],  # of these, `format` is the module of easel.data that reads the archives
) -> None:
    """Read and check `archives`; write images, labels and dataset.json."""
    reader = import_module(f"easel.data.{spec['format']}")
    classes, splits = reader.read({Path(archive).name: Path(archive) for archive in archives}, spec)
    source = {"kind": "archives", "sha256": {Path(archive).name: sha256(archive) for archive in archives}}
    write(
        record=dataset,
        description=describe(name, spec["format"], source, classes, splits),
        arrays={
            train_images: splits["train"].images,
            train_labels: splits["train"].labels,
            test_images: splits["test"].images,
            test_labels: splits["test"].labels,
        },
    )


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        prepare(
            archives=snakemake.input.archives,
            train_images=snakemake.output.train_images,
            train_labels=snakemake.output.train_labels,
            test_images=snakemake.output.test_images,
            test_labels=snakemake.output.test_labels,
            dataset=snakemake.output.dataset,
            name=snakemake.wildcards.dataset,
            spec=snakemake.params.spec,
        )
