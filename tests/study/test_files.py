"""YAML files that cannot be used: the error names the file and the line."""

import os

import pytest
from helpers.studies import GOOD, NAMES, message

from easel.study.load import load_study


def test_numbers_and_words_are_those_of_yaml_1_2(load):
    study = load(GOOD.replace("dcgan}", "dcgan, learning_rate: 1e-4, description: no}"))
    assert study.runs["a"].settings.learning_rate == 1e-4
    assert study.runs["a"].settings.description == "no"


AT_A_LINE = {
    GOOD + "dataset: shapes\n": "line 4: 'dataset' is given twice",
    GOOD + "  a: {preset: vae}\n": "line 4: 'a' is given twice",
    "dataset: shapes\nruns:\n  a: {preset: dcgan\nseeds: 3\n": "line 4: not valid YAML: expected ',' or '}'",
    "dataset: shapes\nruns:\n\ta: 3\n": "line 3: not valid YAML: found a tab; YAML is indented with spaces",
    "dataset: a: b\n": "line 1: not valid YAML: mapping values are not allowed here",
    GOOD + "---\n" + GOOD: "line 4: not valid YAML: found another document",
    "dataset: !!python/object:os.system x\n": "line 1: not valid YAML: could not determine a constructor for the tag",
    "? {a: b}\n: c\n": "line 1: a key should be a name; found a mapping or a list",
}


@pytest.mark.parametrize(("text", "said"), AT_A_LINE.items(), ids=range(len(AT_A_LINE)))
def test_bad_yaml_names_file_and_line(load, text, said):
    assert message(load, text).startswith(f"config/studies/mine.yaml, {said}")


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("presets/dcgan.yaml", "family: gna\n", ": family: unknown family 'gna'; did you mean 'gan'?"),
        ("presets/dcgan.yaml", "model: dcgan\n", ": family: this key is missing"),
        ("presets/dcgan.yaml", "", ": the file is empty"),
        ("presets/dcgan.yaml", "family: gan\nfamily: gan\n", ", line 2: 'family' is given twice"),
        ("presets/dcgan.yaml", "family: [\n", ", line 2: not valid YAML: expected the node content"),
        ("datasets.yaml", "shapes: {format: shapes, sed: 1}\n", ": shapes.sed: unknown key; did you mean 'seed'?"),
        ("datasets.yaml", "- shapes\n", ": should be a mapping of keys to values; found ['shapes']"),
        ("datasets.yaml", "a/b: {format: shapes}\n", f": the name 'a/b' {NAMES}"),
        ("judges.yaml", "classifier: {kind: classifier, widht: 8}\n", ": classifier.widht: unknown key; did you mean"),
        ("judges.yaml", "classifier:\n", ": classifier: should be a mapping of keys to values; found empty"),
    ],
)
def test_a_mistake_in_another_file_names_that_file(root, load, file, text, said):
    (root / "config" / file).write_text(text)
    assert message(load, GOOD).startswith(f"config/{file}{said}")


def test_a_missing_file(root, load):
    (root / "config" / "judges.yaml").unlink()
    assert message(load, GOOD) == "config/judges.yaml: cannot be read: No such file or directory"


def test_an_unreadable_file(root, load, monkeypatch):
    load(GOOD)
    file = root / "config" / "studies" / "mine.yaml"
    file.chmod(0)
    if os.access(file, os.R_OK):  # root may read everything: let the system refuse instead
        monkeypatch.setattr("builtins.open", refuse)
    assert message(load_study, {"study": "mine"}, root) == "config/studies/mine.yaml: cannot be read: Permission denied"


def refuse(*_, **__):
    raise PermissionError(13, "Permission denied")
