"""A folder of pictures, decoded into a scratch folder on the disk of the results."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from easel.data.folder.listing import ONLY_CLASS
from easel.data.folder.problems import NAMED, count_problems
from easel.data.folder.reading import Dataset, read
from easel.runtime.console import Progress
from easel.runtime.errors import EaselError
from easel.runtime.files import disk_is_full

SCRATCH = ".preparing-"
"""Prefix of the scratch folder's name."""


@contextmanager
def decoded(
    folder: Path,
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    results: Path,  # where the scratch folder is made: it needs room for twice the dataset's pixels
    name: str,  # of the dataset, for the progress bar
    processes: int,
) -> Iterator[Dataset]:
    """Decode a folder of pictures. The arrays that are yielded are mapped from files that are deleted at the end.

    Raises EaselError for a folder that cannot be read, for too few pictures, and if the disk is full.
    """
    results.mkdir(parents=True, exist_ok=True)
    for left in results.glob(f"{SCRATCH}*"):  # left by a job that was killed
        shutil.rmtree(left, ignore_errors=True)
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(TemporaryDirectory(dir=results, prefix=SCRATCH)))

        def started(count: int):
            return stack.enter_context(Progress(count, "pictures", name)).update

        try:
            found = read(folder, settings, scratch, processes, started)
        except OSError as error:
            if not disk_is_full(error):
                raise
            raise EaselError(
                f"{results}: the disk is full. Preparing a folder takes twice the size of its pixels; free some space, "
                "or move results/ to a larger disk, and run the same command again."
            ) from error
        yield found


def summary(account: Mapping[str, Any]) -> str:
    """The section `files` of dataset.json in a few words: `2 left out: 1 duplicate, 1 damaged`."""
    reasons = count_problems(account["problems"])
    return f"{account['left_out']} left out{f': {reasons}' if reasons else ''}"


def split_summary(dataset: Dataset) -> str:
    """Both splits in a few words: `900 pictures for training (from train), 100 for testing (from test, val)`."""
    sizes = {side: len(split.labels) for side, split in dataset.splits.items()}
    origin = {side: f" (from {', '.join(names)})" for side, names in dataset.folders.items()}
    by_chance = "" if origin else ", split at random"
    return (
        f"{sizes['train']} pictures for training{origin.get('train', '')}, "
        f"{sizes['test']} for testing{origin.get('test', '')}{by_chance}"
    )


def class_summary(classes: Sequence[str]) -> str:
    """The number of classes and the first names: `2 classes: cat, dog`."""
    if classes == [ONLY_CLASS]:
        return "all are one class"
    return f"{len(classes)} classes: {', '.join(classes[:NAMED])}{', …' * (len(classes) > NAMED)}"
