"""Image grids: PNG files cropped, with transparent gaps, embedded in the page.

Images of up to EXACT pixels across are in the page pixel by pixel, and enlarged without smoothing. Larger ones would
make the page too large for that: they are reduced to SHOWN pixels if they have more, and compressed as photographs are.
The PNG files of the results have every pixel.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from easel.images import load_png
from easel.report.embedding import picture_source
from easel.report.page.html import Html, element, figure
from easel.texts import Text

GAP = 2  # pixels between the images of a grid
CELL = 64  # screen pixels across an image of a sheet, about
EXACT = 64  # pixels across an image whose every pixel is shown
SHOWN = 128  # pixels across a larger image in a page, at most
QUALITY = 90  # of WebP, for those
SHARE = 0.6  # of the bytes that a figure may take, for those: every figure takes all that it may


def picture(
    file: Path, alt: Text, caption: object = None, title: str | None = None, cell: tuple[int, int] | None = None,
    columns: int | None = None, rows: int | None = None, together: int | None = None, zoom: int = 2,
) -> Html | None:  # fmt: skip
    """A PNG file as a figure, see `grid_figure`; None if it does not exist."""
    if not file.is_file():
        return None
    return grid_figure(file, alt, caption, title, cell, columns, rows, together, zoom)


def grid_figure(
    file: Path, alt: Text, caption: object = None, title: str | None = None, cell: tuple[int, int] | None = None,
    columns: int | None = None, rows: int | None = None, together: int | None = None, zoom: int = 2,
) -> Html:  # fmt: skip
    """A PNG file as a figure.

    cell: height and width of one image, if the file is a grid of images; its gaps then become transparent.
    columns, rows: number of the grid's columns and rows shown, from the upper left; None shows all.
    together: number of rows that belong together, separated from the next by a wider gap.
    zoom: screen pixels per pixel of the file, if the screen is wide enough.
    """
    pixels = load_png(file) if cell is None else load_grid(file, cell, columns, rows)
    if cell is not None and together is not None:
        pixels = with_row_gaps(pixels, together * (cell[0] + GAP))
    return figure(embedded_image(pixels, alt, zoom, cell and cell[1]), caption, title)


def load_grid(file: Path, cell: tuple[int, int], columns: int | None = None, rows: int | None = None) -> np.ndarray:
    """The upper left of a PNG file that is a grid of images, with transparent gaps: uint8 (H, W, 4).

    cell: height and width of one image. columns, rows: number to keep; None keeps all.
    """
    return with_transparent_gaps(crop_grid(load_png(file), cell, columns, rows), cell)


def grid_size(file: Path, cell: tuple[int, int]) -> tuple[int, int]:
    """Columns and rows of a PNG file that is a grid of images. cell: height and width of one."""
    with Image.open(file) as sheet:
        return (sheet.width + GAP) // (cell[1] + GAP), (sheet.height + GAP) // (cell[0] + GAP)


def images_that_fit(bytes_: int, cell: tuple[int, int]) -> int:
    """The number of images that fit into this many bytes of a page even if they are noise, which PNG cannot compress.

    cell: height and width of one. A noise pixel takes 4.8 bytes: three channels and some alpha, in base64. As WebP it
    takes 1.2.
    """
    if cell[1] <= EXACT:
        return bytes_ // (5 * cell[0] * cell[1])
    return int(allowed(bytes_, cell[1]) / 1.2) // (min(cell[0], SHOWN) * min(cell[1], SHOWN))


def allowed(bytes_: int, across: int) -> int:
    """The bytes of a page that a figure of images takes at most: `bytes_`, or less where all figures of a page fill
    them. across: pixels across an image."""
    return bytes_ if across <= EXACT else int(SHARE * bytes_)


def crop_grid(sheet: np.ndarray, cell: tuple[int, int], columns: int | None, rows: int | None) -> np.ndarray:
    """The upper left of a grid (H, W, 3), by columns and rows; None keeps all."""
    height, width = (each + GAP for each in cell)
    return sheet[: rows and rows * height - GAP, : columns and columns * width - GAP]


def with_transparent_gaps(sheet: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """A grid with transparent gaps: uint8 (H, W, 3) to (H, W, 4)."""
    height, width = (each + GAP for each in cell)
    y, x = (np.arange(size) for size in sheet.shape[:2])
    inside = (y % height < cell[0])[:, None] & (x % width < cell[1])[None, :]
    return np.dstack([sheet, np.where(inside, 255, 0).astype(np.uint8)])


def with_row_gaps(sheet: np.ndarray, every: int) -> np.ndarray:
    """A sheet (H, W, 4) with transparent rows inserted after every `every` rows."""
    places = np.arange(every, len(sheet), every).repeat(3 * GAP)
    return np.insert(sheet, places, 0, axis=0)


def embedded_image(pixels: np.ndarray, alt: str, zoom: int, across: int | None = None) -> Html:
    """uint8 (H, W, 3 or 4) as an image element that holds its own data and is enlarged without smoothing.

    zoom: screen pixels per pixel, a smaller whole number on a screen that is too narrow for it. across: pixels across
    each image, if it is a grid of images; large ones are shown smoothed, at one screen pixel per pixel at most.
    """
    if across and across > EXACT:
        return photographs(pixels, alt, across, min(across, SHOWN))
    style = f"max-width: 100%; height: auto; --width: {pixels.shape[1]}px; --zoom: {zoom}"
    return image_element(pixels, alt, zoom, "pixels", style)


def sheet_image(pixels: np.ndarray, alt: str, cell: tuple[int, int]) -> Html:
    """The same for a grid of images, at about CELL screen pixels for each; on a narrow screen, its first columns.

    pixels: uint8 (H, W, 4). cell: height and width of one image.
    """
    if cell[1] > EXACT:
        return photographs(pixels, alt, cell[1], CELL, "sheet")
    zoom = max(1, round(CELL / cell[1]))
    height, width = pixels.shape[:2]
    pitch, gap = zoom * (cell[1] + GAP), zoom * GAP
    style = f"--pitch: {pitch}px; --gap: {gap}px; max-width: {zoom * width}px; height: {zoom * height}px"
    return image_element(pixels, alt, zoom, "sheet", style)


def image_element(pixels: np.ndarray, alt: str, zoom: int, class_: str, style: str) -> Html:
    """An image element that holds its own data, unsmoothed. zoom: screen pixels per pixel."""
    height, width = pixels.shape[:2]
    return element(
        "img",
        src=picture_source(Image.fromarray(pixels), "PNG", optimize=True),
        alt=alt,
        width=width * zoom,
        height=height * zoom,
        class_=class_,
        style=style + "; image-rendering: pixelated",
    )


def photographs(pixels: np.ndarray, alt: str, across: int, wide: int, class_: str | None = None) -> Html:
    """A grid of large images as an element that holds its own data: reduced to SHOWN pixels across each, as WebP.

    across: pixels across an image. wide: screen pixels across one, at most; of a sheet, on any screen.
    """
    picture, scale = Image.fromarray(pixels), wide / across
    if across > SHOWN:
        picture = picture.resize([round(side * SHOWN / across) for side in picture.size], Image.Resampling.BOX)
    height, width = (round(side * scale) for side in pixels.shape[:2])
    style = "max-width: 100%; height: auto"
    if class_:
        pitch, gap = scale * (across + GAP), scale * GAP
        style = f"--pitch: {pitch:g}px; --gap: {gap:g}px; max-width: {width}px; height: {height}px"
    return element(
        "img",
        src=picture_source(picture, "WEBP", quality=QUALITY),
        alt=alt,
        width=width,
        height=height,
        class_=class_,
        style=style,
    )
