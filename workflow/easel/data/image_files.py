"""A folder of image files as an array."""

import os
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from easel.data.picture_files import (
    ALPHA,
    FORMATS,
    GREY,
    GREY_ALPHA,
    ORIENTATION,
    SUFFIXES,
    is_deep_png,
    is_hidden,
    is_transparent,
    suffix_of,
)  # fmt: skip
from easel.runtime.errors import EaselError
from easel.runtime.records import Caveat

MODES = ("1", "L", "LA", "P", "RGB", "RGBA")  # those that are taken
THREADS = 8  # more than cores, because a network file system makes each file wait
LISTED = 3


@dataclass(frozen=True)
class GreyImages(Caveat, kind="grey_images"):
    """Grey images were converted to RGB."""

    n: int


@dataclass(frozen=True)
class OpaqueAlpha(Caveat, kind="opaque_alpha"):
    """An alpha channel that is opaque everywhere was dropped."""

    n: int


@dataclass(frozen=True)
class IgnoredOrientation(Caveat, kind="ignored_orientation"):
    """An EXIF orientation was ignored."""

    n: int


@dataclass(frozen=True)
class LossyFormat(Caveat, kind="lossy_format"):
    """Images are JPEG or lossy WebP: the traces of compression are judged, too."""

    n: int


class OtherFile(NamedTuple):
    """A file that is no image by its name."""

    name: str
    """Relative to the folder, with "/"."""
    kind: Literal["other_type", "broken_link", "no_regular_file"]


class Traits(NamedTuple):
    """Traits of an image that make a caveat."""

    grey: bool
    alpha: bool
    """An alpha channel, or a transparent colour, that makes no pixel transparent."""
    turned: bool
    """An EXIF orientation other than upright."""
    lossy: bool
    """Compressed with loss: JPEG, and WebP as far as its first bytes tell."""


class Unfit(NamedTuple):
    """Why an image cannot be taken as it is."""

    reason: str
    """Follows a number in the message: "3 damaged"."""
    remedy: str
    """The remedy: how to make it usable."""


UNIDENTIFIED = Unfit("not PNG, JPEG, WebP or BMP, despite their names", "move them elsewhere")
DAMAGED = Unfit("damaged or truncated", "write them again")
DEEP = Unfit("with 16 bits per channel", "write them with 8")
TRANSPARENT = Unfit("transparent in places", "lay them on the background that they are to be judged with")
ANIMATED = Unfit("animated", "keep one frame of each")


def find(folder: Path) -> tuple[list[str], list[OtherFile]]:
    """The names of the image files below a folder, relative to it, with "/"; and its other files. Both are in order.

    Links are followed, and each folder is read once, so circular links end. Hidden files and folders are skipped.
    Raises OSError for a folder that cannot be read.
    """
    images, others, seen = [], [], set()
    for at, folders, names in os.walk(folder, onerror=_raise, followlinks=True):
        status = os.stat(at)
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        below = Path(at).relative_to(folder)
        for name in names:
            if is_hidden(name):
                continue
            path = os.path.join(at, name)
            relative = (below / name).as_posix()
            if not os.path.isfile(path):  # a broken link, or a pipe, which would block
                others.append(OtherFile(relative, "broken_link" if os.path.islink(path) else "no_regular_file"))
            elif suffix_of(name) in SUFFIXES:
                images.append(relative)
            else:
                others.append(OtherFile(relative, "other_type"))
    return sorted(images), sorted(others)


def _raise(error: OSError) -> None:
    raise error


def read(
    folder: Path,
    names: Sequence[str],  # relative to the folder
    image_shape: tuple[int, int, int],  # (H, W, 3)
    advance: Callable[[int], Any],  # called with the number of images read
) -> tuple[np.ndarray, list[Caveat]]:
    """The images, uint8 (N, H, W, 3), in the order of their names; and caveats about them.

    Grey images and palettes become RGB; an alpha channel that is opaque everywhere is dropped. EXIF orientations are
    ignored: pixels are used as they are stored, as other tools that compute FID do. Damage that leaves a file
    decodable, as in the middle of a JPEG, is not noticed. Raises EaselError as `easel.data.external.read`.
    """
    images = np.empty((len(names), *image_shape), np.uint8)

    def into_its_row(row: int) -> Traits | Unfit:
        return decode(folder / names[row], images[row])

    found = []
    with warnings.catch_warnings(), ThreadPoolExecutor(THREADS) as threads:
        warnings.simplefilter("ignore")  # Pillow's, about EXIF and sizes; what counts is checked here
        for result in threads.map(into_its_row, range(len(names))):
            found.append(result)
            advance(1)
    refuse_unfit(folder, names, found)
    return images, caveats_of([result for result in found if isinstance(result, Traits)])


def decode(file: Path, into: np.ndarray) -> Traits | Unfit:
    """Write a file's pixels to `into`, uint8 (H, W, 3), if they are of that size and can be taken as they are.

    The header is read first, so that an image that would fill the memory is not decoded.
    """
    height, width, _ = into.shape
    try:
        with open(file, "rb") as stream:
            start = stream.read(32)
            stream.seek(0)
            with Image.open(stream, formats=FORMATS) as image:
                if image.size != (width, height):
                    return other_size(f"of {image.height} × {image.width} pixels", into.shape)
                if getattr(image, "is_animated", False):
                    return ANIMATED
                if is_deep_png(start):
                    return DEEP
                if image.mode not in MODES:
                    return Unfit(f"with {image.mode} pixels", "write them as RGB")
                return take(image, start, into)
    except UnidentifiedImageError:
        return UNIDENTIFIED
    except Image.DecompressionBombError:
        return other_size(f"of more than {2 * (Image.MAX_IMAGE_PIXELS or 0) // 10**6} million pixels", into.shape)
    except PermissionError:
        return Unfit("without read permission", "allow them to be read")
    except Exception:  # on damaged bytes, a decoder may raise anything
        return DAMAGED


def take(image: Image.Image, start: bytes, into: np.ndarray) -> Traits | Unfit:
    """Decode an opened image into `into`; `start` are the file's first bytes."""
    image.load()
    alpha = image.mode in ALPHA or "transparency" in image.info
    if alpha and is_transparent(image.convert("RGBA")):
        return TRANSPARENT
    into[:] = np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    return Traits(
        grey=image.mode in (*GREY, *GREY_ALPHA),
        alpha=alpha,
        turned="exif" in image.info and image.getexif().get(ORIENTATION, 1) != 1,
        lossy=image.format in ("JPEG", "MPO") or start[12:16] == b"VP8 ",
    )


def other_size(reason: str, expected: tuple[int, int, int]) -> Unfit:
    """The reason and remedy for an image of another size."""
    return Unfit(
        reason,
        f"make them {expected[0]} × {expected[1]} as the dataset's are (Easel does not resize, because the filter "
        "changes FID)",
    )


def refuse_unfit(folder: Path, names: Sequence[str], found: Sequence[Traits | Unfit]) -> None:
    """Raise EaselError if any image is unfit, with the number and first names for each reason."""
    unfit = defaultdict(list)
    for name, result in zip(names, found, strict=True):
        if isinstance(result, Unfit):
            unfit[result].append(os.fsencode(name).decode(errors="replace"))
    if not unfit:
        return
    total = sum(map(len, unfit.values()))
    most_first = sorted(unfit.items(), key=lambda item: (-len(item[1]), item[0]))
    reasons = [
        f"{len(of)} {reason.reason} ({', '.join(sorted(of)[:LISTED])}{', …' if len(of) > LISTED else ''})"
        for reason, of in most_first[:LISTED]
    ]
    if rest := sum(len(of) for _, of in most_first[LISTED:]):
        reasons.append(f"{rest} cannot be taken for other reasons")
    remedies = dict.fromkeys(reason.remedy for reason, _ in most_first[:LISTED])
    raise EaselError(
        f"{folder}: {total:,} of the {len(names):,} images to be judged cannot be taken as they are: "
        f"{'; '.join(reasons)}. What would be right: {'; '.join(remedies)}."
    )


def caveats_of(found: Sequence[Traits]) -> list[Caveat]:
    """A caveat for each trait that some images have."""
    kinds = {"grey": GreyImages, "alpha": OpaqueAlpha, "turned": IgnoredOrientation, "lossy": LossyFormat}
    counts = {kind: sum(getattr(traits, trait) for traits in found) for trait, kind in kinds.items()}
    return [kind(number) for kind, number in counts.items() if number]
