"""The cropped digits of SVHN: `train_32x32.mat` and `test_32x32.mat`, MATLAB 5 files.

`X` is uint8 (32, 32, 3, N), `y` (N, 1) the digits 1 to 9, and 10 for the digit 0
(http://ufldl.stanford.edu/housenumbers/).
"""

import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from easel.data import matlab5
from easel.data.bounded import MOST_IMAGES
from easel.data.prepared import Split
from easel.runtime.errors import EaselError

SIDE = 32
MOST_BYTES = MOST_IMAGES * 3 * SIDE * SIDE
CLASSES = [str(digit) for digit in range(10)]
FILES = {"train": "train_32x32.mat", "test": "test_32x32.mat"}
REMEDY = "Get the file again from the dataset's page (format 2, cropped digits), and check its SHA-256."


def read(archives: Mapping[str, Path], settings: Mapping[str, Any]) -> tuple[list[str], dict[str, Split]]:
    """Read both files: the class names (the digits), and the splits "train" and "test".

    archives: the two files by name. settings: not used. Raises EaselError for a file that is damaged or in another
    format, for arrays of another shape, and for labels other than 1 to 10.
    """
    return CLASSES, {part: split(archives[file]) for part, file in FILES.items()}


def split(file: Path) -> Split:
    """One file as images uint8 (N, 32, 32, 3) and labels int64 (N,)."""
    try:
        found = matlab5.read(file, ("X", "y"), MOST_BYTES)
    except (OSError, ValueError, struct.error, zlib.error) as error:
        raise EaselError(
            f"{file}: cannot be read as a MATLAB 5 file: {error}. It is damaged, truncated or in another format. "
            + REMEDY
        ) from error
    if missing := [name for name in ("X", "y") if name not in found]:
        raise EaselError(f"{file}: lacks the array {' and '.join(missing)}. Expected X, the images, and y. {REMEDY}")
    images, labels = found["X"], found["y"]
    if images.dtype != np.uint8 or images.shape[:-1] != (SIDE, SIDE, 3) or not images.size:
        raise EaselError(f"{file}: X is {images.dtype} {images.shape}. Expected uint8 ({SIDE}, {SIDE}, 3, N). {REMEDY}")
    if labels.size != images.shape[-1]:
        raise EaselError(f"{file}: {labels.size:,} labels for {images.shape[-1]:,} images. {REMEDY}")
    labels = labels.ravel()
    if len(wrong := np.flatnonzero(~np.isin(labels, np.arange(1, 11)))):
        raise EaselError(
            f"{file}: label out of range. Expected 1 to 10, where 10 is the digit 0, found {labels[wrong[0]]} at place "
            f"{wrong[0]:,} (counting from 0), the first of {len(wrong):,}. {REMEDY}"
        )
    return Split(np.ascontiguousarray(images.transpose(3, 0, 1, 2)), labels.astype(np.int64) % 10)
