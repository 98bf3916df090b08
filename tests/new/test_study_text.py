"""A study as a commented YAML file: valid whatever its folder and classes are called."""

import pytest

from easel.data.folder.problems import Problem
from easel.data.picture_files import printable_name
from easel.new.choices import Machine, choose
from easel.new.pictures import Pictures
from easel.new.study_text import COLUMNS, scalar, study_text
from easel.study import yaml_text

BIRDS = Pictures(
    folder="/data/birds", classes_from="folders", splits="auto", files=10_000, looked_at=600, usable=600, small=0,
    classes=["finch", "tit"], train=900, test=100, test_fraction=0.1, problems=[],
)  # fmt: skip
ODD = (
    "it's: #1", '"quoted"', "- dash", "&anchor", "*alias", "!tag", "%TAG", "{a: b}", "[1, 2]", "새", "🐦", "a\tb",
    "null", "C:\\pictures", "~", "  spaces  ", "a: b # c", "@at", "`tick`", "| bar", "> more", "? key", "nbsp\u00a0",
    "\u2028line",
)  # fmt: skip


def values_of(pictures, gpus=(), name="birds", dataset="birds"):
    """The values of a study's text, which holds whatever the machine."""
    text = study_text(name, dataset, pictures, choose(pictures, Machine(list(gpus), 300.0)), list(gpus))
    return yaml_text.read(text.encode()), text


@pytest.mark.parametrize("text", [*ODD, "plain", "/data/my_birds", "true", "2024", "1e3", "0x1F", ""])
def test_a_text_is_read_as_it_was_written(text):
    assert yaml_text.read(f"key: {scalar(text)}".encode()) == {"key": text}


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_are_in_the_study_as_they_are(odd):
    problems = [Problem("damaged", f"{odd}\n.png")]
    values, text = values_of(
        BIRDS._replace(folder=f"/data/{odd}", classes=[printable_name(odd), "tit"], problems=problems)
    )
    assert values["datasets"]["birds"]["path"] == f"/data/{odd}"
    assert all(line.isprintable() for line in text.splitlines())


def test_it_says_what_was_found_and_what_was_left_out():
    _, text = values_of(BIRDS._replace(problems=[Problem("damaged", "a.png")]))
    words = " ".join(line.strip().removeprefix("# ") for line in text.splitlines())
    for said in (
        "2 classes (finch, tit)",
        "about 900 for training",
        "1 damaged or truncated (a.png)",
        "600 were opened",
    ):
        assert said in words
    for pictures in (BIRDS, BIRDS._replace(classes=[], train=20)):
        _, text = values_of(pictures)
        assert max(map(len, text.splitlines())) <= COLUMNS + 10


@pytest.mark.parametrize(("test", "doubtful"), [(99, True), (100, False)])
def test_a_judge_that_may_fail_is_announced(test, doubtful):
    _, text = values_of(BIRDS._replace(test=test))
    assert ("may not pass its check" in text) is doubtful


def test_the_panel_of_few_pictures_is_the_one_to_add_to():
    values, text = values_of(BIRDS._replace(train=200))
    assert values["judge"] == "few_panel"
    assert "`judge: [few_panel, inception]`" in " ".join(line.strip().removeprefix("# ") for line in text.splitlines())


def test_only_what_is_not_usual_is_set():
    values, text = values_of(BIRDS)
    assert set(values["datasets"]["birds"]) == {"format", "path", "image_size"}
    assert "# mirrorable: true" in text
    assert "image_size: 32  # or 48, 64, 96, 128, 256; twice" in text
    assert "fit: pad" not in text
    assert "near_duplicates" not in text
    asked = BIRDS._replace(classes_from="none", splits="none", classes=[], test_fraction=0.25)
    values, _ = values_of(asked)
    assert values["datasets"]["birds"].items() >= {"classes": "none", "splits": "none", "test_fraction": 0.25}.items()
    values, _ = values_of(BIRDS._replace(test_fraction=None))
    assert "test_fraction" not in values["datasets"]["birds"]


@pytest.mark.parametrize("gpus", [(), ("NVIDIA H200",)])
@pytest.mark.parametrize("classes", [["finch", "tit"], []])
def test_what_is_commented_out_may_be_put_in(classes, gpus):
    """Each line behind a # that is YAML."""
    _, text = values_of(BIRDS._replace(classes=classes, oblong=3, alike=2), gpus)
    assert "test picture that look alike: 2. They" in text
    settings = ("# mirrorable: true", "# classes: none", "# fit: pad", "# near_duplicates: drop")
    for line in ("# notes: ", *settings, "# fast_gpu: "):
        text = text.replace(line, line.removeprefix("# "))
    values = yaml_text.read(text.encode())
    assert values["datasets"]["birds"]["mirrorable"] is True
    assert values["datasets"]["birds"]["fit"] == "pad"
    assert values["datasets"]["birds"]["near_duplicates"] == "drop"
    assert values["notes"]
    assert ("classes" in values["datasets"]["birds"]) is bool(classes)
    assert ("fast_gpu" in values["runs"]) is bool(classes and gpus)
