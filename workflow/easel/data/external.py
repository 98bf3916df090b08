"""External samples: images of another tool, judged like those of a run.

They are used unchanged. Any change of a pixel value (resizing, compositing on a background, converting floats or 16
bits) changes FID, and can be done in several ways. So it is left to the user, and an image that would need it is an
error with a remedy. Colour profiles are ignored.
"""

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.data import image_arrays, image_files
from easel.data.sources import out_of_reach
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole, remember
from easel.runtime.records import Caveat

ARRAYS = (".npz", ".npy")
SPOTS = 64  # files of a folder, or blocks of a file, whose content `describe` reads
BLOCK = 4096  # bytes
NAMED = 3  # files of each kind, as examples


class External(NamedTuple):
    """Images read from a path."""

    images: np.ndarray
    """uint8 (n, H, W, 3) in 0..255, in random order."""
    found: int
    """The number of images at the path."""
    caveats: list[Caveat]
    """Anything unusual about the images."""


@dataclass(frozen=True)
class RandomChoice(Caveat, kind="random_choice"):
    """Only some images are judged, chosen at random."""

    n: int
    found: int
    seed: int


@dataclass(frozen=True)
class FewerImages(Caveat, kind="fewer_images"):
    """There are fewer images than the study judges of its runs: FID reads higher."""

    n: int
    wanted: int


@dataclass(frozen=True)
class RepeatedImages(Caveat, kind="repeated_images"):
    """Some images are equal."""

    n: int
    distinct: int


@dataclass(frozen=True)
class OtherFiles(Caveat, kind="other_files"):
    """Files of other types were left out."""

    n: int
    examples: Sequence[str]


@dataclass(frozen=True)
class BrokenLinks(Caveat, kind="broken_links"):
    """Links to nowhere were left out."""

    n: int
    examples: Sequence[str]


@dataclass(frozen=True)
class NoRegularFiles(Caveat, kind="no_regular_files"):
    """Pipes, sockets and devices were left out."""

    n: int
    examples: Sequence[str]


def read(
    path: Path,  # a folder with PNG, JPEG, WebP or BMP images, also in folders below it; or a .npz or .npy file
    image_shape: tuple[int, int, int],  # (H, W, 3), that of the dataset
    count: int,  # images to read, at most
    seed: int = 0,
    advance: Callable[[int], Any] | None = None,  # called with the number of images read since the last call
) -> External:
    """Read `count` images from a path, or all if there are fewer.

    The images and their order are chosen at random, with `choice` without replacement of NumPy's default generator and
    the seed, from the images sorted by name (of a folder) or by row (of an array). The first ones would not be a fair
    sample if the images are sorted by class. Only the chosen images are read and checked.

    An array is uint8 (N, H, W, 3), or (N, H, W) or (N, H, W, 1) for grey images. In a .npz it is `images`, else
    `arr_0`, else the only array. A compressed array is read completely, and only the chosen rows are kept in memory.

    Raises EaselError for a path that does not exist or has fewer than two images, and if any chosen image cannot be
    used unchanged: it is damaged, of another size, transparent, animated, neither RGB nor grey, or not 8 bits deep.
    """
    advance = advance or (lambda images: None)
    try:
        if not path.exists():
            raise EaselError(f"{path}: not found. Expected a folder of images, or a .npz or .npy file.")
        if path.is_dir():
            images, found, caveats = from_folder(path, image_shape, count, seed, advance)
        else:
            images, found, caveats = from_array(path, image_shape, count, seed, advance)
    except OSError as error:
        raise EaselError(f"{path}: cannot be read: {error.strerror or error}.") from error
    return External(images, found, choice_caveats(found, count, seed) + caveats + repetition_caveats(images))


def from_folder(path: Path, image_shape: tuple, count: int, seed: int, advance: Callable) -> tuple:
    """The chosen images of a folder, the number of all its images, and caveats."""
    names, others = image_files.find(path)
    if not names:
        there = (
            f"{counted(len(others), 'other file')}: {listed([file.name for file in others])}" if others else "no file"
        )
        raise EaselError(f"{path}: found no PNG, JPEG, WebP or BMP image. Found {there}.")
    require_some(path, len(names))
    chosen = choose(len(names), count, seed)
    images, caveats = image_files.read(path, [names[i] for i in chosen], image_shape, advance)
    return images, len(names), caveats + left_out(others)


def from_array(path: Path, image_shape: tuple, count: int, seed: int, advance: Callable) -> tuple:
    """The chosen images of a .npz or .npy file, the number of all its images, and caveats."""
    if path.suffix.lower() not in ARRAYS or not path.is_file():
        raise EaselError(f"{path}: expected a folder of images, or a .npz or .npy file.")
    with image_arrays.opened(path) as array:
        image_arrays.check(array, image_shape)
        found = array.shape[0]
        require_some(path, found)
        chosen = choose(found, count, seed)
        rows = image_arrays.rows(array, np.sort(chosen), advance)
    images = rows[np.argsort(np.argsort(chosen))]  # from the order in the file to the random order
    if images.shape[1:] == tuple(image_shape):
        return images, found, []
    grey = images.reshape(len(images), *image_shape[:2], 1)
    return np.repeat(grey, 3, axis=-1), found, [image_files.GreyImages(len(images))]


def choose(found: int, count: int, seed: int) -> np.ndarray:
    """The images to read: int64 (min(found, count),), all different, in random order."""
    return np.random.default_rng(seed).choice(found, min(found, count), replace=False)


def require_some(path: Path, found: int) -> None:
    """Refuse fewer than two images, for which no metric is defined."""
    if found < 2:
        raise EaselError(f"{path}: found {counted(found, 'image')}. Expected at least 2, as a covariance needs.")


def choice_caveats(found: int, count: int, seed: int) -> list[Caveat]:
    """A caveat if not all images were read, or if there are fewer than wanted."""
    if found > count:
        return [RandomChoice(count, found, seed)]
    return [FewerImages(found, count)] if found < count else []


def repetition_caveats(images: np.ndarray) -> list[Caveat]:
    """A caveat if some of the images are equal."""
    distinct = len({hashlib.blake2b(image.tobytes(), digest_size=16).digest() for image in images})
    return [RepeatedImages(len(images), distinct)] if distinct < len(images) else []


def left_out(others: Sequence[image_files.OtherFile]) -> list[Caveat]:
    """A caveat for each kind of file that is no image, with the first names."""
    kinds = {"other_type": OtherFiles, "broken_link": BrokenLinks, "no_regular_file": NoRegularFiles}
    names = {kind: [file.name for file in others if file.kind == kind] for kind in kinds}
    return [kinds[kind](len(of), of[:NAMED]) for kind, of in names.items() if of]


def listed(names: Sequence[str], most: int = 3) -> str:
    """The first few of some names."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def describe(path: Path) -> dict[str, Any]:
    """A small mapping that changes when the images at a path do, and does not depend on the path itself.

    It has the kind, the bytes and a digest. For a folder, the digest covers all names and sizes, and the content of up
    to 64 images; for a file, 64 blocks spread over it, and its end, where a .npz keeps the checksums of its arrays.
    File times do not count. Not all content is read, so an edit of a few images that changes no size can go unnoticed.
    A path that cannot be read gets a kind of its own instead of an error.
    """
    try:
        if path.is_dir():
            names, _ = image_files.find(path)
            files = [path / name for name in names]
            sizes = [file.stat().st_size for file in files]
            entries = [f"{name}\0{size}\n".encode() for name, size in zip(names, sizes, strict=True)]
            contents = (start_of(file) for file in files[:: max(1, len(files) // SPOTS)][:SPOTS])
            return {"kind": "folder", "files": len(files), "bytes": sum(sizes), "digest": digest([*entries, *contents])}
        if path.is_file():
            return {"kind": "file", "bytes": path.stat().st_size, "digest": digest(blocks(path))}
        return {"kind": "missing"}
    except (OSError, EaselError):
        return {"kind": "unreadable"}


def describe_or_recall(path: Path, known: Path) -> dict[str, Any]:
    """The same, but while the path is out of reach, what the last call saw there: samples that are imported stay.

    known: a file that keeps it between calls.
    """
    before = read_if_whole(known)
    if out_of_reach(str(path)):
        return before["found"] if before.get("path") == os.fspath(path) else describe(path)
    found = describe(path)
    remember(known, before, {"path": os.fspath(path), "found": found})
    return found


def start_of(file: Path) -> bytes:
    """The first 64 KiB of a file."""
    with open(file, "rb") as stream:
        return stream.read(2**16)


def blocks(file: Path) -> Iterable[bytes]:
    """Evenly spaced blocks of a file, its last one included."""
    last = max(0, file.stat().st_size - BLOCK)
    with open(file, "rb") as stream:
        for spot in range(SPOTS + 1):
            stream.seek(last * spot // SPOTS)
            yield stream.read(BLOCK)


def digest(parts: Iterable[bytes]) -> str:
    """A hash of some parts, 16 hexadecimal digits."""
    total = hashlib.sha256()
    for part in parts:
        total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:16]
