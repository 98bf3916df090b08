"""`start_from` and `freeze`: what a study may start from, and what is refused before the first job."""

import json
import zipfile
from pathlib import Path

import pytest
from helpers.studies import message

from easel.study.size_checks import too_many_frozen
from easel.study.starts import file_of_start

MINE = "dataset: shapes\nseeds: [0, 3]\nruns:\n  base: {preset: dcgan}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """The folder in which Snakemake runs, with results/."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def trained(run: str, start_from: str | None = None) -> None:
    """The record of a finished training. run: `<study>/<run>/seed-<k>`."""
    record = Path("results", run, "train.json")
    record.parent.mkdir(parents=True)
    record.write_text(json.dumps({"settings": {"start_from": start_from} if start_from else {}}))


def test_a_run_of_the_study_or_of_another(load):
    trained("other/gan/seed-7")
    study = load(
        MINE + "  more: {preset: dcgan, start_from: mine/base/seed-3}\n"
        "  again: {preset: dcgan, start_from: [mine/more/seed-0, other/gan/seed-7]}\n"
    )
    sources = [run.settings.start_from for run in study.runs.values()]
    assert sources == [None, "mine/base/seed-3", "mine/more/seed-0", "other/gan/seed-7"]
    assert file_of_start("mine/base/seed-3") == "results/mine/base/seed-3/train.json"


def test_a_file_next_to_the_study(load, root):
    file = root / "config/studies/old.keras"
    with zipfile.ZipFile(file, "w"):
        pass
    settings = load(MINE + "  more: {preset: dcgan, start_from: old.keras}\n").runs["more"].settings
    assert settings.start_from == str(file) == file_of_start(str(file))


def test_runs_that_start_anew_have_the_settings_that_they_had(load):
    assert {"start_from", "freeze"}.isdisjoint(load(MINE).runs["base"].settings.model_dump())


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ("start_from: gan", "start_from: should be <study>/<run>/seed-<k>, a training of the results folder, or the "
         "path of a .keras file; found 'gan'"),
        ("start_from: mine/base/seed-00", "start_from: should be <study>/<run>/seed-<k>, "),
        ("start_from: ", "start_from: should be a string; found empty"),
        ("start_from: mine/bass/seed-0", "start_from: this study trains no run 'bass'; did you mean 'base'?"),
        ("start_from: mine/base/seed-1", "start_from: this study has no seed 1; its seeds are 0 and 3"),
        ("start_from: other/gan/seed-0", "start_from: there is no results/other/gan/seed-0/train.json; train it first: "
         "snakemake results/other/gan/seed-0/train.json --cores all --config study=<the file of the study other>"),
        ("start_from: mine/more/seed-0", "start_from: the run would start from itself: mine/more from mine/more; "),
        ("start_from: gone.keras", "start_from: there is no file /"),
        ("start_from: mine.yaml", "start_from: should be <study>/<run>/seed-<k>, "),
        ("start_from: text.keras", "text.keras is no .keras file; save a network with Keras 3's model.save"),
        ("freeze: 2", "freeze keeps layers as they were trained, so it needs start_from; set that, or freeze: 0"),
        ("freeze: -1, start_from: mine/base/seed-0", "freeze: should be at least 0; found -1"),
        ("freeze: 1.5, start_from: mine/base/seed-0", "freeze: should be a whole number; found 1.5"),
        ("freeze: 1, start_from: old.keras", "a .keras file has the generator only; let start_from name a training"),
    ],
)  # fmt: skip
def test_what_is_refused(load, root, keys, problem):
    (root / "config/studies/text.keras").write_text("weights")
    found = message(load, MINE + f"  more: {{preset: dcgan, {keys}}}\n")
    assert found.startswith("config/studies/mine.yaml: runs.more")
    assert problem in found
    assert "\n" not in found


def test_two_runs_that_start_from_each_other(load):
    found = message(
        load, MINE + "  a: {preset: dcgan, start_from: mine/b/seed-0}\n  b: {preset: vae, start_from: mine/a/seed-0}\n"
    )
    assert "the run would start from itself: mine/a from mine/b from mine/a; start one of them anew" in found


def test_a_run_of_another_study_that_started_from_this_one(load):
    trained("other/gan/seed-0", start_from="mine/more/seed-0")
    found = message(load, MINE + "  more: {preset: dcgan, start_from: other/gan/seed-0}\n")
    assert "itself: mine/more from other/gan from mine/more" in found


def test_a_family_without_a_discriminator_has_nothing_to_freeze(load):
    assert "family vae has no such key; gan and vae_gan have it" in message(
        load, MINE + "  more: {preset: vae, freeze: 1, start_from: mine/base/seed-0}\n"
    )


def test_more_layers_than_there_are(load):
    """3 halvings from 32 to 4 pixels, each by a convolution, after a first one."""
    text = MINE + "  more: {preset: dcgan, start_from: mine/base/seed-0, freeze: 4}\n"
    assert list(too_many_frozen(load(text))) == []
    assert list(too_many_frozen(load(text.replace("freeze: 4", "freeze: 5")))) == [
        "runs.more: freeze is 5, but the discriminator of model dcgan has 4 convolutions for images of 32 × 32 pixels; "
        "set freeze to 4 or less"
    ]
