"""Draw the dataset `shapes`."""

from collections.abc import Mapping
from typing import Any

from easel.data.prepared import describe, write
from easel.data.shapes import CLASSES, draw
from easel.runtime.console import job


def draw_shapes(
    train_images: str,  # all files appear together, or none
    train_labels: str,
    train_factors: str,
    test_images: str,
    test_labels: str,
    test_factors: str,
    dataset: str,
    name: str,
    spec: Mapping[str, Any],  # train_images and test_images (counts), seed
) -> None:
    """Draw both splits; write images, labels, factors and dataset.json."""
    train, of_train = draw("train", spec["train_images"], spec["seed"])
    test, of_test = draw("test", spec["test_images"], spec["seed"])
    source = {"kind": "drawn", "seed": spec["seed"]}
    write(
        record=dataset,
        description=describe(name, "shapes", source, CLASSES, {"train": train, "test": test}),
        arrays={
            train_images: train.images,
            train_labels: train.labels,
            test_images: test.images,
            test_labels: test.labels,
        },
        factors={train_factors: of_train, test_factors: of_test},
    )


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        draw_shapes(
            train_images=snakemake.output.train_images,
            train_labels=snakemake.output.train_labels,
            train_factors=snakemake.output.train_factors,
            test_images=snakemake.output.test_images,
            test_labels=snakemake.output.test_labels,
            test_factors=snakemake.output.test_factors,
            dataset=snakemake.output.dataset,
            name=snakemake.wildcards.dataset,
            spec=snakemake.params.spec,
        )
