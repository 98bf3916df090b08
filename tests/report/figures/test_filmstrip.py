"""Filmstrip: frames, captions, and the space they take."""

import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.fake_results import write_study

from easel.images import grid, save_png
from easel.report import cells as report
from easel.report.figures.filmstrip import BYTES, STOPS, STRIP, frame_caption, spread_steps
from easel.report.figures.image_grids import allowed


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    study = write_study(tmp_path_factory.mktemp("results"), runs={"vae_gan": "vae_gan"})
    return report.read_run(study / "vae_gan" / "seed-0", study.parent / "datasets" / "shapes")


def with_frames(run, folder, count: int, cell: int):
    """The run as if it had left so many grids of noise, which no PNG makes smaller."""
    (folder / "progress").mkdir()
    sheet = grid(np.random.default_rng(0).integers(0, 256, (64, cell, cell, 3), np.uint8), 8)
    save_png(folder / "sheet.png", sheet)
    for step in range(count):
        (folder / "progress" / f"step-{step:06d}.png").hardlink_to(folder / "sheet.png")
    return replace(run, folder=folder, dataset=run.dataset | {"image_shape": [cell, cell, 3]})


@pytest.mark.parametrize("frames", [1, 2, 9, 10, 11, 13, 17, 100, 5000])
def test_frames_span_training_and_are_denser_at_the_start(frames):
    steps = list(range(0, 10 * frames, 10))
    got = spread_steps(steps, 10)
    assert got[0] == steps[0]
    assert got[-1] == steps[-1]
    assert got == sorted(set(got))
    assert len(got) == min(frames, 10)
    gaps = np.diff(got)
    assert frames <= 10 or gaps[0] <= gaps[-1]


def test_frame_and_caption_for_each_grid(run):
    got = report.filmstrip(run)
    assert got.count("<img") == len(run.progress) == 8
    assert ">step 0 · epoch 0</span>" in got
    assert ">스텝 313 · 에폭 4 · 붕괴</span>" in got
    assert 'alt="16 samples after step 45"' in got


def test_slider_covers_all_frames_and_is_hidden_without_javascript(run):
    got = report.filmstrip(run)
    assert '<input type="range" min="0" max="7" value="7" step="1">' in got
    assert re.search(r'<label class="slider" hidden="">', got)


def test_extra_frames_are_hidden_without_the_slider(run, tmp_path):
    got = report.filmstrip(with_frames(run, tmp_path, 60, 8))
    shown = [style == "" for style in re.findall(r"<figure( style=\"display: none\")?>", got)]
    assert len(shown) == STOPS
    assert sum(shown) == STRIP
    assert shown[0]
    assert shown[-1]


def test_large_images_give_fewer_frames(run, tmp_path):
    got = report.filmstrip(with_frames(run, tmp_path, 30, 64))
    assert STRIP <= got.count("<img") < 30
    assert len(got) < 1.2 * BYTES


@pytest.mark.parametrize("cell", [128, 256])
def test_frames_of_large_images_show_four(run, tmp_path, cell):
    got = report.filmstrip(with_frames(run, tmp_path, 8, cell))
    assert got.count("data:image/webp") == 8
    assert 'alt="4 samples after step 7"' in got
    assert len(got) < 1.2 * allowed(BYTES, cell)


def test_no_slider_for_one_frame_and_no_filmstrip_without_frames(run, tmp_path):
    one = with_frames(run, tmp_path, 1, 8)
    assert "<input" not in report.filmstrip(one)
    assert report.filmstrip(replace(run, folder=tmp_path / "progress")) is None


def test_captions_of_collapsed_steps(run):
    assert frame_caption(run, 0) == "step 0 · epoch 0"
    assert [step for step in run.progress if frame_caption(run, step).endswith("· collapsed")] == [225, 270, 313]
    assert "collapsed" not in frame_caption(replace(run, history={}), 313)
