"""Thumbnails of grids of samples."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from easel.images import grid, save_png
from easel.report.figures.thumbnails import COLUMNS, GAP, ROWS, WIDTH, thumbnail
from easel.texts import say

ALT = say("studies.samples_of", study="s")


def decoded(html: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(re.search(r'base64,([^"]+)"', html)[1])))


@pytest.mark.parametrize("columns", [8, 10])
def test_the_first_images_are_shown(tmp_path, columns):
    """Each image has a grey level of its own; the corners of the thumbnail are those of the right images."""
    levels = np.arange(columns**2) * 2
    images = np.broadcast_to(levels[:, None, None, None], (columns**2, 28, 28, 3)).astype(np.uint8)
    save_png(tmp_path / "a.png", grid(images, columns))
    shown = decoded(thumbnail(tmp_path / "a.png", columns, ALT))
    assert shown.size == (COLUMNS * (28 + GAP) - GAP, ROWS * (28 + GAP) - GAP)
    pixels = np.asarray(shown.convert("L")).astype(int)
    first_of_last_row = (ROWS - 1) * columns * 2
    corners = [pixels[9, 9], pixels[9, -9], pixels[-9, 9], pixels[-9, -9]]
    expected = [0, 2 * (COLUMNS - 1), first_of_last_row, first_of_last_row + 2 * (COLUMNS - 1)]
    assert np.abs(np.subtract(corners, expected)).max() <= 4  # WebP is lossy


def test_large_images_are_scaled_down(tmp_path):
    save_png(tmp_path / "a.png", grid(np.zeros((100, 128, 128, 3), np.uint8), 10))
    html = thumbnail(tmp_path / "a.png", 10, ALT)
    assert decoded(html).width == WIDTH
    assert len(html) < 5_000
    assert 'alt="Samples of the study s"' in html


def test_a_grid_of_few_images(tmp_path):
    save_png(tmp_path / "a.png", grid(np.zeros((3, 8, 8, 3), np.uint8), 10))
    assert decoded(thumbnail(tmp_path / "a.png", 10, ALT)).height == 8


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_a_damaged_picture_is_none(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    assert thumbnail(tmp_path / "a.png", 10, ALT) is None


def test_a_missing_or_cut_picture_is_none(tmp_path):
    assert thumbnail(tmp_path / "a.png", 10, ALT) is None
    save_png(tmp_path / "a.png", np.random.default_rng(0).integers(0, 256, (90, 90, 3), np.uint8))
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:2_000])
    assert thumbnail(tmp_path / "a.png", 10, ALT) is None
