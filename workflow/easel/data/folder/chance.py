"""The split of pictures by chance: a hash of each file's bytes decides, whatever other files there are."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from easel.data.folder.opening import open_picture


def content_of(stream: BinaryIO) -> str:
    """A digest of an open file's bytes."""
    return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()  # type: ignore[arg-type]


def split_position(content: str, seed: int) -> float:
    """A number in 0..1 that depends on a file's bytes and the seed only, uniform over files."""
    hashed = hashlib.blake2b(f"{seed}:{content}".encode(), digest_size=8).digest()
    return int.from_bytes(hashed, "big") / 2**64


def crop_position(content: str, seed: int) -> float:
    """The same for where a random crop lies, independent of the split."""
    return split_position(f"crop:{content}", seed)


def positions(folder: Path, names: Iterable[str], seed: int, max_pixels: int) -> list[float]:
    """The position of each distinct file that can be read, in ascending order. A test picture's is below the fraction.

    names: relative to `folder`. max_pixels: as in `easel.config.datasets.Folder`.
    """
    contents = set()
    for name in names:
        try:
            with open_picture(folder, name, max_pixels) as stream:
                contents.add(content_of(stream))
        except Exception:  # the job names it; a damaged zip may raise anything
            continue
    return sorted(split_position(content, seed) for content in contents)
