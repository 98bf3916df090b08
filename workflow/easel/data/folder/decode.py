"""One file of a folder as square pixels, or the reason why it cannot be used.

The file may come from anyone. Its header is read first, and its size must be small enough to decode; whatever a
decoder raises becomes a finding, not an error.
"""

import errno
import hashlib
import os
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from easel.data.folder.chance import content_of
from easel.data.picture_files import (
    ALPHA,
    FORMATS,
    GREY,
    GREY_ALPHA,
    ORIENTATION,
    SUFFIXES,
    is_deep_png,
    is_transparent,
    suffix_of,
)  # fmt: skip

GAP = 2.0  # cheap reduction stops at this multiple of the target size; the filter does the rest
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"BM")  # the first bytes of a picture, even of a damaged one
DEEP = ("I", "I;16", "I;16B", "I;16L")
KNOWN = (*GREY, *ALPHA, *DEEP, "P", "RGB", "CMYK", "YCbCr")


class Outcome(NamedTuple):
    """The result for one file."""

    taken: bool
    kinds: list[str]
    """Kinds of problems: why the file was left out, or what a reader should know about it."""
    content: str = ""
    """A digest of the file's bytes, if it was taken."""
    pixels: str = ""
    """A digest of its pixels as they are in the dataset."""


def decode(file: str, settings: Mapping[str, Any], into: np.ndarray) -> Outcome:
    """Write a picture's pixels to `into`, uint8 (side, side, 3), resized and cropped as configured.

    settings: those of `easel.config.datasets.Folder`. Grey becomes RGB, an EXIF orientation is applied,
    transparency is composited on the background, 16 bits are scaled to 8, and of several frames the first is taken.
    Colour profiles are not applied. Damage that leaves a file decodable, as in the middle of a JPEG, is not noticed.
    """
    try:
        with open(file, "rb") as stream:
            if not os.fstat(stream.fileno()).st_size:
                return Outcome(False, ["empty"])
            content = content_of(stream)
            stream.seek(0)
            return take(stream, file, settings, into, content)
    except OSError as error:
        gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
        return Outcome(False, ["vanished" if gone else "closed"])


def take(stream: BinaryIO, file: str, settings: Mapping[str, Any], into: np.ndarray, content: str) -> Outcome:
    """Decode an open file."""
    start = stream.read(32)
    stream.seek(0)
    try:
        with Image.open(stream, formats=FORMATS) as image:
            if image.width * image.height > settings["max_pixels"]:
                return Outcome(False, ["too_large"])
            if min(image.size) < settings["min_side"]:
                return Outcome(False, ["too_small"])
            if image.mode not in KNOWN:
                return Outcome(False, ["odd_pixels"])
            kinds = remarks(image, start, file)
            into[:] = pixels_of(image, settings, kinds)
    except UnidentifiedImageError:
        return Outcome(False, ["damaged" if start.startswith(SIGNATURES) else "no_image"])
    except MemoryError:
        return Outcome(False, ["crashed"])
    except Exception:  # a decoder that is given damaged bytes may raise anything
        return Outcome(False, ["damaged"])
    return Outcome(True, kinds, content, hashlib.blake2b(into.tobytes(), digest_size=16).hexdigest())


def remarks(image: Image.Image, start: bytes, file: str) -> list[str]:
    """Kinds of problems that an opened, not yet decoded picture has and is taken with."""
    found = {
        "deep": image.mode in DEEP or is_deep_png(start),
        "grey": image.mode in (*GREY, *GREY_ALPHA, *DEEP),
        "palette": image.mode in ("P", "PA"),
        "cmyk": image.mode == "CMYK",
        "frames": getattr(image, "n_frames", 1) > 1,
        "profile": "icc_profile" in image.info,
        "misnamed": SUFFIXES.get(suffix_of(file)) != (image.format or "").replace("MPO", "JPEG"),
    }
    return [kind for kind, is_so in found.items() if is_so]


def pixels_of(image: Image.Image, settings: Mapping[str, Any], kinds: list[str]) -> np.ndarray:
    """The pixels of an opened picture: uint8 (side, side, 3). Adds problems that show only now to `kinds`."""
    side, fit, background = settings["image_size"], settings["fit"], tuple(settings["background"])
    if image.format in ("JPEG", "MPO"):  # decodes at 1/8, 1/4 or 1/2 of the size if that is enough
        width, height = target(image.size, side, fit)
        image.draft(None, (int(GAP * width), int(GAP * height)))
    whole = image.size
    image.load()
    transparent = image.mode in ALPHA or "transparency" in image.info
    size = target(whole, side, fit)
    if size[0] > whole[0] or size[1] > whole[1]:
        kinds.append("enlarged")
    small = resizable(image, transparent).resize(
        size, Image.Resampling[settings["filter"].upper()], box(whole, fit), reducing_gap=GAP
    )
    if small.mode == "RGBA":
        if is_transparent(small):
            kinds.append("alpha")
        opaque = Image.new("RGB", size, background)
        opaque.paste(small, mask=small.getchannel("A"))
        small = opaque
    elif small.mode == "I":
        small = in_8_bits(small)
    small = small if small.mode == "RGB" else small.convert("RGB")
    turn = UPRIGHT.get(orientation(image))
    if turn is not None:  # after resizing: for square results the order does not matter
        small = small.transpose(turn)
        kinds.append("rotated")
    if small.size != (side, side):
        padded = Image.new("RGB", (side, side), background)
        padded.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
        small = padded
    return np.asarray(small)


def target(size: tuple[int, int], side: int, fit: str) -> tuple[int, int]:
    """Width and height after resizing."""
    if fit != "pad":
        return side, side
    longest = max(size)
    return max(1, round(side * size[0] / longest)), max(1, round(side * size[1] / longest))


def box(size: tuple[int, int], fit: str) -> tuple[float, float, float, float]:
    """The part that is kept: left, top, right, bottom. It is centred, so its edges may lie between pixels."""
    width, height = size
    if fit != "crop":
        return 0, 0, width, height
    shortest = min(size)
    left, top = (width - shortest) / 2, (height - shortest) / 2
    return left, top, left + shortest, top + shortest


def resizable(image: Image.Image, transparent: bool) -> Image.Image:
    """The picture in a mode that can be averaged, unlike a palette's indices or bits."""
    if image.mode in DEEP:
        return image.convert("I")
    if transparent:
        return image.convert("RGBA")
    return image.convert({"1": "L", "P": "RGB"}.get(image.mode, image.mode))


def in_8_bits(grey: Image.Image) -> Image.Image:
    """Grey of 16 bits, 0..65535, as 8 bits, 0..255, rounded and clipped, because the filter can overshoot."""
    values = np.clip(np.asarray(grey), 0, 65535)
    return Image.fromarray(((values + 128) // 257).astype(np.uint8))


def orientation(image: Image.Image) -> int:
    """A picture's EXIF orientation, 1 to 8; 1 (upright) if there is none or it is unreadable."""
    if not {"exif", "Raw profile type exif"} & image.info.keys():
        return 1
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except Exception:  # EXIF may hold anything
        return 1
