"""`project`: what a run may project, and what is refused before the first job."""

import os
from pathlib import Path

import pytest
from helpers.studies import message
from PIL import Image

from easel.study.messages import ConfigError
from easel.study.size_checks import check_sizes

MINE = "dataset: shapes\nruns:\n  plain: {preset: vae}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    """The folder in which Snakemake runs, with results/."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pictures(root) -> Path:
    """The study's folder, with pictures."""
    studies = root / "config/studies"
    (studies / "holiday").mkdir()
    Image.new("RGB", (50, 40), (1, 2, 3)).save(studies / "a.png")
    Image.new("RGB", (50, 40), (3, 2, 1)).save(studies / "holiday/b.jpg")
    (studies / "copy.png").write_bytes((studies / "a.png").read_bytes())
    (studies / "link.png").symlink_to("a.png")
    (studies / "gone.png").symlink_to("nowhere.png")
    (studies / "text.png").write_text("This is no picture.")
    (studies / "empty.png").touch()
    os.mkfifo(studies / "pipe.png")
    return studies


def with_run(project: str) -> str:
    return MINE + f"  mine: {{preset: dcgan, project: {project}}}\n"


def test_paths_are_those_from_the_studys_file(load, pictures):
    study = load(with_run("[a.png, holiday/b.jpg]"))
    assert study.runs["mine"].settings.project == [str(pictures / "a.png"), str(pictures / "holiday/b.jpg")]
    assert study.projected == ["mine"]
    assert load(with_run("a.png")).runs["mine"].settings.project == [str(pictures / "a.png")]


def test_a_run_without_pictures_has_the_settings_that_it_had(load, pictures):
    study = load(with_run("[]"))
    assert study.projected == []
    assert all("project" not in run.settings.model_dump() for run in study.runs.values())


@pytest.mark.parametrize(
    ("project", "problem"),
    [
        ("[a.png, a.png]", "project: a.png is listed twice"),
        (str([f"{number}.png" for number in range(13)]), "project: should have at most 12 "),
        ("3", "project: should be a list"),
        ("['']", "project[0]"),
    ],
)
def test_what_is_refused(load, pictures, project, problem):
    found = message(load, with_run(project))
    assert found.startswith("config/studies/mine.yaml: runs.mine")
    assert problem in found
    assert "\n" not in found


@pytest.mark.parametrize(
    ("project", "problem"),
    [
        ("missing.png", "there is no file /"),
        ("['*.png']", "*.png; a pattern is not expanded: name each picture"),
        ("'https://example.org/a.png'", "a.png; download the picture, and name the file"),
        ("[a.png, holiday]", "holiday is a folder; name the pictures in it, each by itself"),
        ("pipe.png", "pipe.png is no file; name a picture"),
        ("empty.png", "empty.png is empty; name a PNG, JPEG, WebP or BMP file"),
        ("[a.png, ./a.png]", "a.png is listed twice; name it once"),
        ("[a.png, link.png]", "/a.png; name it once"),
        ("gone.png", "is a link to nowhere.png, which does not exist; name a picture"),
        ("[a.png, text.png]", "text.png is not a picture; name a PNG, JPEG, WebP or BMP file"),
        ("[a.png, holiday/b.jpg, copy.png]", "a.png; name it once"),
    ],
)
def test_what_a_command_refuses_and_its_jobs_do_not(load, root, pictures, project, problem):
    """A job of another run has no need of the pictures, nor has a cluster's node to see them."""
    study = load(with_run(project))
    with pytest.raises(ConfigError) as error:
        check_sizes(study, Path("results"), root)
    assert str(error.value).startswith("config/studies/mine.yaml: runs.mine.project: ")
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_good_pictures_pass(load, root, pictures):
    check_sizes(load(with_run("[a.png, holiday/b.jpg]")), Path("results"), root)


def test_external_samples_cannot_be_projected_to(load, pictures):
    found = message(load, MINE + "  theirs: {kind: external, path: holiday, project: [a.png]}\n")
    assert found.startswith("config/studies/mine.yaml: runs.theirs.project: unknown key")
    assert "\n" not in found


def test_a_projection_outlives_its_picture(load, root, pictures, folder):
    """Snakemake says so if a job needs it again."""
    record = folder / "results/mine/mine/seed-0/projection.json"
    record.parent.mkdir(parents=True)
    record.write_text("{}")
    (pictures / "a.png").unlink()
    study = load(with_run("[a.png, holiday/b.jpg]"))
    check_sizes(study, Path("results"), root)
    with pytest.raises(ConfigError, match="there is no file"):
        check_sizes(load(with_run("[a.png]").replace("mine:", "other:")), Path("results"), root)
