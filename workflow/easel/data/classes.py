"""Class names that are known before a dataset is prepared."""

from pathlib import Path

from easel.config.datasets import Dataset, Folder
from easel.data.folder.listing import ONLY_CLASS, class_folders


def known_classes(dataset: Dataset) -> list[str] | None:
    """The classes of a dataset, in the order of their labels; None if only its files tell.

    A subfolder without a picture counts as a class here.
    """
    if not isinstance(dataset, Folder):
        return dataset.class_names
    if not Path(dataset.path).is_dir():
        return None
    found = class_folders(Path(dataset.path), dataset.follow_links) if dataset.labels == "folders" else []
    return found if len(found) > 1 else [ONLY_CLASS]
