"""The controls of a run's network, and why there are none."""

import dataclasses

import pytest
from helpers.fake_results import write_study
from helpers.page_text import text_of

from easel.report.figures.player import names_of, network_player
from easel.report.load import read_run
from easel.runtime.files import read_json, write_json


@pytest.fixture
def run(tmp_path):
    folder = write_study(tmp_path, runs={"dcgan": "dcgan"}) / "dcgan/seed-0"
    return read_run(folder, tmp_path / "datasets/shapes")


def with_record(run, **changes):
    file = run.folder / "player.json"
    write_json(file, read_json(file) | changes)


def test_the_page_says_what_rounding_has_changed(run):
    with_record(run, parameters=3_580_000, bits=[8, 16], loss={"images": 32, "mean": 0.612, "largest": 4})
    said = text_of(network_player(run))
    assert "has 3.58 M weights, rounded to 8 and 16 bits" in said
    assert "32 samples differ from the originals by 0.61 of 255 levels on average, and by 4 at most" in said


def test_the_weights_are_not_in_the_notebook(run):
    assert len(network_player(run)) < 40_000


@pytest.mark.parametrize(
    ("unplayable", "said"),
    [
        ({"why": "layer", "layer": "odd", "type": "MaxPooling2D"}, "its layer odd is of type MaxPooling2D"),
        ({"why": "size", "parameters": 80_000_000}, "with 80 M weights it is too large"),
    ],
)
def test_a_network_that_cannot_be_drawn_with_is_one_sentence(run, unplayable, said):
    write_json(run.folder / "player.json", {"unplayable": unplayable})
    found = network_player(run)
    assert said in text_of(found)
    assert "<button" not in found


def test_a_run_without_a_player_has_no_section(run):
    (run.folder / "player.json").unlink()
    assert network_player(run) is None


def test_a_conditional_network_has_its_classes(run):
    assert "<select" not in network_player(run)
    with_record(run, classes=["a < b", "c"])
    found = network_player(run)
    assert '<option value="0">a &lt; b</option>' in found
    assert 'label="any"' in found


def test_truncation_starts_where_the_samples_were_drawn(run):
    assert 'max="2.5" step="0.1" value="2.5"' in network_player(run)
    samples = {**run.metrics_record["samples"], "sampling": {"truncation": 0.7, "label": None, "seed": 0}}
    cut = dataclasses.replace(run, metrics_record={**run.metrics_record, "samples": samples})
    assert 'max="2.5" step="0.1" value="0.7"' in network_player(cut)


def test_the_page_says_what_truncation_leaves_out(run):
    note = "the statistics of its batch normalisation are computed anew as well"
    assert note not in text_of(network_player(run))
    with_record(run, batch_normalised=True)
    assert note in text_of(network_player(run))


def test_directions_are_named_once():
    changes = ["size", None, "size", "brightness"]
    assert list(names_of([{"changes": each} for each in changes])) == [
        "Smaller to larger", "Direction 2", "Smaller to larger (2)", "Darker to brighter",
    ]  # fmt: skip
