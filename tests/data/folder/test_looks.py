"""What pictures look like: near duplicates are found, and others are not."""

import io
import itertools

import numpy as np
import pytest
from helpers.photographs import photograph
from PIL import Image, ImageEnhance

from easel.data.folder import looks
from easel.data.folder.looks import SIDE, look_of, near_duplicates


def look(picture):
    return look_of(picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX))


def as_jpeg(picture, quality):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return Image.open(stream)


CHANGES = {
    "compressed": lambda picture: as_jpeg(picture, 30),
    "smaller": lambda picture: picture.resize((picture.width // 3, picture.height // 3)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.15),
    "less contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(0.85),
    "cut by 2 %": lambda picture: picture.crop((4, 0, picture.width, picture.height)),
}


def pairs(some):
    return [tuple(pair) for part in near_duplicates(some) for pair in part[:, :2].tolist()]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_a_near_duplicate(change):
    originals = [photograph(number, 200, 150) for number in range(30)]
    found = pairs([look(picture) for each in originals for picture in (each, CHANGES[change](each))])
    caught = sum((2 * i, 2 * i + 1) in found for i in range(30))
    assert caught >= 27
    assert len(found) == caught, "different pictures are taken for near duplicates"


def test_plain_pictures_of_different_colours_differ():
    plain = [Image.new("RGB", (64, 64), colour) for colour in ("red", "blue", "white", "black", (250, 250, 250))]
    assert pairs(list(map(look, plain))) == [(2, 4)]


def test_every_pair_is_compared_once_in_whatever_parts(monkeypatch):
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 256, (300, 8), np.uint8)
    for row in range(0, 300, 10):  # near duplicates of the row before, with 0 to 9 bits changed
        hashes[row] = hashes[row - 1] ^ np.packbits(np.arange(64) < row // 10 % 10)
    some = [row.tobytes().hex() + "80" * 48 for row in hashes]
    bits = np.unpackbits(hashes, axis=1).astype(int)
    expected = {
        (i, j, distance)
        for i, j in itertools.combinations(range(300), 2)
        if (distance := int(np.abs(bits[i] - bits[j]).sum())) <= looks.BITS
    }
    for compared in (1, 1000, 2**18):
        monkeypatch.setattr(looks, "COMPARED", compared)
        found = [tuple(pair) for part in near_duplicates(some) for pair in part.tolist()]
        assert len(found) == len(set(found))
        assert set(found) == expected
    assert len(expected) > 20
    assert list(near_duplicates(some[:1])) == list(near_duplicates([])) == []
