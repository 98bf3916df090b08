"""Panels: which judges stand behind one name."""

import pytest
from helpers.studies import GOOD, message

from easel.config.judges.classifier import ClassifierSettings
from easel.config.judges.inception import InceptionSettings
from easel.config.judges.random import RandomSettings
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.config.panels import Panel
from easel.study.panels import instead

PANELS = """
judges:
  both:    {kind: panel, judges: [classifier, inception]}
  narrow:  {kind: classifier, width: 8}
  learned: {kind: panel, judges: [narrow, classifier]}
  twice:   {kind: panel, judges: [both, narrow]}
  unknown: {kind: panel, judges: [classifer]}
"""
FLAT = GOOD.replace("dataset: shapes", "dataset: flat\ndatasets: {flat: {format: folder, path: flat, image_size: 32}}")


@pytest.fixture
def flat(root):
    """A folder of pictures without classes, where FLAT looks for it."""
    folder = root / "config" / "studies" / "flat"
    folder.mkdir()
    (folder / "a.png").touch()
    return folder


@pytest.mark.parametrize(
    ("judge", "expected"),
    [
        ("both", ["classifier", "inception"]),
        ("[narrow, both]", ["narrow", "classifier", "inception"]),
        ("[both, inception]", ["classifier", "inception"]),
        ("[both, learned]", ["classifier", "inception", "narrow"]),
    ],
)
def test_a_panel_is_its_judges_in_order_each_once(load, judge, expected):
    study = load(f"{GOOD}{PANELS}judge: {judge}\n")
    assert list(study.judges) == expected
    assert study.snapshot_judge == expected[0]
    assert study.left_out == {}


def test_a_judge_of_a_panel_that_needs_classes_is_left_out_where_there_are_none(load, flat):
    study = load(f"{FLAT}{PANELS}judge: both\n")
    assert list(study.judges) == ["inception"]
    assert study.left_out == {"classifier": "both"}


def test_a_folder_of_several_classes_has_the_whole_panel(load, flat):
    for name in ("b", "c"):
        (flat / name).mkdir()
        (flat / name / "a.png").touch()
    (flat / "a.png").unlink()
    assert list(load(f"{FLAT}{PANELS}judge: both\n").judges) == ["classifier", "inception"]


def test_a_flat_folder_out_of_reach_has_no_more_classes_than_before(load, flat, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepared = tmp_path / "results" / "datasets" / "flat" / "dataset.json"
    prepared.parent.mkdir(parents=True)
    prepared.write_text('{"classes": ["all"]}')
    flat.joinpath("a.png").unlink()
    flat.rmdir()
    assert list(load(f"{FLAT}{PANELS}judge: both\n").judges) == ["inception"]


def test_a_judge_that_is_named_beside_a_panel_is_not_left_out(load, flat):
    assert "only one" in message(load, f"{FLAT}{PANELS}judge: [both, classifier]\n")


def test_a_dataset_of_one_class_is_sent_to_a_judge_that_is_made_here():
    entries = {
        "learner": ClassifierSettings(kind="classifier"),
        "graph": InceptionSettings(kind="inception"),
        "panel": Panel(kind="panel", judges=["learner", "graph"]),
    }
    assert instead(entries) == "use a judge that needs no classes"
    entries["textures"] = RandomSettings(kind="random")
    assert instead(entries) == "use judge: textures, which needs neither classes nor a download"
    entries["taught"] = SelfSupervisedSettings(kind="self_supervised")
    assert instead(entries) == "use judge: taught, which needs neither classes nor a download"


@pytest.mark.parametrize(
    ("judge", "text", "expected"),
    [
        (
            "learned",
            FLAT,
            "judge: every judge of the panel 'learned' learns to tell classes apart, and the dataset has",
        ),
        ("twice", GOOD, "judge 'twice': judges: 'both' is a panel itself; name its judges"),
        ("unknown", GOOD, "judge 'unknown': judges: unknown name 'classifer'; did you mean 'classifier'?"),
        ("bot", GOOD, "judge: unknown name 'bot'; did you mean 'both'?"),
    ],
)
def test_a_panel_of_other_than_judges_is_refused(load, flat, judge, text, expected):
    assert message(load, f"{text}{PANELS}judge: {judge}\n").startswith(f"config/studies/mine.yaml: {expected}")
