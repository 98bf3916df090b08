"""A run's projected pictures on its page."""

import numpy as np
import pytest
from helpers.fake_results import write_study
from helpers.page_text import text_of

from easel.images import grid, save_png
from easel.projection.projecting import WALK
from easel.report.figures.projection import projected_pictures
from easel.report.load import RunResults, read_run
from easel.runtime.files import write_json


@pytest.fixture
def folder(tmp_path):
    return write_study(tmp_path, runs={"dcgan": "dcgan"}) / "dcgan/seed-0"


def projected(folder, count: int = 3, by: str = "search", class_: str | None = None) -> RunResults:
    """A run with made-up projections."""
    random = np.random.default_rng(0)
    pictures, images = random.integers(0, 256, (2, count, 32, 32, 3), np.uint8)
    np.savez(folder / "projection.npz", pictures=pictures, images=images)
    walks = random.integers(0, 256, ((count - 1) * (WALK + 2) or 2, 32, 32, 3), np.uint8)
    save_png(folder / "projection.png", grid(walks, WALK + 2 if count > 1 else 2))
    rows = [
        {"name": f"<{number}>.jpg", "sha256": "", "class": class_, "rmse": 20.04 + number, "nearest_sample": 40.0,
         "random_sample": 81.26, "latent_length": 10.0}
        for number in range(count)
    ]  # fmt: skip
    record = {"by": by, "samples": 2000, "classes": 4 if class_ else None, "usual_length": 10.0, "pictures": rows}
    write_json(folder / "projection.json", record)
    write_json(folder / "notes.json", {"notes": "", "projected": True})
    return read_run(folder, folder.parents[2] / "datasets/shapes")


def test_each_picture_has_a_row_with_its_differences(folder):
    found = projected_pictures(projected(folder))
    said = text_of(found)
    assert found.count("<tr>") == 1 + 3
    assert "from the nearest of its 2,000 samples" in said
    for shown in ("20.0", "21.0", "22.0", "40.0", "81.3", "nearest sample", "random sample"):
        assert shown in said
    assert "class" not in said
    assert found.count("<img") == 3 + 1
    assert "&lt;0&gt;.jpg, and next to it its projection by dcgan" in found
    assert "Rows of images by dcgan, each a walk between" in found


def test_it_speaks_every_language(folder):
    found = projected_pictures(projected(folder))
    assert 'lang="ko"' in found
    assert "가장 가까운 샘플" in found


def test_a_class_that_was_found_is_named(folder):
    said = text_of(projected_pictures(projected(folder, class_="heart")))
    assert "closest class" in said
    assert "heart" in said
    assert "the sample of each class that is nearest, of 2,000 in all" in said
    assert "the class changes half-way" in said


def test_a_single_picture_has_no_walk(folder):
    found = projected_pictures(projected(folder, 1))
    assert found.count("<img") == 1
    assert "walk" not in text_of(found)


def test_an_encoder_searches_nothing(folder):
    said = text_of(projected_pictures(projected(folder, by="encoder")))
    assert "the encoder gives" in said
    assert "gradient descent" not in said


def test_nothing_is_shown_that_the_study_does_not_ask_for(folder):
    """Neither of a run that never had pictures, nor of one that has none any more."""
    assert projected_pictures(read_run(folder, folder.parents[2] / "datasets/shapes")) is None
    run = projected(folder)
    write_json(folder / "notes.json", {"notes": ""})
    assert projected_pictures(read_run(folder, run.dataset_folder)) is None
