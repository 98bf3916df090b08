"""Samples of a run: its grids, within the space that a page has, and its samples by class."""

import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.altered_results import conditional_run
from helpers.page_text import text_of

from easel.images import grid, save_png
from easel.report import cells as report
from easel.report.figures import samples


@pytest.mark.parametrize("name", ["samples", "nearest"])
def test_incompressible_grid_is_cut_to_the_rows_that_fit(run, tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 256, (100, 64, 64, 3), np.uint8)
    save_png(tmp_path / f"{name}.png", grid(noise, 10))
    large = replace(run, folder=tmp_path, dataset=run.dataset | {"image_shape": [64, 64, 3]})
    got = report.run_picture(large, name)
    assert 0.7 * samples.GRID_BYTES < len(got) <= samples.GRID_BYTES
    assert (", 10 × 5" in got) == (name == "samples")
    height = 5 * 66 - 2 if name == "samples" else 4 * 66 - 2 + 6  # whole pairs, parted
    assert f'height="{2 * height}"' in got


def test_samples_are_grouped_by_predicted_class(run):
    got = report.samples_by_class(run)
    assert re.findall(r'<th scope="row">(\w+)</th>', got) == run.dataset["classes"]
    assert re.findall(r' alt="(\d+) samples? classified as (\w+)"', got)[0] == ("9", "disc")
    assert got.count("<img") == 9
    assert "none" in got.split('<th scope="row">arrow</th>')[1]


def test_no_classes_without_predictions_or_samples(run, tmp_path):
    assert report.samples_by_class(replace(run, metrics_record={})) is None
    assert report.samples_by_class(replace(run, folder=tmp_path)) is None
    older = [{name: value for name, value in each.items() if name != "first"} for each in run.metrics_record["classes"]]
    assert report.samples_by_class(replace(run, metrics_record={"classes": older})) is None


def test_conditional_samples_are_grouped_by_requested_class(run, tmp_path):
    got = report.samples_by_class(conditional_run(run, tmp_path / "told"))
    assert re.findall(r'<th scope="row">(\w+)</th>', got) == 2 * run.dataset["classes"]
    assert re.findall(r' alt="(\d+) samples? of the requested class (\w+)"', got)[3] == ("10", "triangle")
    assert "each requested class" in text_of(got)
    one = report.samples_by_class(conditional_run(run, tmp_path / "one", label="triangle"))
    assert re.findall(r'<th scope="row">(\w+)</th>', one)[:2] == ["triangle", "disc"]


def test_rows_of_conditional_grids_name_their_classes(run, tmp_path):
    told = conditional_run(run, tmp_path / "told", truncation=0.7)
    names = run.dataset["classes"]
    got = text_of(report.run_picture(told, "samples"))
    assert got.startswith("Uncurated samples from random latent vectors. Sampling: truncation 0.7. Rows from the top:")
    assert got.endswith(f": {', '.join(names[:9])} and {names[9]}.")
    told.metrics_record["samples"]["batch_statistics"] = {"layers": 4, "latents": 5000}
    again = text_of(report.run_picture(told, "samples"))
    assert "truncation 0.7. Batch normalisation uses statistics of 5,000 truncated latents. Rows" in again
    rows = text_of(report.run_picture(told, "interpolation"))
    assert rows.endswith(f"Rows from the top: {', '.join(names[:7])} and {names[7]}.")
    assert text_of(report.latent_plane(told)).endswith("All samples are of class disc.")
    assert text_of(report.filmstrip(told)).endswith("Rows from the top: disc, ring, square and triangle.")
    assert "Rows" not in text_of(report.run_picture(run, "samples"))


def test_single_class_is_noted_once(run, tmp_path):
    told = conditional_run(run, tmp_path / "told", label="triangle")
    assert text_of(report.run_picture(told, "samples")).endswith("vectors. All samples are of class triangle.")
    assert text_of(report.latent_plane(told)).endswith("All samples are of class triangle.")
