"""Picture files: formats and modes, printable file names, and transparency."""

import numpy as np
from PIL import Image

SUFFIXES = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP"}
"""The ends of names, in lower case -> Pillow's format."""

FORMATS = tuple(dict.fromkeys(SUFFIXES.values()))
"""The formats that are decoded. Pillow knows many more, and each of its decoders is one more to attack."""

# Pillow's modes of pixels
GREY = ("1", "L")
GREY_ALPHA = ("LA", "La")
ALPHA = (*GREY_ALPHA, "PA", "RGBA", "RGBa")

ORIENTATION = 0x0112
"""The EXIF tag of the orientation; 1 is upright."""


def suffix_of(name: str) -> str:
    """The end of a name, in lower case, from its last dot; "" without one."""
    return name[name.rindex(".") :].lower() if "." in name else ""


def printable_name(name: str) -> str:
    """A file name as one line of valid, printable Unicode; different names stay different.

    What cannot be printed (a newline, bytes that are not UTF-8, characters that change the direction of writing)
    becomes a Python escape such as `\\n` or `\\xff`, and a backslash becomes two.
    """
    if name.isprintable() and "\\" not in name:
        return name
    return "".join(
        f"\\x{ord(character) - 0xDC00:02x}"  # a byte that is no UTF-8, as os.fsdecode keeps it
        if 0xDC80 <= ord(character) <= 0xDCFF
        else character
        if character.isprintable() and character != "\\"
        else character.encode("unicode_escape").decode()
        for character in name
    )


def is_deep_png(start: bytes) -> bool:
    """True for a PNG with 16 bits per channel. start: the file's first bytes, 25 or more.

    Pillow reads 16 bits per channel of a colour as 8 without notice; a PNG's header has the depth as byte 24.
    """
    return start.startswith(b"\x89PNG") and start[24:25] == b"\x10"


def is_transparent(image: Image.Image) -> bool:
    """True if any pixel of an RGBA image is not opaque."""
    return bool(np.asarray(image.getchannel("A")).min() < 255)
