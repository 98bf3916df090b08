"""Thumbnails of grids of samples: a few kilobytes each."""

from pathlib import Path

from PIL import Image

from easel.report.embedding import picture_source
from easel.report.page.html import Html, element
from easel.texts import Text

COLUMNS, ROWS = 5, 3  # images of a thumbnail, at most
GAP = 2  # pixels between the images of a grid
WIDTH = 180  # screen pixels
QUALITY = 85  # of WebP


def thumbnail(file: Path, columns: int, alt: Text) -> Html | None:
    """The first images of a grid of square images with `columns` in a row; None if the file cannot be read."""
    try:
        with Image.open(file) as sheet:
            cell = (sheet.width + GAP) / columns
            box = (0, 0, round(COLUMNS * cell - GAP), min(sheet.height, round(ROWS * cell - GAP)))
            shown = sheet.convert("RGB").crop(box)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # SyntaxError: a broken PNG
        return None
    height = max(1, round(WIDTH * shown.height / shown.width))
    if shown.width > WIDTH:
        shown = shown.resize((WIDTH, height), Image.Resampling.LANCZOS)
    return element("img", src=picture_source(shown, "WEBP", quality=QUALITY), alt=alt, width=WIDTH, height=height)
