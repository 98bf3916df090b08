"""Pixels: value ranges, grids of images, PNG files, single images out of an archive."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from PIL import Image

from easel.runtime.files import atomic

LUMA = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in brightness: ITU-R BT.601, as in JPEG."""


LARGE = 64
"""Pixels of a side, beyond which images are large: calls of networks get fewer of them, and pages compress them."""


def per_call(count: int, side: int, full: int = LARGE) -> int:
    """The images of `side` pixels that a network gets in a call: `count` up to `full` pixels, as many pixels beyond."""
    return max(1, count * full**2 // max(full, side) ** 2)


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Float images in -1..1 as uint8 in 0..255, rounded to nearest and clipped; any shape."""
    with np.errstate(invalid="ignore"):  # NaN, from a network that has diverged, becomes 0
        return np.clip(np.rint((np.asarray(images, np.float32) + 1.0) * 127.5), 0, 255).astype(np.uint8)


def to_float(images: np.ndarray) -> np.ndarray:
    """uint8 images in 0..255 as float32 in -1..1; any shape."""
    return images.astype(np.float32) / 127.5 - 1.0


def grid(images: np.ndarray, columns: int, gap: int = 2, background: int = 255) -> np.ndarray:
    """Arrange uint8 images (N, H, W, 3) in rows of `columns`, `gap` pixels apart: uint8 (H', W', 3).

    The rest of the last row is `background`.
    """
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), background, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def row_classes(classes: Iterable[int], rows: int, columns: int) -> np.ndarray:
    """The class of each image of a grid whose rows show one class each, cycling through `classes`.

    int32 (rows · columns,).
    """
    cycle = np.fromiter(classes, np.int32)
    return np.repeat(cycle[np.arange(rows) % len(cycle)], columns)


def save_png(path: str | Path, image: np.ndarray) -> None:
    """Write a uint8 image (H, W, 3) as PNG."""
    with atomic(path) as partial:
        Image.fromarray(image).save(partial)


def load_png(path: str | Path) -> np.ndarray:
    """Read a PNG as a uint8 image (H, W, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def images_at(file: Path, indices: Sequence[int]) -> np.ndarray:
    """The images of a samples.npz at some indices, in the order of the indices: uint8 (len(indices), H, W, 3).

    The file is read one image at a time and no further than the last of them, because it may be larger than memory.
    Raises IndexError if an index is out of range.
    """
    with ZipFile(file) as archive, archive.open("images.npy") as entry:
        npy.read_magic(entry)
        shape, _, dtype = npy.read_array_header_1_0(entry)
        start, size = entry.tell(), dtype.itemsize * int(np.prod(shape[1:]))
        found = np.empty((len(indices), *shape[1:]), dtype)
        for place in np.argsort(indices):
            if not 0 <= indices[place] < shape[0]:
                raise IndexError(f"{file} has {shape[0]:,} images, so there is none at index {indices[place]:,}")
            entry.seek(start + int(indices[place]) * size)
            found[place] = np.frombuffer(entry.read(size), dtype).reshape(shape[1:])
    return found
