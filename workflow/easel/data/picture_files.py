"""Picture files: formats and modes, printable file names, and transparency."""

import os
import re
import shlex
from functools import cache
from importlib import import_module
from importlib.util import find_spec

import numpy as np
from PIL import Image, features

SUFFIXES = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".jpe": "JPEG", ".jfif": "JPEG", ".pjpeg": "JPEG", ".pjp": "JPEG",
    ".webp": "WEBP", ".bmp": "BMP",
}  # fmt: skip
"""The ends of names, in lower case -> Pillow's format."""

WITH_A_READER = {".avif": "AVIF", ".heic": "HEIF", ".heif": "HEIF"}
"""The same for pictures that Pillow reads in some environments only (`readable`)."""
HEIF_READER = "pillow_heif"

OTHER_PICTURES = (
    ".apng", ".arw", ".cr2", ".cr3", ".dng", ".gif", ".ico", ".j2k", ".jp2", ".jxl", ".nef",
    ".orf", ".pbm", ".pcx", ".pgm", ".pnm", ".ppm", ".psd", ".raf", ".raw", ".rw2", ".svg", ".tga", ".tif", ".tiff",
)  # fmt: skip
"""The ends of names of pictures that are not read."""

ADDRESS = re.compile(r"\b(?:https?|ftp|s3|gs|file):/+[^/?#@]+(?=[/?#]|$)")
"""An address in a path, up to its host; what follows, and names and passwords, are not shown."""

UNPACK = {
    (".zip",): "unzip {0} -d {1}",
    (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz", ".tar.zst"):
        "mkdir {1} && tar -xf {0} -C {1}",
    (".7z",): "7z x {0} -o{1}",
    (".rar",): "unrar x {0} {1}/",
}  # fmt: skip
"""The ends of archives' names -> the command that unpacks {0}, the archive, into {1}, a folder."""

HIDDEN = (
    "__MACOSX", "__pycache__", "@eaDir", "@Recycle", "@tmp", "#recycle", "#snapshot", "$RECYCLE.BIN",
    "System Volume Information", "lost+found",
)  # fmt: skip
"""Folders that systems and storage devices make; some hold thumbnails of the pictures beside them."""

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


@cache
def readable() -> dict[str, str]:
    """The ends of names that are read in folders of pictures, in lower case -> Pillow's format.

    Pillow reads AVIF if it was built so, as it usually is from version 11.3 on, and HEIC with the package pillow-heif.
    """
    has = {"AVIF": features.check("avif"), "HEIF": find_spec(HEIF_READER) is not None}
    return SUFFIXES | {suffix: form for suffix, form in WITH_A_READER.items() if has[form]}


@cache
def decoders() -> tuple[str, ...]:
    """The formats that are decoded in folders of pictures. Registers the reader of HEIC, if it is installed."""
    formats = tuple(dict.fromkeys(readable().values()))
    if "HEIF" in formats:
        import_module(HEIF_READER).register_heif_opener()
    return formats


def kind_of_name(name: str) -> str:
    """The kind of problem that a file has from its name, a key of `folder.problems.KINDS`; "" for a picture."""
    suffix = suffix_of(name)
    if suffix in readable():
        return ""
    if suffix in WITH_A_READER:
        return "needs_heif" if WITH_A_READER[suffix] == "HEIF" else "needs_avif"
    return "other_picture" if suffix in OTHER_PICTURES else "other_type"


def no_folder(path: str) -> str:
    """Why a path is no folder or zip of pictures, and what would be right. path: absolute."""
    if address := ADDRESS.search(path):
        return f"{address[0]}… is an address, not a folder; download the pictures and name the folder that they are in"
    if not os.path.exists(path):
        target = f", as it is a link to {os.readlink(path)}, which does not exist" if os.path.islink(path) else ""
        return f"there is no {'file' if suffix_of(path) == '.zip' else 'folder'} {path}{target}"
    parent = os.path.dirname(path)
    for endings, command in UNPACK.items():
        if path.lower().endswith(endings):
            stem = path[: -len(next(end for end in endings if path.lower().endswith(end)))]
            shown = shlex.quote(path), shlex.quote(stem)
            return (
                f"{path} is an archive, not a folder; unpack it ({command.format(*shown)}) and name the folder {stem}"
            )
    kind = "a single picture" if suffix_of(path) in (*SUFFIXES, *WITH_A_READER, *OTHER_PICTURES) else "a file"
    return f"{path} is {kind}, not a folder; name a folder of pictures, such as {parent}"


def is_hidden(name: str) -> bool:
    """True for a file or folder that does not count: its name starts with a dot, or a system made it."""
    return name.startswith(".") or name in HIDDEN


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
