"""Pixels: value ranges, grids of images, PNG files, a few images out of many."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from PIL import Image

from easel.runtime.files import atomic


def to_uint8(images: np.ndarray) -> np.ndarray:
    """Float images in -1..1 as uint8 in 0..255, rounded to nearest and clipped; any shape."""
    return np.clip(np.rint((np.asarray(images, np.float32) + 1.0) * 127.5), 0, 255).astype(np.uint8)


def to_float(images: np.ndarray) -> np.ndarray:
    """uint8 images in 0..255 as float32 in -1..1; any shape."""
    return images.astype(np.float32) / 127.5 - 1.0


def grid(images: np.ndarray, columns: int, gap: int = 2, background: int = 255) -> np.ndarray:
    """Lay uint8 images (N, H, W, 3) out in rows of `columns`, `gap` pixels apart: uint8 (H', W', 3).

    The last row is filled up with `background`.
    """
    n, height, width, channels = images.shape
    rows = -(-n // columns)
    sheet = np.full((rows * (height + gap) - gap, columns * (width + gap) - gap, channels), background, np.uint8)
    for i, image in enumerate(images):
        top, left = (i // columns) * (height + gap), (i % columns) * (width + gap)
        sheet[top : top + height, left : left + width] = image
    return sheet


def save_png(path: str | Path, image: np.ndarray) -> None:
    """Write a uint8 image (H, W, 3) as PNG."""
    with atomic(path) as partial:
        Image.fromarray(image).save(partial)


def load_png(path: str | Path) -> np.ndarray:
    """A PNG as a uint8 image (H, W, 3)."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def images_at(file: Path, indices: Sequence[int]) -> np.ndarray:
    """The images of a samples.npz at some indices, in their order: uint8 (len(indices), H, W, 3).

    It is read no further than the last of them, and one image at a time: there may be more than memory holds.
    IndexError where there are not so many.
    """
    with ZipFile(file) as archive, archive.open("images.npy") as entry:
        npy.read_magic(entry)
        shape, _, dtype = npy.read_array_header_1_0(entry)
        start, size = entry.tell(), dtype.itemsize * int(np.prod(shape[1:]))
        found = np.empty((len(indices), *shape[1:]), dtype)
        for place in np.argsort(indices):
            if not 0 <= indices[place] < shape[0]:
                raise IndexError(f"{file} has {shape[0]:,} images, and none at {indices[place]:,}")
            entry.seek(start + int(indices[place]) * size)
            found[place] = np.frombuffer(entry.read(size), dtype).reshape(shape[1:])
    return found
