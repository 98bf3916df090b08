"""Pictures that a study names one by one: whether they can be used, and their pixels as those of a dataset."""

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.format import open_memmap

from easel.config.affects import as_params
from easel.config.datasets import Dataset, Folder
from easel.data.folder.decode import Outcome
from easel.data.folder.problems import KINDS
from easel.data.folder.workers import decode_all
from easel.data.picture_files import kind_of_name, printable_name
from easel.data.sizes import expected
from easel.data.sources import out_of_reach
from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, read_if_whole, sha256

PREPARED_BY = ("image_size", "fit", "filter", "background", "max_pixels")
"""The settings of a folder of pictures that count for a single one, too."""
SMALLEST = 1  # pixel of a side: who names a picture wants it, however small it is
UNUSABLE = {
    "damaged": "is damaged or truncated",
    "empty": "is empty",
    "no_image": "is not a picture",
    "odd_pixels": "has pixels without red, green and blue",
    "crashed": "crashed the decoder, or takes it more than a minute or too much memory",
    "closed": "cannot be read",
    "vanished": "does not exist",
}
"""Kind of problem -> what is wrong with a picture, as the end of a sentence about it."""


class Prepared(NamedTuple):
    """Pictures as a dataset would have them."""

    pixels: np.ndarray
    """uint8 (n, side, side, 3)"""
    outcomes: list[Outcome]
    """What came of each file. Of one that is not `taken`, the pixels mean nothing."""


def preparation(dataset: Dataset) -> dict[str, Any]:
    """How a single picture becomes one of a dataset: settings of `easel.config.datasets.Folder`.

    Those of the folder that the dataset is; of any other, the defaults and its size. A random crop would be another
    than the one that who names a picture has in mind, so it is the centre.
    """
    known = as_params(dataset) if isinstance(dataset, Folder) else {"image_size": expected(dataset).image_shape[0]}
    defaults = {name: Folder.model_fields[name].get_default(call_default_factory=True) for name in PREPARED_BY}
    settings = {name: known.get(name, default) for name, default in defaults.items()}
    return settings | ({"fit": "crop"} if settings["fit"] == "random_crop" else {})


def prepare(paths: Sequence[str], settings: Mapping[str, Any]) -> Prepared:
    """Decode pictures in a process of its own, because a file may come from anyone.

    paths: absolute. settings: those of `preparation`.
    """
    with tempfile.TemporaryDirectory() as folder:
        file, side = Path(folder) / "pixels.npy", settings["image_size"]
        pixels = open_memmap(file, "w+", np.uint8, (len(paths), side, side, 3))
        complete = {**settings, "min_side": SMALLEST, "seed": 0}
        outcomes = decode_all(Path("/"), list(paths), file, complete, processes=1, advance=lambda count: None)
        return Prepared(np.array(pixels), outcomes)


def problem(path: str, outcome: Outcome, most: int) -> str:
    """Why a picture cannot be used, and what would be right, as the end of a sentence about it; "" if it can be.

    most: pixels that a picture may have.
    """
    if outcome.taken:
        return ""
    if (named := kind_of_name(path)) in ("needs_heif", "needs_avif"):
        return f"is {KINDS[named].words}"
    if named == "other_picture":
        return "is a picture of a type that is not read; convert it to PNG, JPEG, WebP or BMP"
    kind = outcome.kinds[0]
    if kind == "too_large":
        width, height = outcome.size
        return f"has {width:,} × {height:,} pixels; it may have {most:,} in all. Name a smaller copy"
    return f"{UNUSABLE[kind]}; name a PNG, JPEG, WebP or BMP file"


def read_pictures(paths: Sequence[str], settings: Mapping[str, Any]) -> np.ndarray:
    """The pixels of pictures: uint8 (n, side, side, 3). Raises EaselError if one cannot be used.

    paths: absolute. settings: those of `preparation`.
    """
    found = prepare(paths, settings)
    problems = [
        f"{path} {why}"
        for path, outcome in zip(paths, found.outcomes, strict=True)
        if (why := problem(path, outcome, settings["max_pixels"]))
    ]
    if problems:
        raise EaselError("\n".join(problems))
    return found.pixels


def describe_or_recall(paths: Sequence[str], kept: Path) -> list[dict[str, str]]:
    """The name and the SHA-256 of each picture; while one is out of reach, what an earlier call has found there.

    The folders are left out, as pictures may be moved. kept: a file that has the checksums of the last call.
    """
    before = read_if_whole(kept)
    now = {path: before.get(path, "") if out_of_reach(path) else checksum(path) for path in paths}
    if now != before:
        with suppress(OSError, EaselError), atomic(kept) as partial:  # the disk may be full or read-only
            partial.write_text(json.dumps(now), encoding="ascii")
    return [{"name": printable_name(os.path.basename(path)), "sha256": found} for path, found in now.items()]


def checksum(path: str) -> str:
    """A picture's SHA-256; "" if it cannot be read, or is a folder now."""
    try:
        return sha256(path)
    except OSError:
        return ""
