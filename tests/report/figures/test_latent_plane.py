"""Latent plane: images without gaps, sliders, and the space it takes."""

import base64
import io
import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.fake_results import write_study
from PIL import Image

from easel.images import grid, save_png
from easel.report import cells as report
from easel.report.figures.latent_plane import BYTES, grid_images


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    study = write_study(tmp_path_factory.mktemp("results"), runs={"vae_gan": "vae_gan"})
    return report.read_run(study / "vae_gan" / "seed-0", study.parent / "datasets" / "shapes")


def with_plane(run, folder, rows: int, columns: int, latent_dim: int, size: int = 4):
    """The run as if it had left a grid of noise in a latent space of so many dimensions."""
    images = np.random.default_rng(0).integers(0, 256, (rows * columns, size, size, 3), np.uint8)
    save_png(folder / "latent_plane.png", grid(images, columns))
    settings = run.training["settings"] | {"latent_dim": latent_dim}
    dataset = run.dataset | {"image_shape": [size, size, 3]}
    return replace(run, folder=folder, training=run.training | {"settings": settings}, dataset=dataset), images


def picture_in(html: str) -> np.ndarray:
    data = re.search(r"data:image/png;base64,([^\"]+)", html)[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))


def test_grid_is_split_into_images():
    images = np.random.default_rng(0).integers(0, 256, (6, 5, 7, 3), np.uint8)
    np.testing.assert_array_equal(grid_images(grid(images, 3), (5, 7)), images.reshape(2, 3, 5, 7, 3))


def test_picture_has_no_gaps(run, tmp_path):
    few, images = with_plane(run, tmp_path, 3, 5, 64)
    got = report.latent_plane(few)
    wanted = images.reshape(3, 5, 4, 4, 3).swapaxes(1, 2).reshape(12, 20, 3)
    np.testing.assert_array_equal(picture_in(got), wanted)
    assert 'data-rows="3" data-columns="5"' in got
    assert 'alt="3 × 5 images from a patch of latent space"' in got


def test_sliders_start_in_the_middle_and_are_hidden_without_javascript(run):
    got = report.latent_plane(run)
    assert got.count('<input type="range" min="1" max="17" value="9" step="1">') == 2
    assert '<div class="sliders" hidden="">' in got


def test_caption_fits_the_latent_space(run, tmp_path):
    assert "length 128 lie close to a sphere" in report.latent_plane(run)
    square, _ = with_plane(run, tmp_path, 5, 5, 2)
    assert "The two latent dimensions" in report.latent_plane(square)
    row, _ = with_plane(run, tmp_path, 1, 5, 1)
    got = report.latent_plane(row)
    assert "The only latent dimension" in got
    assert got.count("<input") == 1


def test_large_images_are_fewer(run, tmp_path):
    large, _ = with_plane(run, tmp_path, 17, 17, 64, 64)
    got = report.latent_plane(large)
    assert 'data-rows="9" data-columns="9"' in got
    assert len(got) < BYTES + 10_000


def test_no_grid_is_nothing(run, tmp_path):
    assert report.latent_plane(replace(run, folder=tmp_path)) is None
