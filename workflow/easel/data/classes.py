"""Class names that are known before a dataset is prepared."""

from easel.config.datasets import Dataset, Folder
from easel.data.folder.listing import listing_of


def known_classes(dataset: Dataset) -> list[str] | None:
    """The classes of a dataset, in the order of their labels; None if only its files tell, or if they are out of reach.

    A class of which no picture can be decoded is still counted here.
    """
    if not isinstance(dataset, Folder):
        return dataset.class_names
    try:
        listing = listing_of(dataset.path, dataset.classes, dataset.follow_links, dataset.splits)
    except OSError:
        return None
    return listing.classes if listing.pictures else None
