"""The networks of a study that share their latents."""

import pytest
from helpers.fake_results import write_study
from helpers.page_text import text_of

from easel.report.figures import study_player as module
from easel.report.figures.study_player import study_player
from easel.report.load import read_study
from easel.runtime.files import read_json, write_json

RUNS = {"first": "dcgan", "other": "vae", "second": "dcgan"}


@pytest.fixture
def study(tmp_path):
    return read_study(write_study(tmp_path, "shared", RUNS))


def test_runs_with_latents_of_the_same_length_are_side_by_side(study):
    found = study_player(study)
    assert found.count('class="player-of-run"') == 2
    assert 'data-embedded="second/seed-0/player.bin"' in found
    assert "other" not in text_of(found)


def test_a_study_without_such_runs_has_no_section(tmp_path):
    assert study_player(read_study(write_study(tmp_path, "apart", {"a": "dcgan", "b": "vae"}))) is None


def test_networks_that_cannot_be_played_are_left_out(study):
    write_json(study.folder / "second/seed-0/player.json", {"unplayable": {"why": "size", "parameters": 1}})
    (study.folder / "other/seed-0/player.json").unlink()
    assert study_player(study) is None


def test_those_that_do_not_fit_into_the_page_are_named(tmp_path, monkeypatch):
    study = read_study(write_study(tmp_path, "shared", RUNS | {"third": "dcgan"}))
    size = (study.folder / "first/seed-0/player.bin").stat().st_size
    monkeypatch.setattr(module, "LARGEST", int(2.5 * size))
    found = study_player(study)
    assert found.count('class="player-of-run"') == 2
    assert "Too large for one page with the others: third." in text_of(found)
    monkeypatch.setattr(module, "LARGEST", int(1.5 * size))
    found = study_player(study)
    assert 'class="player-of-run"' not in found
    assert "The networks of first, second and third are too large for one page." in text_of(found)


def test_classes_are_chosen_where_all_runs_have_the_same(study):
    assert "<select" not in study_player(study)
    for run in ("first", "second"):
        file = study.folder / run / "seed-0/player.json"
        write_json(file, read_json(file) | {"classes": ["disc", "ring"]})
    assert study_player(study).count("<select") == 1
