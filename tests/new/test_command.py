"""The command that writes a study: it loads and can be planned as it stands, and nothing is written after a mistake."""

import os
import shutil
from pathlib import Path

import pytest

from easel.new import command
from easel.new.command import main
from easel.study.load import load_study
from easel.study.size_checks import check_sizes

ROOT = Path(__file__).parents[2]


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with only its config/, as the working folder of the command. Its speed is not measured."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "config", root / "config")
    monkeypatch.chdir(root)
    monkeypatch.setattr(command, "ROOT", root)
    monkeypatch.setattr(command, "training_gflops", lambda threads: 300.0)
    return root


@pytest.fixture
def unplanned(monkeypatch):
    """Snakemake is not asked for the jobs."""
    monkeypatch.setattr(command, "outdated", lambda *arguments: [])


def files_of(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


LAYOUTS = [
    ("birds", {"": 40}),
    ('it\'s "my": #1 folder', {"cat": 30, "dog: # 2": 30}),
    ("새 사진 🐦", {"핀치 'a'": 30, "- tit": 30, "{x: y}": 1}),
    ("%d $HOME `id`", {"train/null": 30, "train/true": 30, "test/null": 10, "test/true": 10}),
    ("splits", {"train": 30, "val": 12}),
    ("two\nlines", {"only/one/way": 30}),
    ("one class", {"finch": 30}),
    ("few", {"a": 12, "b": 11}),
    ("more", {f"class {i}": 13 for i in range(20)}),
]


@pytest.mark.parametrize(("name", "counts"), LAYOUTS, ids=range(len(LAYOUTS)))
def test_every_study_that_is_written_can_be_run(checkout, unplanned, folder_of, capsys, name, counts):
    folder = folder_of(counts, name)
    assert main(["mine", str(folder)]) == 0, capsys.readouterr().err
    study = load_study({"study": "mine"}, checkout)
    check_sizes(study, Path("results"), checkout)
    assert study.dataset.path == str(folder)
    assert len(study.runs) == 2
    several = len({below.removeprefix("train/").removeprefix("test/") for below in counts} - {"train", "val"}) > 1
    assert study.runs["gan"].settings.is_conditional is several
    assert len(study.judges) >= 1
    assert any(judge.knows_classes for judge in study.judges.values()) is several
    assert not any(judge.is_fetched for judge in study.judges.values())


@pytest.mark.parametrize("counts", [{"cat": 30, "dog": 30}, {"": 40}], ids=["classes", "none"])
def test_snakemake_plans_what_is_written(folder_of, monkeypatch, tmp_path, counts):
    """In this checkout, without writing into it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "training_gflops", lambda threads: 300.0)
    written = []
    monkeypatch.setattr(command, "write_new", lambda file, text, root: written.append(file))
    said = list(command.new_study("some-birds", str(folder_of(counts)), "folders", "auto", ROOT))
    assert written == [ROOT / "config/studies/some-birds.yaml"]
    assert any("at most" in line for line in said)
    assert not written[0].exists()


def test_it_ends_with_the_next_commands(checkout, unplanned, folder_of, capsys, monkeypatch):
    folder = folder_of({"cat": 30, "dog": 30})
    (folder / "cat" / "page.png").write_bytes(b"<html>")
    assert main(["birds", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Wrote config/studies/birds.yaml: 60 pictures, in 2 classes (cat, dog)."
    assert lines[2] == "Left out: 1 files that are not pictures (cat/page.png)."
    commands = [line.partition("    #")[0].rstrip() for line in lines[-3:]]
    assert commands == [f"snakemake {target}--cores all --config study=birds" for target in ("preview ", "plan ", "")]
    monkeypatch.chdir("/")
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    monkeypatch.setattr("sys.prefix", f"{checkout}/.venv")
    said = list(command.next_commands(checkout / "config/studies/birds.yaml", checkout))
    assert said[1:3] == [f"cd {checkout}", "source .venv/bin/activate"]


def test_a_dataset_that_has_the_studys_name_gets_another(checkout, unplanned, folder_of):
    assert main(["shapes", str(folder_of({"a": 30, "b": 30}))]) == 0
    assert load_study({"study": "shapes"}, checkout).dataset_name == "shapes_pictures"


@pytest.mark.parametrize("name", ["2024", "null", "true", "v1.2", "birds.yaml", "A-b_c"])
def test_a_study_is_found_by_its_name(checkout, unplanned, folder_of, name):
    assert main([name, str(folder_of({"a": 30, "b": 30}))]) == 0
    stem = name.removesuffix(".yaml")
    assert load_study({"study": stem}, checkout).title == stem


# --- refused: nothing is written ---------------------------------------------------------------------------


def test_a_study_may_be_written_elsewhere_and_with_other_minutes(checkout, unplanned, folder_of, capsys, tmp_path):
    """As where studies are kept apart from the checkout. A name that the checkout has is taken all the same."""
    (kept := tmp_path / "kept").mkdir()
    folder, before = str(folder_of({"a": 30, "b": 30})), files_of(checkout)
    assert main(["birds", folder, "--folder", str(kept), "--minutes", "7.5"]) == 0
    study = load_study({"study": str(kept / "birds.yaml")}, checkout)
    assert study.dataset.path == folder
    assert {run.settings.minutes for run in study.runs.values()} == {7.5}
    said = capsys.readouterr().out
    assert "It trains 2 models for 7.5 minutes each." in said
    assert f" --config study={kept}/birds.yaml " in said
    for name, taken in (("birds", f"{kept}/birds.yaml"), ("quickstart", "config/studies/quickstart.yaml")):
        assert main([name, folder, "--folder", str(kept)]) == 1
        assert f"STUDY: {taken} exists already" in capsys.readouterr().err
    assert files_of(checkout) == before


def test_a_name_with_results_is_refused_from_another_folder_too(checkout, folder_of, capsys, monkeypatch, tmp_path):
    (checkout / "results/old").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert main(["old", str(folder_of({"a": 30, "b": 30}))]) == 1
    assert "results/old/ has results of another study of this name" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "STUDY is missing: a name for the study, as in make new STUDY=birds DATA=/path/to/pictures"),
        ("my/birds", "STUDY: 'my/birds': a study's name should consist of letters, digits, '_', '.' and '-', with"),
        ("-n", "should consist of letters"),
        ("my birds", "should consist of letters"),
        ("새", "should consist of letters"),
        ("birds\n", "should consist of letters"),
        (200 * "a", "should be at most 100 characters long"),
        ("logs", "STUDY: a study cannot be called 'logs', as results/logs is Easel's own; choose another name"),
        (
            "quickstart",
            "STUDY: config/studies/quickstart.yaml exists already, and is left as it is; choose another name",
        ),
        ("local", "STUDY: local.yml exists already"),
        ("old", "STUDY: results/old/ has results of another study of this name; choose another name, or remove it"),
    ],
)
def test_a_name_that_cannot_be_taken_is_refused(checkout, folder_of, capsys, name, said):
    (checkout / "local.yml").touch()
    (checkout / "results/old").mkdir(parents=True)
    before = files_of(checkout)
    assert main(["--", name, str(folder_of({"a": 30, "b": 30}))]) == 1
    assert said in capsys.readouterr().err
    assert files_of(checkout) == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "STUDY is missing"),
        (["birds"], "DATA is missing: the folder of your pictures, as in make new STUDY=birds DATA=/path/to/pictures"),
        (["birds", "nowhere"], "DATA: there is no folder "),
        (["birds", "config"], "/config has no picture. Left out: "),
        (["birds", "config/config.yaml"], "config.yaml is a file, not a folder; name a folder of pictures"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused(checkout, unplanned, capsys, arguments, said):
    before = files_of(checkout)
    assert main(arguments) == 1
    assert said in capsys.readouterr().err
    assert files_of(checkout) == before


def test_a_folder_around_the_results_is_refused(checkout, unplanned, folder_of, capsys, monkeypatch):
    monkeypatch.chdir(folder_of({"a": 30, "b": 30}))
    assert main(["birds", "."]) == 1
    said = capsys.readouterr().err
    assert said.startswith("datasets.birds.path: ")
    assert "contains results/, whose pictures would count; use a folder of its own" in said
    assert not (checkout / "config/studies/birds.yaml").exists()


def test_an_unclear_layout_names_the_option(checkout, unplanned, folder_of, capsys):
    folder = folder_of({"finch/2021": 12, "finch/2022": 12, "tit/2021": 12})
    assert main(["birds", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "set 'classes: first'" in said
    assert "ARGS='--classes first'" in said
    assert not (checkout / "config/studies/birds.yaml").exists()
    assert main(["birds", str(folder), "--classes", "first"]) == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("bell\a", "datasets.birds.path: contains U+0007, a control character; remove it"),
        ("turned\u202e", "datasets.birds.path: contains U+202E, which changes the direction"),
        (os.fsdecode(b"caf\xe9"), "caf\\udce9' is not UTF-8; rename it"),
    ],
)
def test_a_path_that_no_study_can_hold_is_refused(checkout, unplanned, folder_of, capsys, name, said):
    folder = folder_of({"a": 30, "b": 30}, name)
    assert main(["birds", str(folder)]) == 1
    assert said in capsys.readouterr().err
    assert not (checkout / "config/studies/birds.yaml").exists()


def test_a_checkout_that_cannot_be_written_to_is_said(checkout, unplanned, folder_of, capsys, monkeypatch):
    def refuse(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(command.EaselError, match=r"config/studies/birds.yaml cannot be written: Permission denied"):
        command.write_new(checkout / "config/studies/birds.yaml", "text", checkout)
