"""Pictures that a study names one by one, before a job reads them: their checksums, and how they will be prepared."""

import os
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

from easel.config.affects import as_params
from easel.config.datasets import Dataset, Folder
from easel.data.picture_files import printable_name
from easel.data.sizes import expected
from easel.data.sources import out_of_reach
from easel.runtime.files import read_if_whole, remember, sha256

PREPARED_BY = ("image_size", "fit", "filter", "background", "max_pixels")
"""The settings of a folder of pictures that count for a single one, too."""


def preparation(dataset: Dataset) -> dict[str, Any]:
    """How a single picture becomes one of a dataset: settings of `easel.config.datasets.Folder`.

    Those of the folder that the dataset is; of any other, the defaults and its size. A random crop would be another
    than the one that who names a picture has in mind, so it is the centre.
    """
    known = as_params(dataset) if isinstance(dataset, Folder) else {"image_size": expected(dataset).image_shape[0]}
    defaults = {name: Folder.model_fields[name].get_default(call_default_factory=True) for name in PREPARED_BY}
    settings = {name: known.get(name, default) for name, default in defaults.items()}
    return settings | ({"fit": "crop"} if settings["fit"] == "random_crop" else {})


def describe_or_recall(paths: Sequence[str], kept: Path) -> dict[str, str]:
    """The name and the SHA-256 of each picture; while one is out of reach, what an earlier call has found there.

    The folders are left out, as pictures may be moved; a name that is there again is followed by its number. kept: a
    file that has the checksums of the last call.
    """
    before = read_if_whole(kept)
    now = {path: before.get(path, "") if out_of_reach(path) else checksum(path) for path in paths}
    remember(kept, before, now)
    found: dict[str, str] = {}
    for path, content in now.items():
        name = printable_name(os.path.basename(path))
        number = next(number for number in count(1) if numbered(name, number) not in found)
        found[numbered(name, number)] = content
    return found


def numbered(name: str, number: int) -> str:
    """`a.jpg`, `a.jpg (2)`, `a.jpg (3)` …"""
    return name if number == 1 else f"{name} ({number})"


def checksum(path: str) -> str:
    """A picture's SHA-256; "" if it cannot be read, or is a folder now."""
    try:
        return sha256(path)
    except OSError:
        return ""
