"""Read a folder of pictures into arrays."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.data.folder.near_duplicates import NearDuplicates
from easel.data.folder.preparing import class_summary, decoded, split_summary, summary
from easel.data.prepared import describe, write
from easel.runtime.console import job, log
from easel.runtime.interruption import stopped_cleanly


def prepare_folder(
    folder: Path,
    train_images: Path,  # all files appear together, or none
    train_labels: Path,
    test_images: Path,
    test_labels: Path,
    files: Path,  # files.tsv: the split of each file, or why it is left out
    near_duplicates: Path,  # near_duplicates.tsv: the pairs that look alike, and their splits
    dataset: Path,
    name: str,
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    processes: int,
) -> None:
    """Find, decode and split the pictures; write images, labels, both tables and dataset.json."""
    with decoded(folder, settings, dataset.parent, name, processes) as found:
        source = {"kind": "folder", "folder": folder.name, "pictures": found.account["taken"]}
        if found.folders:
            source["splits"] = found.folders
        description = describe(name, "folder", source, found.classes, found.splits)
        write(
            record=dataset,
            description=description | {"files": found.account},
            arrays={
                train_images: found.splits["train"].images,
                train_labels: found.splits["train"].labels,
                test_images: found.splits["test"].images,
                test_labels: found.splits["test"].labels,
            },
            texts={files: found.table, near_duplicates: found.near_table},
        )
    log.info(
        "%s: %d pictures of the folder %s taken, %s", name, source["pictures"], folder.name, summary(found.account)
    )
    log.info("%s: %s; %s", name, split_summary(found), class_summary(found.classes))
    warn_of_leaks(name, found.near, settings.get("near_duplicates") == "drop", near_duplicates)


def warn_of_leaks(name: str, near: NearDuplicates, dropped: bool, table: Path) -> None:
    """Say in the log how many pictures look alike."""
    if near.within:
        log.info("%s: %d pairs of pictures in the same split look alike: see %s", name, near.within, table)
    if near.across and not dropped:
        log.warning(
            "%s: %d pairs of a training and a test picture look alike (%s), so that scores on the test pictures "
            "flatter. 'near_duplicates: drop' leaves out those for training",
            name,
            near.across,
            table,
        )


if __name__ == "__main__":
    with (
        job(snakemake.log[0], snakemake.input, snakemake.output),
        stopped_cleanly("nothing of the dataset is kept; run the same command to prepare it again"),
    ):
        prepare_folder(
            folder=Path(snakemake.params.path),
            train_images=Path(snakemake.output.train_images),
            train_labels=Path(snakemake.output.train_labels),
            test_images=Path(snakemake.output.test_images),
            test_labels=Path(snakemake.output.test_labels),
            files=Path(snakemake.output.files),
            near_duplicates=Path(snakemake.output.near_duplicates),
            dataset=Path(snakemake.output.dataset),
            name=snakemake.wildcards.dataset,
            settings=snakemake.params.spec["settings"],
            processes=min(snakemake.threads, os.cpu_count() or 1),
        )
