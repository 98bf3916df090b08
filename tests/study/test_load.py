"""Loading studies, by name and by path."""

from pathlib import Path

import pytest
from helpers.studies import GOOD

from easel.config.datasets import Shapes
from easel.config.presets import Gan, Rae, Vae
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]


def test_the_quickstart():
    study = load_study({"study": "quickstart", "threads": 4}, ROOT)
    assert (study.name, study.title, study.dataset_name, study.seeds) == ("quickstart", "Quickstart", "shapes", [0])
    assert isinstance(study.dataset, Shapes)
    assert {name: type(run.settings) for name, run in study.runs.items()} == {
        "gan": Gan,
        "vae": Vae,
        "rae": Rae,
    }
    assert [run.autoencodes for run in study.runs.values()] == [False, True, True]
    assert next(iter(study.judges)) == study.snapshot_judge == "small_classifier"
    assert "random" in study.judges


@pytest.mark.parametrize("file", sorted((ROOT / "config" / "studies").glob("*.yaml")), ids=lambda file: file.stem)
def test_every_shipped_study_loads(file):
    assert load_study({"study": file.stem}, ROOT).runs


def test_the_title_defaults_to_the_name(load):
    assert load(GOOD).title == "mine"


def test_a_study_by_path(root, tmp_path, monkeypatch):
    folder = tmp_path / "elsewhere" / "deep"
    folder.mkdir(parents=True)
    (folder / "by_path.yaml").write_text(GOOD)
    monkeypatch.chdir(folder.parent)
    monkeypatch.setenv("HOME", str(folder))
    for given in ("deep/by_path.yaml", "deep/../deep/by_path.yaml", str(folder / "by_path.yaml"), "~/by_path.yaml"):
        study = load_study({"study": given}, root)
        assert (study.name, study.file) == ("by_path", folder / "by_path.yaml")


def test_a_linked_study_keeps_the_name_of_the_link(root, tmp_path):
    (tmp_path / "target.yaml").write_text(GOOD)
    (tmp_path / "link.yaml").symlink_to("target.yaml")
    assert load_study({"study": str(tmp_path / "link.yaml")}, root).name == "link"


def test_a_judge_of_its_own(load):
    study = load(GOOD + "judges:\n  small: {kind: classifier, width: 8}\njudge: [small, classifier]\n")
    assert [judge.width for judge in study.judges.values()] == [8, 32]
