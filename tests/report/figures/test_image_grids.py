"""Image grids: gaps, cropping, embedding."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from easel.images import grid, save_png
from easel.report.figures import image_grids


def test_only_gaps_are_transparent():
    images = np.full((4, 6, 8, 3), 255, np.uint8)
    alpha = image_grids.with_transparent_gaps(grid(images, 2), (6, 8))[..., 3]
    assert alpha[:6, :8].min() == 255
    assert alpha[8:, 10:].min() == 255
    assert alpha[6:8].max() == 0
    assert alpha[:, 8:10].max() == 0


def test_grid_is_cropped_to_whole_images():
    sheet = grid(np.zeros((64, 6, 8, 3), np.uint8), 8)
    assert image_grids.crop_grid(sheet, (6, 8), 4, 3).shape == (3 * 8 - 2, 4 * 10 - 2, 3)
    assert image_grids.crop_grid(sheet, (6, 8), None, None).shape == sheet.shape


def test_groups_of_rows_are_separated():
    sheet = image_grids.with_transparent_gaps(grid(np.zeros((8, 6, 8, 3), np.uint8), 2), (6, 8))
    got = image_grids.with_row_gaps(sheet, 2 * 8)[..., 3]
    assert len(got) == len(sheet) + 3 * 2
    assert [int(row) for row in got[:, 0] > 0] == [1] * 6 + [0] * 2 + [1] * 6 + [0] * 8 + [1] * 6 + [0] * 2 + [1] * 6


def test_picture_is_embedded_with_alt_text_and_sharp_pixels(tmp_path):
    save_png(tmp_path / "a.png", np.zeros((6, 8, 3), np.uint8))
    got = image_grids.picture(tmp_path / "a.png", "black", "nothing at all")
    assert 'src="data:image/png;base64,' in got
    assert 'alt="black" width="16" height="12"' in got
    assert "image-rendering: pixelated" in got
    assert "<figcaption>nothing at all</figcaption>" in got


# --- large images --------------------------------------------------------------------------------------


def noise_sheet(cell: int, columns: int, rows: int) -> np.ndarray:
    images = np.random.default_rng(0).integers(0, 256, (columns * rows, cell, cell, 3), np.uint8)
    return image_grids.with_transparent_gaps(grid(images, columns), (cell, cell))


def embedded(html: str) -> Image.Image:
    kind, data = re.search(r'src="data:image/(\w+);base64,([^"]+)"', html).groups()
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert image.format.lower() == kind
    return image


@pytest.mark.parametrize(("cell", "size"), [(96, (194, 96)), (128, (258, 128)), (256, (257, 128))])
def test_large_images_are_shown_as_photographs_are(cell, size):
    """Of 128 pixels at most, at one screen pixel for each, smoothly."""
    html = image_grids.embedded_image(noise_sheet(cell, 2, 1), "noise", 2, cell)
    assert embedded(html).size == size
    assert embedded(html).format == "WEBP"
    assert f'width="{size[0]}" height="{size[1]}"' in html
    assert "pixelated" not in html
    assert embedded(html).convert("RGBA").getpixel((size[0] // 2, 5))[3] < 255  # the gap


def test_a_sheet_of_large_images_has_the_columns_of_one_of_small_images():
    html = image_grids.sheet_image(noise_sheet(128, 3, 2), "noise", (128, 128))
    assert "--pitch: 65px; --gap: 1px" in html
    assert 'class="sheet"' in html
    assert embedded(html).size == (388, 258)


@pytest.mark.parametrize("cell", [96, 128, 256])
def test_as_many_large_images_fit_as_is_said(cell):
    count = image_grids.images_that_fit(400_000, (cell, cell))
    assert count >= 6
    html = image_grids.sheet_image(noise_sheet(cell, 2, count // 2), "noise", (cell, cell))
    assert 0.5 * 240_000 < len(html) < 1.05 * 240_000
