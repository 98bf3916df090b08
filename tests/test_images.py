"""Pixels: ranges, grids, PNG."""

import numpy as np
import pytest
from PIL import Image

from easel.images import grid, images_at, row_classes, save_png, to_float, to_uint8


def test_every_value_survives_the_way_to_float_and_back():
    values = np.arange(256, dtype=np.uint8)
    floats = to_float(values)
    assert floats.dtype == np.float32
    assert (floats[0], floats[-1]) == (-1.0, 1.0)
    np.testing.assert_array_equal(to_uint8(floats), values)


def test_floats_out_of_range_are_clipped():
    np.testing.assert_array_equal(to_uint8(np.array([-3.0, 0.0, 3.0])), [0, 128, 255])


def test_a_grid_goes_row_by_row_and_is_filled_up():
    images = np.arange(1, 4, dtype=np.uint8)[:, None, None, None] * np.ones((1, 2, 2, 3), np.uint8)
    sheet = grid(images, columns=2, gap=1, background=9)
    assert sheet.shape == (5, 5, 3)
    np.testing.assert_array_equal(
        sheet[..., 0],
        [[1, 1, 9, 2, 2], [1, 1, 9, 2, 2], [9, 9, 9, 9, 9], [3, 3, 9, 9, 9], [3, 3, 9, 9, 9]],
    )


def test_png_keeps_every_pixel(tmp_path):
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)
    save_png(tmp_path / "a.png", image)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "a.png")), image)


def test_some_images_are_read_out_of_many(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (50, 4, 5, 3), np.uint8)
    np.savez(tmp_path / "samples.npz", images=images, latents=np.zeros((50, 2), np.float32))
    got = images_at(tmp_path / "samples.npz", [49, 0, 7, 7])
    np.testing.assert_array_equal(got, images[[49, 0, 7, 7]])
    assert got.dtype == np.uint8
    assert images_at(tmp_path / "samples.npz", []).shape == (0, 4, 5, 3)
    with pytest.raises(IndexError, match="has 50 images, so there is none at index 50"):
        images_at(tmp_path / "samples.npz", [50])


def test_grid_rows_cycle_through_the_classes():
    classes = row_classes([0, 3], rows=3, columns=2)
    assert classes.dtype == np.int32
    np.testing.assert_array_equal(classes, [0, 0, 3, 3, 0, 0])
