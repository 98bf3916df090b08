"""One file of a folder as square pixels, or the reason why it cannot be used.

The file may come from anyone. Its header is read first, and its size must be small enough to decode; whatever a
decoder raises becomes a finding, not an error.
"""

import errno
import hashlib
import os
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

import numpy as np
from PIL import Image, UnidentifiedImageError

from easel.data.folder.archive import TooLongError
from easel.data.folder.chance import content_of, crop_position
from easel.data.folder.looks import SIDE as LOOK
from easel.data.folder.looks import look_of
from easel.data.folder.opening import open_picture
from easel.data.picture_files import (
    ALPHA,
    GREY,
    GREY_ALPHA,
    ORIENTATION,
    decoders,
    is_deep_png,
    is_transparent,
    readable,
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
SIDEWAYS = tuple(UPRIGHT[tag] for tag in (5, 6, 7, 8))
MIRRORED = tuple(UPRIGHT[tag] for tag in (2, 3, 6, 7))
UPSIDE_DOWN = tuple(UPRIGHT[tag] for tag in (3, 4, 7, 8))
Box = tuple[float, float, float, float]
WHOLE = (0, 0, 1, 1)
CROPS = ("crop", "random_crop")
CENTRE = 0.5
SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"BM")  # the first bytes of a picture, even of a damaged one
BOXES = b"ftyp"  # bytes 4 to 8 of AVIF and HEIC
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
    size: Sequence[int] = ()
    """Width and height of the upright picture, if its header could be read."""
    crop: Sequence[float] = ()
    """The part of the upright picture that was kept, if that is not all: left, top, right, bottom, each in 0..1."""
    look: str = ""
    """What it looks like (looks.py), if it was taken."""


def decode(folder: str, name: str, settings: Mapping[str, Any], into: np.ndarray) -> Outcome:
    """Write a picture's pixels to `into`, uint8 (side, side, 3), resized and cropped as configured.

    folder: or a zip. name: of the file in it. settings: those of `easel.config.datasets.Folder`. Grey becomes RGB, an
    EXIF orientation is applied, transparency is composited on the background, 16 bits are scaled to 8, and of several
    frames the first is taken. Colour profiles are not applied. Damage that leaves a file decodable, as in the middle of
    a JPEG, is not noticed.
    """
    try:
        stream = open_picture(folder, name, settings["max_pixels"])
    except TooLongError:
        return Outcome(False, ["too_long"])
    except OSError as error:
        gone = error.errno in (errno.ENOENT, errno.ENOTDIR)
        return Outcome(False, ["vanished" if gone else "closed"])
    except Exception:  # a damaged zip may raise anything
        return Outcome(False, ["damaged"])
    with stream:
        try:
            if not stream.seek(0, os.SEEK_END):
                return Outcome(False, ["empty"])
            stream.seek(0)
            content = content_of(stream)
            stream.seek(0)
            return take(stream, name, settings, into, content)
        except OSError:
            return Outcome(False, ["closed"])


def take(stream: BinaryIO, name: str, settings: Mapping[str, Any], into: np.ndarray, content: str) -> Outcome:
    """Decode an open file."""
    start = stream.read(32)
    stream.seek(0)
    try:
        with Image.open(stream, formats=decoders()) as image:
            size = image.size
            if image.width * image.height > settings["max_pixels"]:
                return Outcome(False, ["too_large"], size=size)
            if min(image.size) < settings["min_side"]:
                return Outcome(False, ["too_small"], size=size)
            if image.mode not in KNOWN:
                return Outcome(False, ["odd_pixels"], size=size)
            kinds = remarks(image, start, name)
            into[:], look, turn = pixels_of(image, settings, kinds, crop_at(settings, content))
    except UnidentifiedImageError:
        is_picture = start.startswith(SIGNATURES) or start[4:8] == BOXES
        return Outcome(False, ["damaged" if is_picture else "no_image"])
    except MemoryError:
        return Outcome(False, ["crashed"])
    except Exception:  # a decoder that is given damaged bytes may raise anything
        return Outcome(False, ["damaged"])
    pixels = hashlib.blake2b(into.tobytes(), digest_size=16).hexdigest()
    crop = fractions(box(size, settings["fit"], crop_at(settings, content)), size)
    if turn is not None:
        size, crop = (size[::-1] if turn in SIDEWAYS else size), turned(crop, turn)
    return Outcome(True, kinds, content, pixels, size, crop if crop != WHOLE else (), look)


def remarks(image: Image.Image, start: bytes, name: str) -> list[str]:
    """Kinds of problems that an opened, not yet decoded picture has and is taken with."""
    found = {
        "deep": image.mode in DEEP or is_deep_png(start),
        "grey": image.mode in (*GREY, *GREY_ALPHA, *DEEP),
        "palette": image.mode in ("P", "PA"),
        "cmyk": image.mode == "CMYK",
        "frames": getattr(image, "n_frames", 1) > 1,
        "profile": "icc_profile" in image.info,
        "misnamed": readable().get(suffix_of(name)) != (image.format or "").replace("MPO", "JPEG"),
    }
    return [kind for kind, is_so in found.items() if is_so]


def pixels_of(
    image: Image.Image, settings: Mapping[str, Any], kinds: list[str], position: float
) -> tuple[np.ndarray, str, Image.Transpose | None]:
    """The pixels of an opened picture, uint8 (side, side, 3), its look, and how it was turned upright, if it was.

    position: of the crop, as in `box`. Adds problems that show only now to `kinds`.
    """
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
    averaged = resizable(image, transparent)
    small = averaged.resize(
        size, Image.Resampling[settings["filter"].upper()], box(whole, fit, position), reducing_gap=GAP
    )
    if small.mode == "RGBA" and is_transparent(small):
        kinds.append("alpha")
    small = opaque(small, background)
    look = opaque(averaged.resize((LOOK, LOOK), Image.Resampling.BOX, reducing_gap=GAP), background)
    turn = UPRIGHT.get(orientation(image))
    if turn is not None:  # after resizing: for square results the order does not matter
        small, look = small.transpose(turn), look.transpose(turn)
        kinds.append("rotated")
    if small.size != (side, side):
        padded = Image.new("RGB", (side, side), background)
        padded.paste(small, ((side - small.width) // 2, (side - small.height) // 2))
        small = padded
    return np.asarray(small), look_of(look), turn


def opaque(image: Image.Image, background: tuple[int, ...]) -> Image.Image:
    """A resized picture of any mode as RGB."""
    if image.mode == "RGBA":
        laid = Image.new("RGB", image.size, background)
        laid.paste(image, mask=image.getchannel("A"))
        return laid
    if image.mode == "I":
        image = in_8_bits(image)
    return image if image.mode == "RGB" else image.convert("RGB")


def target(size: tuple[int, int], side: int, fit: str) -> tuple[int, int]:
    """Width and height after resizing."""
    if fit != "pad":
        return side, side
    longest = max(size)
    return max(1, round(side * size[0] / longest)), max(1, round(side * size[1] / longest))


def crop_at(settings: Mapping[str, Any], content: str) -> float:
    """Where a crop lies, from one end of the longer side (0) to the other (1). content: a digest of the file."""
    return crop_position(content, settings["seed"]) if settings["fit"] == "random_crop" else CENTRE


def box(size: tuple[int, int], fit: str, position: float) -> Box:
    """The part that is kept: left, top, right, bottom. Its edges may lie between pixels."""
    width, height = size
    if fit not in CROPS:
        return 0, 0, width, height
    shortest = min(size)
    left, top = (width - shortest) * position, (height - shortest) * position
    return left, top, left + shortest, top + shortest


def fractions(part: Box, size: tuple[int, int]) -> Box:
    """A part of a picture relative to its width and height, to four decimals."""
    width, height = size
    left, top, right, bottom = part
    return round(left / width, 4), round(top / height, 4), round(right / width, 4), round(bottom / height, 4)


def turned(part: Box, turn: Image.Transpose) -> Box:
    """A part of a picture, in fractions, after the picture was turned."""
    left, top, right, bottom = part
    if turn in SIDEWAYS:  # each of these is a transposition and one of the other three
        left, top, right, bottom = top, left, bottom, right
    if turn in MIRRORED:
        left, right = 1 - right, 1 - left
    if turn in UPSIDE_DOWN:
        top, bottom = 1 - bottom, 1 - top
    return round(left, 4), round(top, 4), round(right, 4), round(bottom, 4)


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
