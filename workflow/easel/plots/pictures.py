"""Pictures of pixels: grids of images as an earlier step left them, seen through the page's own background."""

import base64
import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from easel.images import grid
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
    pixels = np.asarray(Image.open(file).convert("RGB"))
    if cell is not None:
        pixels = without_gaps(cropped(pixels, cell, columns, rows), cell)
        if together is not None:
            pixels = parted(pixels, together * (cell[0] + GAP))
    return figure(embedded(pixels, alt, zoom), caption, title)


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


def filmstrip(progress: Mapping[int, Path], captions: Mapping[int, str], cell: tuple[int, int]) -> Html | None:
    """Some of the grids that were drawn as training went on, in order, each cropped to 4 × 4 images.

    progress: PNG file by step. captions: what stands under each. cell: height and width of one image.
    """
    frames = [
        picture(progress[step], f"16 samples after step {step:,}", captions[step], None, cell, 4, 4)
        for step in spread(list(progress))
    ]
    return side_by_side(frames, 9)


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


def spread(steps: list[int], most: int = 10) -> list[int]:
    """At most `most` of the steps, with the first and the last; denser at the start, where training changes most."""
    if len(steps) <= most:
        return steps
    places = np.rint(np.geomspace(1, len(steps), most) - 1).astype(int)
    for i in range(1, most):
        places[i] = max(places[i], places[i - 1] + 1)
    return [steps[place] for place in places]


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
