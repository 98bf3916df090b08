"""The four gzipped IDX files of MNIST, Fashion-MNIST and the like: grey images and labels of two splits.

An IDX file is big-endian: two zero bytes, the type (8, unsigned bytes), the number of dimensions, a 32-bit size of
each, then the values in row-major order (https://github.com/zalandoresearch/fashion-mnist).

Networks and judges need colour images whose side is a power of two. So 28 × 28 pixels are centred in 32 × 32 black
ones, and the grey values are repeated in all three channels. No pixel value is changed.
"""

import gzip
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from easel.data.bounded import MOST_IMAGES
from easel.data.prepared import Split
from easel.runtime.errors import EaselError

SIDE = 32
UNSIGNED_BYTE = 8
FILES = {
    "train": ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"),
    "test": ("t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"),
}
REMEDY = "Get the file again; after changing one of your own, change its 'sha256' too."


def read(archives: Mapping[str, Path], settings: Mapping[str, Any]) -> tuple[list[str], dict[str, Split]]:
    """Read the files: the class names, and the splits "train" and "test".

    archives: the four files by name. settings: `classes` is used, names in the order of the labels; if empty, the
    labels' numbers are the names. Raises EaselError for a file that is damaged, in another format or of the wrong
    size, for images larger than 32 × 32, for a number of labels that differs from that of images, and for labels
    without a name.
    """
    found = {}
    for part, (of_images, of_labels) in FILES.items():
        grey = array(archives[of_images], dimensions=3)
        labels = array(archives[of_labels], dimensions=1).astype(np.int64)
        if len(grey) != len(labels):
            raise EaselError(
                f"{archives[of_labels]}: {len(labels):,} labels for {len(grey):,} images in {of_images}. {REMEDY}"
            )
        found[part] = Split(centred(grey), labels)
    highest = max(int(split.labels.max()) for split in found.values())
    classes = list(settings["classes"]) or [str(label) for label in range(highest + 1)]
    require_names(classes, found, archives)
    return classes, found


def array(file: Path, dimensions: int) -> np.ndarray:
    """The values of one IDX file: uint8, with the given number of dimensions, none of them empty.

    Its header is checked first, and no more is read than that says.
    """
    try:
        with gzip.open(file) as stream:
            shape = shape_in(stream, file, dimensions)
            require_shape(shape, file)
            size = int(np.prod(shape, dtype=object))
            data = stream.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise EaselError(
            f"{file}: cannot be read as a gzip file: {error}. It is damaged, truncated or in another format. {REMEDY}"
        ) from error
    if len(data) != size or not size:
        raise EaselError(
            f"{file}: wrong size. Its header says {' × '.join(f'{side:,}' for side in shape)} values, which takes "
            f"{size:,} bytes, found {f'{len(data):,}' if len(data) <= size else 'more'}. {REMEDY}"
        )
    return np.frombuffer(data, np.uint8).reshape(shape)


def shape_in(stream: gzip.GzipFile, file: Path, dimensions: int) -> tuple[int, ...]:
    """The shape in the header of an IDX file, after which the values begin."""
    data = stream.read(4 + 4 * dimensions)
    header = bytes([0, 0, UNSIGNED_BYTE, dimensions])
    if data[:4] != header or len(data) < 4 + 4 * dimensions:
        raise EaselError(
            f"{file}: not an IDX file of unsigned bytes with {dimensions} dimension{'s' if dimensions > 1 else ''}. "
            f"Expected it to begin with {header.hex(' ')}, found {data[:4].hex(' ') or 'nothing'}. {REMEDY}"
        )
    return struct.unpack(f">{dimensions}I", data[4:])


def require_shape(shape: tuple[int, ...], file: Path) -> None:
    """Refuse images that are too large, and more images or labels than Easel can hold."""
    if max(shape[1:], default=0) > SIDE:
        height, width = shape[1:]
        raise EaselError(
            f"{file}: its images are {height:,} × {width:,} pixels. Expected {SIDE} × {SIDE} at most; larger ones can "
            "be saved as PNG and read with 'format: folder'."
        )
    if shape[0] > MOST_IMAGES:
        raise EaselError(
            f"{file}: its header says {shape[0]:,} images or labels. Expected {MOST_IMAGES:,} at most. {REMEDY}"
        )


def centred(grey: np.ndarray) -> np.ndarray:
    """Centre grey images uint8 (N, h, w) on black: uint8 (N, 32, 32, 3)."""
    height, width = grey.shape[1:]
    images = np.zeros((len(grey), SIDE, SIDE, 3), np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    images[:, top : top + height, left : left + width] = grey[..., None]
    return images


def require_names(classes: Sequence[str], found: Mapping[str, Split], archives: Mapping[str, Path]) -> None:
    """Refuse a label without a name."""
    for part, (_, of_labels) in FILES.items():
        labels = found[part].labels
        if len(wrong := np.flatnonzero(labels >= len(classes))):
            raise EaselError(
                f"{archives[of_labels]}: label out of range. Expected 0 to {len(classes) - 1} ({len(classes)} names in "
                f"'classes'), found {labels[wrong[0]]} at place {wrong[0]:,} (counting from 0), the first of "
                f"{len(wrong):,}. Name every class in the dataset's 'classes', or none."
            )
