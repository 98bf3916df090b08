"""config.yaml and --config: which study to run, and what is no setting of a machine."""

import pytest
from helpers.studies import GOOD, message

from easel.study.load import load_study

SETTINGS = "config/config.yaml or --config: "
STUDIES = "there are cifar10, cifar10_cpu, cifar10_gpu, quickstart"


@pytest.mark.parametrize(
    ("machine", "said"),
    [
        ({}, "study: this key is missing"),
        ({"study": "quickstrt"}, "study: unknown name 'quickstrt'; did you mean 'quickstart'?"),
        ({"study": ""}, f"study: unknown name ''; {STUDIES}"),
        ({"study": "größe"}, f"study: unknown name 'größe'; {STUDIES}"),
        ({"study": ".."}, f"study: unknown name '..'; {STUDIES}"),
        ({"study": "x" * 5000}, "study: unknown name 'xxx"),
        ({"study": "x" * 5000 + ".yaml"}, "study: there is no file /"),
        ({"study": "~nobody-here/x.yaml"}, "study: there is no file /"),
        ({"study": "a\0b.yaml"}, "study: contains U+0000, a control character; remove it"),
        ({"study": "a\udcff.yaml"}, "study: the path 'a\\udcff.yaml' is not UTF-8; rename it"),
        (
            {"study": "/no/where/quickstart.yaml"},
            "study: there is no file /no/where/quickstart.yaml; did you mean 'quick",
        ),
        ({"study": "no/where"}, "study: there is no file /"),
        ({"study": "../"}, "study: /"),
        ({"study": 3}, f"study: unknown name '3'; {STUDIES}"),
        ({"study": True}, "study: should be a string; found true; put it in quotes"),
        ({"study": None}, "study: should be a string; found empty"),
        ({"stdy": "quickstart"}, "stdy: unknown key; did you mean 'study'?"),
        (
            {"study": "quickstart", "dataset": "shapes", "runs": {}},
            "dataset and runs: a study is no --configfile; name its file with --config study=FILE.yaml",
        ),
        ({"study": "quickstart", "samples": 9}, "samples: is a setting of a study; set it in the study's file"),
        ({"study": "quickstart", "epochs": 9}, "epochs: is a setting of a run; set it in the study's file"),
        ({"study": "quickstart", "threads": 0}, "threads: should be at least 1; found 0"),
    ],
)
def test_a_wrong_choice_of_study(root, machine, said):
    given = message(load_study, machine, root)
    assert given.startswith(SETTINGS + said)
    assert len(given) < 500


def test_a_folder_is_no_study(root):
    folder = root / "folder.yaml"
    folder.mkdir()
    given = message(load_study, {"study": str(folder)}, root)
    assert given == f"{SETTINGS}study: {folder} is a folder; a study is a YAML file"
    (root / "config" / "studies" / "odd.yaml").mkdir()
    assert message(load_study, {"study": "odd"}, root) == "config/studies/odd.yaml: cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("name", "given"),
    [("2024", 2024), ("007", 7), ("1.0", 1.0), ("1e3", 1000.0), ("true", True), ("null", None), ("2024", "2024")],
)
def test_a_study_whose_name_the_command_line_reads_as_another_value(root, name, given):
    (root / "config" / "studies" / f"{name}.yaml").write_text(GOOD)
    assert load_study({"study": given}, root).name == name


def test_a_file_without_its_suffix(root, tmp_path, monkeypatch):
    (tmp_path / "mine.yaml").write_text(GOOD)
    monkeypatch.chdir(tmp_path)
    assert message(load_study, {"study": "mine"}, root) == (
        f"{SETTINGS}study: unknown name 'mine'; for the file here, set study=mine.yaml"
    )
    assert message(load_study, {"study": "./mine"}, root) == (
        f"{SETTINGS}study: there is no file {tmp_path}/mine; did you mean './mine.yaml'?"
    )


@pytest.mark.parametrize("name", ["with space", "a{brace}b", "50%", "a#b", "it's", 'a"b', "größe"])
def test_a_study_in_a_folder_of_any_name(root, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "mine.yaml").write_text(GOOD)
    assert load_study({"study": str(folder / "mine.yaml")}, root).file == folder / "mine.yaml"
