"""A sheet with a dataset's name, counts, and some training images of every class."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from easel.data.prepared import Split

PER_CLASS = 10
CLASSES = 100  # at most; a folder may have thousands
SIDE = 96  # pixels; smaller images are enlarged to about this
GAP = 8
MARGIN = 40
HEADING, TEXT, NOTE = 36, 21, 16  # sizes of type
# Comes with Matplotlib and has accents, Greek and Cyrillic; Pillow's own font has ASCII only.
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
INK, GREY = (25, 28, 36), (110, 115, 125)


def draw_preview(record: Mapping[str, Any], train: Split) -> np.ndarray:
    """A sheet, uint8 (height, width, 3), with a labelled row of the first training images per class.

    record: the content of dataset.json. Only the first 100 classes are shown. Pixels are enlarged by an integer factor,
    without smoothing.
    """
    height, width, _ = record["image_shape"]
    scale = max(1, SIDE // max(height, width))
    row, column = scale * height + GAP, scale * width + GAP
    heading, text, note = (ImageFont.truetype(FONT, size) for size in (HEADING, TEXT, NOTE))
    names = record["classes"][:CLASSES]
    left = MARGIN + max(round(text.getlength(name)) for name in names) + 3 * GAP
    top = MARGIN + HEADING + NOTE + 5 * GAP

    sheet = Image.new(
        "RGB",
        (left + PER_CLASS * column - GAP + MARGIN, top + len(names) * row - GAP + MARGIN),
        "white",
    )
    pen = ImageDraw.Draw(sheet)
    pen.text((MARGIN, MARGIN), record["name"], INK, heading)
    pen.text((MARGIN, MARGIN + HEADING + 2 * GAP), counts(record), GREY, note)
    for label, name in enumerate(names):
        y = top + label * row
        middle = y + scale * height // 2
        pen.text((MARGIN, middle), name, INK, text, anchor="lm")
        for place, index in enumerate(np.flatnonzero(train.labels == label)[:PER_CLASS]):
            enlarged = train.images[index].repeat(scale, axis=0).repeat(scale, axis=1)
            sheet.paste(Image.fromarray(enlarged), (left + place * column, y))
    return np.asarray(sheet)


def counts(record: Mapping[str, Any]) -> str:
    """The line under the heading."""
    height, width, _ = record["image_shape"]
    train, test = (record["splits"][split]["images"] for split in ("train", "test"))
    classes = len(record["classes"])
    return (
        f"{classes:,} {'class' if classes == 1 else 'classes'}  ·  {train:,} training images  ·  "
        f"{test:,} test images  ·  {width} × {height} pixels"
    )
