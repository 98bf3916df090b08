"""Image grids: gaps, cropping, embedding."""

import numpy as np

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
