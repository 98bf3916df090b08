"""Pictures that a study names one by one, from files that may be anything."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from easel.config.datasets import Shapes
from easel.data.named_pictures import preparation
from easel.data.single_pictures import check_unchanged, prepare, problem, read_pictures
from easel.runtime.errors import EaselError
from easel.runtime.files import sha256

SETTINGS = preparation(Shapes(format="shapes"))


def save(file: Path, size=(60, 40), colour=(200, 10, 10), **options) -> str:
    Image.new("RGB", size, colour).save(file, **options)
    return str(file)


def bomb(file: Path, side: int) -> str:
    """A PNG of a few bytes, whose header promises side² pixels."""
    save(file)
    content = file.read_bytes()
    header = b"IHDR" + struct.pack(">II", side, side) + content[24:29]
    file.write_bytes(content[:12] + header + struct.pack(">I", zlib.crc32(header)) + content[33:])
    return str(file)


def test_pictures_are_turned_cropped_and_resized(tmp_path):
    """Left red, right blue; as it lies, the camera was turned by a quarter, so red is above."""
    image = Image.new("RGB", (40, 80), (255, 0, 0))
    image.paste((0, 0, 255), (20, 0, 40, 80))
    exif = Image.Exif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    grey = Image.new("L", (5, 9), 77)
    grey.save(tmp_path / "tiny.png")
    pixels = read_pictures([str(tmp_path / "turned.jpg"), str(tmp_path / "tiny.png")], SETTINGS)
    assert pixels.shape == (2, 32, 32, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels[0, 4, 16], [255, 0, 0], atol=20)
    np.testing.assert_allclose(pixels[0, 27, 16], [0, 0, 255], atol=20)
    assert (pixels[1] == 77).all()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("text.png", b"no picture at all, but text", "is not a picture; name a PNG, JPEG, WebP or BMP file"),
        ("empty.png", b"", "is empty; name a PNG"),
        ("cut.png", b"\x89PNG\r\n\x1a\n and then nothing", "is damaged or truncated; name a PNG"),
        ("film.gif", b"GIF89a", "is a picture of a type that is not read; convert it to PNG"),
    ],
)
def test_what_is_no_picture_is_said(tmp_path, name, content, why):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(EaselError) as error:
        read_pictures([save(tmp_path / "good.png"), str(file)], SETTINGS)
    assert str(error.value).startswith(f"{file} {why}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("side", [8_000, 60_000])
def test_a_bomb_is_not_decoded(tmp_path, side):
    """Also where Pillow itself would refuse."""
    path = bomb(tmp_path / "bomb.png", side)
    (outcome,) = prepare([path], SETTINGS).outcomes
    assert problem(path, outcome, 50_000_000) == (
        f"has {side:,} × {side:,} pixels; it may have 50,000,000 in all. Name a smaller copy"
    )


def test_a_picture_that_changes_meanwhile_is_named(tmp_path):
    path = save(tmp_path / "a.png")
    checksums = [sha256(path)]
    check_unchanged([path], checksums)
    save(tmp_path / "a.png", colour=(0, 0, 0))
    with pytest.raises(EaselError, match=r"a\.png has changed since this command began"):
        check_unchanged([path], checksums)
