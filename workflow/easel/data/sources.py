"""Files and folders outside results/ that jobs read: whether they are within reach."""

import os
from collections.abc import Iterable
from pathlib import Path

from easel.data.folder.listing import unreachable_part, walk


def out_of_reach(path: str, known: Iterable[str] = ()) -> str:
    """Why a job cannot read a path, as the end of a sentence about it; "" if it can.

    path: a file, or a folder of pictures. A folder without a picture counts as out of reach, because the mount point of
    a disk that is not mounted is such a folder; so does one with a folder that is out of reach, as it may be a class.
    known: names of files that were in the folder.
    """
    if not os.path.exists(path):
        return f"is a link to {os.readlink(path)}, which does not exist" if os.path.islink(path) else "does not exist"
    try:
        if os.path.isdir(path):
            pictures = (name for name, problem in walk(Path(path), follow_links=True) if not problem)
            return unreachable_part(Path(path), known) if any(pictures) else "has no picture (is its disk mounted?)"
        with open(path, "rb") as stream:
            return "" if stream.read(1) else "is empty"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
