"""Samples as a folder of PNG files, as other metric tools and Hugging Face's `imagefolder` read them."""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

METADATA = "metadata.csv"
DIGITS = 5
"""Of a picture's number, or more where there are more pictures."""


def write(images: np.ndarray, folder: Path, labels: np.ndarray | None = None, classes: Sequence[str] = ()) -> None:
    """Write images uint8 (N, H, W, 3) as 00000.png, 00001.png, … in a new folder.

    labels: int (N,), indices into `classes`, of a conditional network. The folder then has a table metadata.csv, with
    the file name, the label and the class of each picture.
    """
    folder.mkdir(parents=True)
    digits = max(DIGITS, len(str(len(images) - 1)))
    names = [f"{number:0{digits}}.png" for number in range(len(images))]
    for name, image in zip(names, images, strict=True):
        Image.fromarray(image).save(folder / name)
    if labels is not None:
        with open(folder / METADATA, "w", newline="", encoding="utf-8") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["file_name", "label", "class"])
            table.writerows([name, int(label), classes[label]] for name, label in zip(names, labels, strict=True))
