"""Pictures as detailed as photographs, and files with every kind of damage."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

CLASSES = ("barn", "field", "river", "tower")


@cache
def landscape(side: int = 512) -> np.ndarray:
    """Coloured noise with detail at every scale: uint8 (side, side, 3)."""
    random = np.random.default_rng(0)
    total = np.zeros((side, side, 3))
    for scale in (1, 3, 9, 27):
        layer = gaussian_filter(random.standard_normal((side, side, 3), np.float32), (scale, scale, 0), mode="wrap")
        total += layer / layer.std()
    return np.clip(128 + 35 * total, 0, 255).astype(np.uint8)


def photograph(number: int, width: int = 96, height: int = 72) -> Image.Image:
    """A picture that depends on `number` alone."""
    random = np.random.default_rng(number)
    top, left = random.integers(0, 512 - height), random.integers(0, 512 - width)
    gain = random.uniform(0.6, 1.3, 3)
    cut = landscape()[top : top + height, left : left + width]
    return Image.fromarray(np.clip(cut * gain, 0, 255).astype(np.uint8))


def write_photographs(folder: Path, count: int) -> None:
    """Write `count` pictures in a folder per class, of different sizes, in all four formats."""
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
    for i in range(count):
        picture = photograph(i, 64 + i % 60, 60 + i % 31)
        suffix = ("jpg", "jpg", "jpg", "jpg", "jpg", "png", "webp", "bmp")[i % 8]
        options = {"webp": {"method": 0}, "png": {"compress_level": 1}}.get(suffix, {})
        picture.save(folder / CLASSES[i % 4] / f"photo {i:05}.{suffix}", **options)


# --- damage --------------------------------------------------------------------------------------------


def saved(picture: Image.Image, form: str, **options) -> bytes:
    """A picture encoded as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, form, **options)
    return file.getvalue()


def png(width: int, height: int, data: bytes, depth: int = 1, colour: int = 0) -> bytes:
    """A PNG with an arbitrary header."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def deep_colour() -> bytes:
    """A PNG with 16 bits in each of three channels, which Pillow cannot write."""
    values = np.asarray(photograph(7003)).astype(">u2") * 257
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    return png(values.shape[1], values.shape[0], zlib.compress(rows), depth=16, colour=2)


def rotated() -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(photograph(7001), "JPEG", exif=exif)


def cut(data: bytes, part: float) -> bytes:
    return data[: int(part * len(data))]


def flipped(data: bytes) -> bytes:
    """Invert a byte in the middle."""
    place = len(data) // 2
    return data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :]


FILES: dict[str, tuple[str, Callable[[], bytes]]] = {
    # left out
    "barn/cut short.png": ("damaged", lambda: cut(saved(photograph(1), "PNG"), 0.7)),
    "barn/cut short.jpg": ("damaged", lambda: cut(saved(photograph(2), "JPEG"), 0.5)),
    "barn/cut short.webp": ("damaged", lambda: cut(saved(photograph(3), "WEBP"), 0.5)),
    "barn/a byte is wrong.png": ("damaged", lambda: flipped(saved(photograph(4), "PNG"))),
    "barn/only a signature.png": ("damaged", lambda: b"\x89PNG\r\n\x1a\n"),
    "barn/nothing.jpg": ("empty", lambda: b""),
    "barn/a page.png": ("no_image", lambda: b"<html>Not found</html>"),
    "barn/vector.jpg": ("no_image", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    "barn/hundred megapixels.png": ("too_large", lambda: png(10_000, 10_000, zlib.compress(bytes(10_000 * 1_251), 1))),
    "barn/says it is endless.png": ("too_large", lambda: png(2**31 - 1, 2**31 - 1, b"")),
    "barn/too small.png": ("too_small", lambda: saved(photograph(5, 40, 3), "PNG")),
    "barn/film.gif": ("other_picture", lambda: saved(photograph(6), "GIF")),
    "barn/Thumbs.db": ("other_type", lambda: b"\xd0\xcf\x11\xe0"),
    "barn/.DS_Store": ("hidden", lambda: b"\0\0\0\1Bud1"),
    "barn/._photo 00000.jpg": ("hidden", lambda: b"\0\5\x16\7"),
    "beside the classes.png": ("outside_classes", lambda: saved(photograph(8), "PNG")),
    "readme.txt": ("other_type", lambda: b"Taken in spring."),
    # taken
    "field/turned.jpg": ("rotated", rotated),
    "field/see-through.png": ("alpha", lambda: saved(see_through(), "PNG")),
    "field/grey.jpg": ("grey", lambda: saved(photograph(7002).convert("L"), "JPEG")),
    "field/deep.png": ("deep", lambda: saved(Image.fromarray(deep_grey()), "PNG")),
    "field/deep colour.png": ("deep", deep_colour),
    "field/palette.png": ("palette", lambda: saved(photograph(7004).quantize(32), "PNG")),
    "field/print.jpg": ("cmyk", lambda: saved(photograph(7005).convert("CMYK"), "JPEG")),
    "field/profile.jpg": ("profile", lambda: saved(photograph(7006), "JPEG", icc_profile=b"not a real one")),
    "field/film.webp": (
        "frames",
        lambda: saved(photograph(7007), "WEBP", save_all=True, append_images=[photograph(9)]),
    ),
    "field/film.png": ("frames", lambda: saved(photograph(7008), "PNG", save_all=True, append_images=[photograph(10)])),
    "field/small.png": ("enlarged", lambda: saved(photograph(7009, 20, 20), "PNG")),
    "field/really a jpeg.png": ("misnamed", lambda: saved(photograph(7010), "JPEG")),
    "field/two\nlines.png": ("odd_name", lambda: saved(photograph(7011), "PNG")),
    "field/caf\udce9.png": ("odd_name", lambda: saved(photograph(7012), "PNG")),  # é in Latin-1
    "field/backslash\\.png": ("odd_name", lambda: saved(photograph(7013), "PNG")),
}
"""File name -> the kind of problem to be found, and the file's bytes."""


def see_through() -> Image.Image:
    picture = photograph(7014).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    return picture


def deep_grey() -> np.ndarray:
    """A ramp over all grey levels: uint16 (72, 96)."""
    return np.linspace(0, 65535, 72 * 96).round().astype(np.uint16).reshape(72, 96)


def damage(folder: Path) -> dict[str, str]:
    """Add every kind of damaged file to a folder of photographs; return the expected kind of problem by name."""
    expected = {}
    for name, (kind, content) in FILES.items():
        (folder / name).write_bytes(content())
        expected[name] = kind
    first = sorted((folder / "river").iterdir())[0]
    copies = {
        "river/zz copy.png": ("duplicate", saved(Image.open(folder / "river" / "photo 00046.webp"), "PNG")),
        f"river/zz {first.name}": ("duplicate", first.read_bytes()),
        f"tower/zz {first.name}": ("duplicate_across", first.read_bytes()),
    }
    for name, (kind, content) in copies.items():
        (folder / name).write_bytes(content)
        expected[name] = kind
    outside = folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "secret.png").write_bytes(saved(photograph(11), "PNG"))
    links = {
        "river/zz linked.jpg": (first, "duplicate"),
        "river/nowhere.jpg": ("does not exist.jpg", "broken_link"),
        "river/circle.jpg": ("circle.jpg", "broken_link"),
        "river/out.png": (outside / "secret.png", "outside_link"),
        "river/out folder": (outside, "outside_link"),
        "river/up": ("..", "repeated_folder"),
        "river/barn": (folder / "barn", "repeated_folder"),
    }
    for name, (target, kind) in links.items():
        (folder / name).symlink_to(target)
        expected[name] = kind
    os.mkfifo(folder / "tower" / "pipe.png")
    (folder / "empty").mkdir()
    (folder / "only bad").mkdir()
    (folder / "only bad" / "page.png").write_bytes(b"<html>")
    expected |= {"tower/pipe.png": "no_file", "empty/": "empty_class", "only bad/": "empty_class"}
    return expected | {"only bad/page.png": "no_image"}
