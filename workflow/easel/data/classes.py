"""The names of a dataset's classes, as far as they are known before it is prepared."""

from pathlib import Path

from easel.config.datasets import Dataset, Folder, Idx, Shapes, SvhnMat
from easel.data.folder.listing import ONLY_CLASS, class_folders


def known_classes(dataset: Dataset) -> list[str] | None:
    """The classes of a dataset, in the order of their labels; None where only its files can tell.

    A folder that has no picture in it counts as a class here.
    """
    match dataset:
        case Shapes():
            from easel.data.shapes import CLASSES  # which imports NumPy, and every job of Snakemake's reads its study

            return list(CLASSES)
        case Idx() if dataset.classes:
            return dataset.classes
        case SvhnMat():
            return [str(digit) for digit in range(10)]
        case Folder() if Path(dataset.path).is_dir():
            found = class_folders(Path(dataset.path), dataset.follow_links) if dataset.labels == "folders" else []
            return found if len(found) > 1 else [ONLY_CLASS]
    return None
