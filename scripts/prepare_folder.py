"""Read a folder of pictures into arrays."""

import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from easel.data.folder.problems import in_a_line
from easel.data.folder.reading import read
from easel.data.prepared import describe, write
from easel.runtime.console import Progress, job, log
from easel.runtime.errors import EaselError
from easel.runtime.files import disk_is_full
from easel.runtime.interruption import stopped_cleanly

SCRATCH = ".preparing-"


def prepare_folder(
    folder: Path,
    train_images: Path,  # all files appear together or not at all
    train_labels: Path,
    test_images: Path,
    test_labels: Path,
    files: Path,  # files.tsv: what became of each file
    dataset: Path,
    name: str,
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    processes: int,
) -> None:
    """Find, decode and split the pictures; write images, labels, files.tsv and dataset.json."""
    beside = dataset.parent
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(f"{SCRATCH}*"):  # by one that was killed
        shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(dir=beside, prefix=SCRATCH)))

        def started(count: int):
            return stack.enter_context(Progress(count, "pictures", name)).update

        try:
            found = read(folder, settings, scratch, processes, started)
        except OSError as error:
            if not disk_is_full(error):
                raise
            raise EaselError(
                f"{beside}: the disk is full. Preparing a folder takes room for its pixels twice; free some, or move "
                "results/ to a larger disk, and run the same command again."
            ) from error
        source = f"{found.account['taken']:,} pictures of the folder {folder.name}"
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
            texts={files: found.table},
        )
    log.info("%s: %s taken, %d left out%s", name, source, found.account["left_out"], why(found.account))


def why(account: Mapping[str, Any]) -> str:
    """The reasons, as the end of a sentence."""
    reasons = in_a_line(account["problems"])
    return f": {reasons}" if reasons else ""


if __name__ == "__main__":
    with job(snakemake.log[0]), stopped_cleanly("nothing of the dataset is kept; the same command prepares it anew"):
        prepare_folder(
            folder=Path(snakemake.params.path),
            train_images=Path(snakemake.output.train_images),
            train_labels=Path(snakemake.output.train_labels),
            test_images=Path(snakemake.output.test_images),
            test_labels=Path(snakemake.output.test_labels),
            files=Path(snakemake.output.files),
            dataset=Path(snakemake.output.dataset),
            name=snakemake.wildcards.dataset,
            settings=snakemake.params.spec["settings"],
            processes=min(snakemake.threads, os.cpu_count() or 1),
        )
