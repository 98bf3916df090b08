"""`flip: auto`: runs and judges ask the dataset whether its images may be mirrored."""

import pytest
from helpers.studies import SHA256, run

from easel.study.flips import flip_caveats

CHECKSUMS = f"{{train: {SHA256}, test: {SHA256}}}"


def on_dataset(settings: str, run_settings: str = "preset: dcgan") -> str:
    """A study of one run on a dataset of its own."""
    return f"dataset: own\ndatasets:\n  own: {{{settings}}}\nruns:\n  a: {{{run_settings}}}\n"


@pytest.mark.parametrize(
    ("dataset", "mirrors"),
    [("shapes", True), ("cifar10", True), ("cifar100", True), ("fashion_mnist", False), ("svhn", False)],
)
def test_each_dataset_of_the_project_answers_for_runs_and_judges(load, dataset, mirrors):
    study = load(f"dataset: {dataset}\nruns:\n  a: {{preset: dcgan}}\n")
    assert study.runs["a"].settings.flip is mirrors
    assert study.judges["classifier"].flip is mirrors


@pytest.mark.parametrize("preset", ["vae", "r3gan", "fast_cpu", "vq_vae"])
def test_every_family_asks(load, preset):
    assert load(f"dataset: svhn\nruns:\n  a: {{preset: {preset}}}\n").runs["a"].settings.flip is False


def test_unknown_pictures_are_mirrored_only_if_their_entry_says_so(load, tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters/a.png").touch()
    folder = f"format: folder, path: {tmp_path / 'letters'}, classes: none"
    judged = "judge: inception\n"
    assert load(on_dataset(folder) + judged).runs["a"].settings.flip is False
    assert load(on_dataset(f"{folder}, mirrorable: true") + judged).runs["a"].settings.flip is True


def test_a_run_overrules_the_dataset(load):
    study = load(run("preset: [dcgan], flip: [auto, true, false]"))
    assert [each.settings.flip for each in study.runs.values()] == [True, True, False]
    assert [each.swept["flip"] for each in study.runs.values()] == ["auto", True, False]
    svhn = load("dataset: svhn\nruns:\n  a: {preset: dcgan, flip: true}\n")
    (caveat,) = flip_caveats(svhn.runs["a"].settings, svhn.dataset, "svhn")
    assert caveat.as_json() == {"kind": "mirrored_against_dataset", "dataset": "svhn"}


def test_no_caveat_where_run_and_dataset_agree(load):
    for dataset, flip in (("svhn", "auto"), ("svhn", "false"), ("shapes", "true"), ("shapes", "false")):
        study = load(f"dataset: {dataset}\nruns:\n  a: {{preset: dcgan, flip: {flip}}}\n")
        assert flip_caveats(study.runs["a"].settings, study.dataset, dataset) == []
