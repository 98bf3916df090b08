"""Pictures of pixels: grids of images as an earlier step left them, seen through the page's own background."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from easel.images import grid, load_png
from easel.plots.html import Html, element, figure, side_by_side

GAP = 2  # pixels between the images of a grid
CLASSES = 100  # shown, at most: a folder may have thousands


def picture(
    file: Path, alt: str, caption: object = None, title: str | None = None, cell: tuple[int, int] | None = None,
    columns: int | None = None, rows: int | None = None, together: int | None = None, zoom: int = 2,
) -> Html | None:  # fmt: skip
    """A PNG file as a figure; nothing where there is no such file.

    cell: height and width of one image, if the file is a grid of images; the gaps then show the page.
    columns, rows: how many of the grid's are shown, from the upper left; None shows all.
    together: how many rows belong together; some room then parts them from the next.
    zoom: screen pixels per pixel of the file, where the screen is wide enough.
    """
    if not file.is_file():
        return None
    pixels = load_png(file) if cell is None else opened(file, cell, columns, rows)
    if cell is not None and together is not None:
        pixels = parted(pixels, together * (cell[0] + GAP))
    return figure(embedded(pixels, alt, zoom), caption, title)


def opened(file: Path, cell: tuple[int, int], columns: int | None = None, rows: int | None = None) -> np.ndarray:
    """The upper left of a PNG file that is a grid of images, its gaps transparent: uint8 (H, W, 4).

    cell: height and width of one image. columns, rows: how many are kept; None keeps all.
    """
    return without_gaps(cropped(load_png(file), cell, columns, rows), cell)


def examples(dataset_folder: Path, dataset: dict) -> Html | None:
    """Some training images of every class (of the first 100); nothing where the arrays are not there any more.

    dataset: the content of dataset.json, which lies in `dataset_folder` beside the arrays.
    """
    files = [dataset_folder / f"train_{kind}.npy" for kind in ("images", "labels")]
    if not all(file.is_file() for file in files):
        return None
    images, labels = (np.load(file, mmap_mode="r") for file in files)
    columns = 4 if len(dataset["classes"]) <= 20 else 2
    found = []
    for label, name in enumerate(dataset["classes"][:CLASSES]):
        chosen = images[np.flatnonzero(labels == label)[: columns**2]]
        if len(chosen):
            sheet = without_gaps(grid(chosen, columns), images.shape[1:3])
            found.append(figure(embedded(sheet, f"{len(chosen)} training images of class {name}", 2), name))
    return side_by_side(found, 9)


def gallery(grids: Mapping[str, Path], captions: Mapping[str, object], cell: tuple[int, int]) -> Html | None:
    """The first 6 × 6 images of several grids beside each other.

    grids: PNG file by name; one that does not exist is left out. captions: what stands under each.
    """
    found = [
        picture(file, f"36 samples of {name}", captions[name], name, cell, 6, 6)
        for name, file in grids.items()
        if file.is_file()
    ]
    return side_by_side(found, 16)


def cropped(sheet: np.ndarray, cell: tuple[int, int], columns: int | None, rows: int | None) -> np.ndarray:
    """The upper left of a grid (H, W, 3): so many columns and rows, or all that there are."""
    height, width = (each + GAP for each in cell)
    return sheet[: rows and rows * height - GAP, : columns and columns * width - GAP]


def without_gaps(sheet: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """A grid with its gaps transparent: uint8 (H, W, 3) → (H, W, 4)."""
    height, width = (each + GAP for each in cell)
    y, x = (np.arange(size) for size in sheet.shape[:2])
    inside = (y % height < cell[0])[:, None] & (x % width < cell[1])[None, :]
    return np.dstack([sheet, np.where(inside, 255, 0).astype(np.uint8)])


def parted(sheet: np.ndarray, every: int) -> np.ndarray:
    """A sheet (H, W, 4) with transparent rows put in after `every` so many of its own."""
    places = np.arange(every, len(sheet), every).repeat(3 * GAP)
    return np.insert(sheet, places, 0, axis=0)


def embedded(pixels: np.ndarray, alt: str, zoom: int) -> Html:
    """uint8 (H, W, 3 or 4) as an image element that holds its own data and keeps its pixels sharp."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", optimize=True)
    height, width = pixels.shape[:2]
    return element(
        "img",
        src="data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode(),
        alt=alt,
        width=width * zoom,
        height=height * zoom,
        style="max-width: 100%; height: auto; image-rendering: pixelated",
    )
