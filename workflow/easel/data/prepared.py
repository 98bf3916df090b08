"""A prepared dataset: arrays of images and labels, and the dataset.json that describes them."""

import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.runtime.files import atomic, sha256, write_json

COUNTED = 2**20
"""Pixels of a channel that are counted at a time: `bincount` makes 8 bytes of each."""


class Split(NamedTuple):
    """One split of a dataset."""

    images: np.ndarray
    """uint8 (N, H, W, 3) in 0..255."""
    labels: np.ndarray
    """int64 (N,): indices into the class names."""


def describe(
    name: str,
    format: str,  # the key `format` of the dataset's configuration
    source: Mapping[str, Any],  # the origin of the images: `kind`, and what belongs to it
    classes: Sequence[str],
    splits: Mapping[str, Split],  # "train" and "test"
) -> dict[str, Any]:
    """The content of dataset.json (docs/files.md) without the arrays' checksums."""
    mean, std = channel_statistics(splits["train"].images)
    return {
        "name": name,
        "format": format,
        "source": source,
        "image_shape": list(splits["train"].images.shape[1:]),
        "classes": list(classes),
        "splits": {
            split: {"images": len(labels), "per_class": np.bincount(labels, minlength=len(classes)).tolist()}
            for split, (_, labels) in splits.items()
        },
        "channel_mean": mean,
        "channel_std": std,
    }


def channel_statistics(images: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel, to 4 decimals, of uint8 images (N, H, W, C); scale 0..255.

    They come from exact histograms, so they do not depend on the order of a sum.
    """
    values = np.arange(256)
    counts = np.zeros((images.shape[-1], 256), np.int64)
    together = max(1, COUNTED // math.prod(images.shape[1:3]))
    for start in range(0, len(images), together):
        for channel, pixels in enumerate(np.moveaxis(images[start : start + together], -1, 0)):
            counts[channel] += np.bincount(pixels.ravel(), minlength=256)
    n = counts.sum(axis=1)
    total, squares = (counts * values).sum(axis=1), (counts * values**2).sum(axis=1)
    mean = [int(t) / int(k) for t, k in zip(total, n, strict=True)]
    variance = [(int(s) * int(k) - int(t) ** 2) / int(k) ** 2 for s, t, k in zip(squares, total, n, strict=True)]
    return [round(m, 4) for m in mean], [round(v**0.5, 4) for v in variance]


def write(
    record: str | Path,  # dataset.json
    description: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray],  # by path: .npy
    factors: Mapping[str, Mapping[str, np.ndarray]] | None = None,  # by path: .npz
    texts: Mapping[str, str] | None = None,  # by path
) -> None:
    """Write all files or none; `record` is written last, with the SHA-256 of each .npy file.

    On an error, such as a full disk, no path is changed.
    """
    checksums = {}
    with ExitStack() as files:
        # Entered first, so renamed last: if dataset.json exists, so do all files that it names.
        partial_record = files.enter_context(atomic(record))
        for path, array in arrays.items():
            partial = files.enter_context(atomic(path))
            np.save(partial, array)
            checksums[Path(path).name] = sha256(partial)
        for path, columns in (factors or {}).items():
            np.savez(files.enter_context(atomic(path)), **columns)  # type: ignore[arg-type]  # none is `allow_pickle`
        for path, text in (texts or {}).items():
            files.enter_context(atomic(path)).write_text(text, encoding="utf-8")
        write_json(partial_record, {**description, "arrays": checksums})


def load_split(folder: str | Path, split: str) -> Split:
    """Open a split ("train" or "test") of a prepared dataset; the images stay on disk until they are indexed."""
    folder = Path(folder)
    return Split(
        images=np.load(folder / f"{split}_images.npy", mmap_mode="r"),
        labels=np.load(folder / f"{split}_labels.npy"),
    )
