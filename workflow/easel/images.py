"""Pixels: value ranges, grids of images, PNG files."""

from pathlib import Path

import numpy as np
from PIL import Image

from easel.files import atomic


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
