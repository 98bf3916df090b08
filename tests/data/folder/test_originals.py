"""Whole pictures, small, for a page."""

import numpy as np
from helpers.photographs import photograph, saved
from PIL import Image

from easel.data.folder.originals import originals


def test_originals_are_whole_upright_and_unpadded(tmp_path, settings):
    folder = tmp_path / "pictures"
    folder.mkdir()
    upright = photograph(4, 200, 50)
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = saved(upright.transpose(Image.Transpose.ROTATE_90), "PNG", exif=exif)
    for name, content in (("wide.png", saved(upright, "PNG")), ("turned.png", turned), ("broken.png", b"\x89PNG")):
        (folder / name).write_bytes(content)
    (folder / "a\nb.png").write_bytes(saved(photograph(5, 40, 80), "PNG"))
    names = ["wide.png", "turned.png", "broken.png", "gone.png", "a\\nb.png"]
    found = originals(folder, names, settings(fit="crop", background=[0, 0, 0]), 100, 1)
    assert {name: picture.shape for name, picture in found.items()} == {
        "wide.png": (25, 100, 3), "turned.png": (25, 100, 3), "a\\nb.png": (100, 50, 3),
    }  # fmt: skip
    assert np.abs(found["wide.png"].astype(int) - found["turned.png"]).mean() < 2
    assert originals(tmp_path / "gone", names, settings(), 100, 1) == {}
