"""A picture's file, in a folder or in a zip, as a stream of its bytes."""

import os
from pathlib import Path
from typing import BinaryIO

from easel.data.folder import archive


def open_picture(folder: str | Path, name: str, max_pixels: int) -> BinaryIO:
    """Open a file by its name relative to a folder or a zip, for reading; it can be sought in.

    max_pixels: as in `easel.config.datasets.Folder`; it limits what is unpacked. Raises OSError, and of a zip what
    `archive.read` raises.
    """
    if archive.is_archive(folder):
        return archive.read(folder, name, archive.BYTES_PER_PIXEL * max_pixels)
    return open(os.path.join(folder, name), "rb")
