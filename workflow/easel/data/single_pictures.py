"""Pictures that a study names one by one: whether they can be used, and their pixels as those of a dataset."""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.format import open_memmap

from easel.data.folder.decode import Outcome
from easel.data.folder.problems import KINDS
from easel.data.folder.workers import decode_all
from easel.data.picture_files import kind_of_name
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256

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


def prepare(paths: Sequence[str], settings: Mapping[str, Any]) -> Prepared:
    """Decode pictures in a process of its own, because a file may come from anyone.

    paths: absolute. settings: those of `easel.data.named_pictures.preparation`.
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
    kind = outcome.kinds[0]
    if kind == "vanished":
        return UNUSABLE[kind]
    if (named := kind_of_name(path)) in ("needs_heif", "needs_avif"):
        return f"is {KINDS[named].words}"
    if named == "other_picture":
        return "is a picture of a type that is not read; convert it to PNG, JPEG, WebP or BMP"
    if kind == "too_large":
        width, height = outcome.size
        return f"has {width:,} × {height:,} pixels; it may have {most:,} in all. Name a smaller copy"
    return f"{UNUSABLE[kind]}; name a PNG, JPEG, WebP or BMP file"


def read_pictures(paths: Sequence[str], settings: Mapping[str, Any]) -> np.ndarray:
    """The pixels of pictures: uint8 (n, side, side, 3). Raises EaselError if one cannot be used.

    paths: absolute. settings: those of `easel.data.named_pictures.preparation`.
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


def check_unchanged(paths: Sequence[str], checksums: Iterable[str]) -> None:
    """Raise EaselError if a picture is not the one that Snakemake has seen. checksums: the SHA-256 of each."""
    for path, expected in zip(paths, checksums, strict=True):
        if sha256(path) != expected:
            raise EaselError(f"{path} has changed since this command began; repeat it")
