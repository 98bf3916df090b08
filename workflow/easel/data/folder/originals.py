"""Some pictures of a folder as they are there, whole and upright, but small: to show what was made of them."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from easel.data.folder.archive import ArchiveError
from easel.data.folder.decode import target
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import find
from easel.data.folder.reading import new_array
from easel.data.folder.workers import decode_all
from easel.data.picture_files import printable_name


def originals(
    folder: Path,
    wanted: Collection[str],  # printable names, as files.tsv has them
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    side: int,  # pixels of the longer side
    processes: int,
) -> dict[str, np.ndarray]:
    """Whole pictures by printable name: uint8 (height, width, 3). One that cannot be read any more is left out.

    The files are decoded as those of a dataset, in processes of their own.
    """
    try:
        listing = find(folder, settings["classes"], settings["follow_links"], settings["splits"])
    except (OSError, LayoutError, ArchiveError):  # out of reach by now
        return {}
    wanted = set(wanted)
    names = [name for picture in listing.pictures if printable_name(name := picture.name) in wanted]
    if not names:
        return {}
    with TemporaryDirectory() as scratch:
        pixels = new_array(Path(scratch) / "pixels.npy", len(names), side)
        whole = {**settings, "image_size": side, "fit": "pad"}
        outcomes = decode_all(folder, names, Path(scratch) / "pixels.npy", whole, processes, lambda count: None)
        return {
            printable_name(name): without_padding(pixels[row], outcome.size)
            for row, (name, outcome) in enumerate(zip(names, outcomes, strict=True))
            if outcome.taken
        }


def without_padding(padded: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """The picture in the middle of a square. size: its width and height before it was made to fit."""
    side = len(padded)
    width, height = target((size[0], size[1]), side, "pad")
    left, top = (side - width) // 2, (side - height) // 2
    return padded[top : top + height, left : left + width].copy()
