"""A sheet with a dataset's name, counts, and some training images of every class."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from easel.data.lettering import lettering_of, spelled
from easel.data.prepared import Split
from easel.runtime.console import log

PER_CLASS = 10  # at most
CLASSES = 100  # at most; a folder may have thousands
SIDE = 96  # pixels; smaller images are enlarged to about this
ROOM = 128  # pixels; of images that are larger, fewer are shown
GAP = 8
MARGIN = 40
HEADING, TEXT, NOTE = 36, 21, 16  # sizes of type
BASE = 0.36  # of the size of type: from the middle of capitals down to their base line
NAMED = 5  # letters without a font, in the log
INK, GREY = (25, 28, 36), (110, 115, 125)


def draw_preview(record: Mapping[str, Any], train: Split) -> np.ndarray:
    """A sheet, uint8 (height, width, 3), with a labelled row of the first training images per class.

    record: the content of dataset.json. Only the first 100 classes are shown. Pixels are enlarged by an integer factor,
    without smoothing. Larger images keep their size, and the sheet does not grow with them: it shows fewer.
    """
    height, width, _ = record["image_shape"]
    scale = max(1, SIDE // max(height, width))
    row, column = scale * height + GAP, scale * width + GAP
    shown = max(1, int(CLASSES * min(1, ROOM / height)))
    columns = max(1, int(PER_CLASS * min(1, ROOM / width)))
    names = record["classes"][:shown]
    lettering = lettering_of([record["name"], counts(record), *names])
    report_missing(lettering.missing)
    left = MARGIN + max(round(lettering.length(name, TEXT)) for name in names) + 3 * GAP
    top = MARGIN + HEADING + NOTE + 5 * GAP

    sheet = Image.new(
        "RGB",
        (left + columns * column - GAP + MARGIN, top + len(names) * row - GAP + MARGIN),
        "white",
    )
    pen = ImageDraw.Draw(sheet)
    lettering.draw(pen, (MARGIN, MARGIN + HEADING), record["name"], HEADING, INK)
    lettering.draw(pen, (MARGIN, MARGIN + HEADING + 2 * GAP + NOTE), counts(record), NOTE, GREY)
    for label, name in enumerate(names):
        y = top + label * row
        middle = y + scale * height // 2
        lettering.draw(pen, (MARGIN, middle + BASE * TEXT), name, TEXT, INK)
        for place, index in enumerate(np.flatnonzero(train.labels == label)[:columns]):
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


def report_missing(letters: str) -> None:
    """Say in the log which letters no installed font has."""
    if letters:
        examples = ", ".join(f"{letter} as {spelled(letter)}" for letter in letters[:NAMED])
        log.warning(
            "preview: no installed font has %d of the letters of class names, so they are spelled out (%s%s). Install "
            "one that has them, such as Noto Sans CJK (Debian: fonts-noto-cjk) for Chinese, Japanese and Korean, and "
            "run: snakemake data --forcerun draw_preview",
            len(letters),
            examples,
            ", …" * (len(letters) > NAMED),
        )
