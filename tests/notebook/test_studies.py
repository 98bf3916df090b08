"""Which study a choice stands for."""

import json
import shutil
from pathlib import Path

import pytest

from easel.notebook import studies
from easel.notebook.places import Place, place_for
from easel.runtime.errors import EaselError
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(checkout, tmp_path):
    return place_for(checkout, str(tmp_path / "kept"))


def test_the_choices_are_studies_that_come_with_easel(place):
    shipped = place.checkout / "config" / "studies"
    assert studies.study_file(place, "quickstart", 10, with_gpu=True) == shipped / "quickstart.yaml"
    for with_gpu, name in ((True, "cifar10_gpu"), (False, "cifar10_cpu")):
        assert studies.study_file(place, studies.CIFAR10, 25, with_gpu) == shipped / f"{name}.yaml"


def test_other_minutes_are_another_study_which_is_kept(place):
    file = studies.study_file(place, studies.CIFAR10, 2.5, with_gpu=True)
    assert file == place.kept / "studies" / "cifar10_gpu_2_5_minutes.yaml"
    assert file.read_text() == "dataset: cifar10\nminutes: 2.5  # of training on a gpu\n"
    file.write_text("dataset: cifar10\nminutes: 2.5\nsamples: 2000\n")
    assert studies.study_file(place, studies.CIFAR10, 2.5, with_gpu=True) == file
    assert file.read_text().endswith("\nsamples: 2000\n"), "what its reader has changed stays"


@pytest.mark.parametrize("minutes", [2.5, 25])
@pytest.mark.parametrize(("with_gpu", "preset"), [(True, "fast_gpu"), (False, "fast_cpu")])
def test_the_studies_of_cifar10_load_with_any_minutes(tmp_path, with_gpu, preset, minutes):
    place = Place(tmp_path / "easel", tmp_path, tmp_path)
    shutil.copytree(ROOT / "config", place.checkout / "config")
    place.studies.mkdir()
    file = studies.study_file(place, studies.CIFAR10, minutes, with_gpu)
    study = load_study({"study": str(file)}, place.checkout)
    assert [(run.preset, run.settings.minutes) for run in study.runs.values()] == [(preset, minutes)]


def test_any_other_study_can_be_named(place, tmp_path):
    (place.studies / "mine.yaml").touch()
    (tmp_path / "theirs.yaml").touch()
    assert studies.study_file(place, "mine", 25, with_gpu=False) == place.studies / "mine.yaml"
    assert studies.study_file(place, str(tmp_path / "theirs.yaml"), 25, with_gpu=False) == tmp_path / "theirs.yaml"
    (place.studies / "mine.yaml").unlink()
    with pytest.raises(EaselError, match="study: mine is no longer there"):
        studies.study_file(place, "mine", 25, with_gpu=False)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("cifar-10", "CIFAR-10"), ("CIFAR10", "CIFAR-10"), ("cifar10", "cifar10"), ("Quickstart ", "quickstart"),
     ("my own Pictures", "my own pictures"), ("cifar10_cpu", "cifar10_cpu")],
)  # fmt: skip
def test_a_choice_may_be_written_in_any_case(place, written, meant):
    (place.shipped_studies / "cifar10.yaml").touch()
    assert studies.chosen(place, written) == meant


@pytest.mark.parametrize(
    ("written", "guess"),
    [("quickstrat", "; did you mean 'quickstart'?"), ("cifar1", "; did you mean 'CIFAR-10'?"), ("", ".")],
)
def test_a_study_that_is_not_there_is_refused_with_what_may_be_meant(place, written, guess):
    with pytest.raises(EaselError) as error:
        studies.chosen(place, written)
    assert str(error.value) == (
        f"study: there is no study '{written}'{guess} Choose one of 'quickstart', 'CIFAR-10', 'my own pictures', or "
        "name the file of a study"
    )


@pytest.mark.parametrize("minutes", ["25", 0, 721])
def test_minutes_are_a_number_within_a_session(minutes):
    with pytest.raises(EaselError, match="minutes should be a number above 0 and at most 720"):
        studies.check_minutes(minutes)


@pytest.mark.parametrize(("path", "written"), [("/data/birds", "/data/birds"), ("/data/é b", '"/data/é b"')])
def test_a_study_is_not_taken_for_one_of_other_pictures(tmp_path, path, written):
    file = tmp_path / "birds.yaml"
    file.write_text(
        f"dataset: birds\ndatasets:\n  birds:\n    format: folder\n    path: {written}\nminutes: 5  # each\n"
    )
    studies.check_pictures(file, Path(path))
    with pytest.raises(EaselError, match=r"birds is already a study of other pictures, those in .*: choose another"):
        studies.check_pictures(file, Path("/data/cats"))
    assert studies.dataset_of(file) == "birds"
    studies.set_minutes(file, 30)
    assert file.read_text().endswith("\nminutes: 30  # each\n")


@pytest.mark.parametrize(
    ("line", "classes"), [("", "folders"), ("    classes: none\n", "none"), ("    # classes: none\n", "folders")]
)
def test_classes_of_a_study_that_is_there_are_not_ignored(tmp_path, line, classes):
    (file := tmp_path / "birds.yaml").write_text(f"dataset: birds\ndatasets:\n  birds:\n{line}")
    studies.check_classes(file, classes)
    with pytest.raises(
        EaselError, match=f"^classes: birds was made with '{classes}': set classes to '{classes}' again, or"
    ):
        studies.check_classes(file, "first")


@pytest.mark.parametrize(
    ("kind", "files", "told"),
    [
        ("gpu", ["state/a/checkpoint-1.npz"], ["gan"]),
        ("cpu", ["state/a/checkpoint-1.npz"], []),
        ("gpu", ["state/a/checkpoint-1.npz", "train.json"], []),  # it has ended
        ("gpu", [], []),  # it is measured again
    ],
)
def test_minutes_that_stay_as_a_gpu_was_measured_are_known(tmp_path, kind, files, told):
    run = tmp_path / "gan"
    for name in files:
        (file := run / "seed-0" / name).parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    run.mkdir(exist_ok=True)
    (run / "budget.json").write_text(json.dumps({"minutes": 25, "device": {"kind": kind, "name": "Tesla T4"}}))
    assert studies.measured_on_a_gpu(tmp_path) == told


def test_a_study_without_pictures_is_not_taken_for_one(tmp_path):
    (file := tmp_path / "mine.yaml").write_text("dataset: shapes\n")
    with pytest.raises(EaselError, match=r"^mine is already a study of something else: choose another pictures_name$"):
        studies.check_pictures(file, Path("/data/cats"))
