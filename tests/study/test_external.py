"""External samples of a study, and patterns that stand for a run per match."""

import pytest

from easel.config.studies import MOST_RUNS
from easel.study.load import load_study
from easel.study.messages import ConfigError


@pytest.fixture
def load_path(root, tmp_path):
    """Load a study beside submissions/ whose run `theirs` has a path and, if given, a description."""

    def load(path, description=""):
        entry = f"{{kind: external, path: '{path}', description: '{description}'}}"
        (tmp_path / "own.yaml").write_text(f"dataset: shapes\nruns:\n  theirs: {entry}\n  dcgan: {{preset: dcgan}}\n")
        return load_study({"study": str(tmp_path / "own.yaml")}, root).external

    return load


@pytest.fixture
def submit(tmp_path):
    """Make empty files, and folders where a name ends in `/`, in submissions/."""

    def make(*names):
        for name in names:
            path = tmp_path / "submissions" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir() if name.endswith("/") else path.touch()
        return tmp_path / "submissions"

    return make


def refusal(load_path, path):
    with pytest.raises(ConfigError) as caught:
        load_path(path)
    return str(caught.value)


def test_a_pattern_stands_for_a_run_for_each_match(load_path, submit):
    folder = submit("bo.npz", "ana.npy", "cem/", ".DS_Store", "__MACOSX/", ".hidden.npz")
    found = load_path("submissions/*")
    assert {name: (entry.path, entry.description) for name, entry in found.items()} == {
        "theirs-ana": (str(folder / "ana.npy"), "ana.npy"),
        "theirs-bo": (str(folder / "bo.npz"), "bo.npz"),
        "theirs-cem": (str(folder / "cem"), "cem"),
    }


@pytest.mark.parametrize("pattern", ["{}/b*", "{}/[ab]?.npz", "submissions/../submissions/bo*"])
def test_a_pattern_is_of_any_form_that_a_shell_knows(load_path, submit, pattern):
    folder = submit("bo.npz", "cy.npz")
    assert [entry.path for entry in load_path(pattern.format(folder)).values()] == [str(folder / "bo.npz")]


def test_a_pattern_keeps_the_description_of_its_entry(load_path, submit):
    submit("bo.npz")
    assert load_path("submissions/*", "Homework 3")["theirs-bo"].description == "Homework 3"


def test_a_file_whose_name_looks_like_a_pattern_is_meant_itself(load_path, submit):
    folder = submit("b[o].npz", "bo.npz")
    assert {name: entry.path for name, entry in load_path("submissions/b[o].npz").items()} == {
        "theirs": str(folder / "b[o].npz")
    }


def test_a_folder_of_the_study_that_looks_like_a_pattern_is_none(root, tmp_path, submit):
    beside = tmp_path / "course [2]"
    submit("bo.npz").rename(tmp_path / "submissions2")
    beside.mkdir()
    (tmp_path / "submissions2").rename(beside / "submissions")
    (beside / "own.yaml").write_text("dataset: shapes\nruns:\n  theirs: {kind: external, path: submissions/*}\n")
    assert list(load_study({"study": str(beside / "own.yaml")}, root).external) == ["theirs-bo"]


def test_names_that_no_path_can_have_are_replaced_and_do_not_depend_on_others(load_path, submit):
    submit("Ana B. (2).npz", "민지.npz", "지민.npz", "zoë.npz")
    found = {entry.description: name for name, entry in load_path("submissions/*").items()}
    assert found["Ana B. (2).npz"] == "theirs-Ana_B._2_"
    assert found["zoë.npz"].startswith("theirs-zo-")
    assert found["민지.npz"] != found["지민.npz"]
    assert {found["민지.npz"]} < {*load_path("submissions/민*")} | {*found.values()}
    assert list(load_path("submissions/민*")) == [found["민지.npz"]]


def test_a_pattern_that_matches_nothing(load_path, submit):
    folder = submit(".hidden.npz").parent
    assert refusal(load_path, "submissions/*") == (
        f"{folder}/own.yaml: runs.theirs.path: nothing matches 'submissions/*' in {folder}; a pattern stands for a run "
        "for each folder of pictures, .npz or .npy file that it matches"
    )


def test_matches_that_hold_no_samples_are_named(load_path, submit):
    submit("bo.npz", "a.zip", "b.txt", "c.png", "d.png", "README")
    assert (
        "runs.theirs.path: README, a.zip, b.txt and 2 more are neither a folder of pictures nor an .npz or .npy file; "
        "move them elsewhere, or name a narrower pattern, such as 'submissions/*.npz'"
    ) in refusal(load_path, "submissions/*")
    assert "a.zip is neither a folder of pictures nor an .npz or .npy file; move it" in refusal(
        load_path, "submissions/a*"
    )


def test_two_matches_of_one_name(load_path, submit):
    submit("a b.npz", "a_b.npy")
    assert "a b.npz and a_b.npy both stand for a run called 'theirs-a_b'; rename one of the two" in refusal(
        load_path, "submissions/*"
    )


def test_a_match_whose_run_no_path_can_have(load_path, submit):
    submit(f"{'0' * 20}.npz")
    said = "stands for a run called 'theirs-00000000000000000000', which would end in more than 19 times '0'"
    assert said in refusal(load_path, "submissions/*")


def test_a_match_called_like_another_run(root, tmp_path, submit):
    submit("b.npz")
    entry = "{kind: external, path: 'submissions/*'}"
    study = tmp_path / "own.yaml"
    for other, message in {
        "a-b: {preset: dcgan}": "runs: external samples and a training are both called 'a-b'; rename one",
        "a-b: {kind: external, path: submissions}": "another entry also stands for a run called 'a-b'; rename one",
    }.items():
        study.write_text(f"dataset: shapes\nruns:\n  {other}\n  a: {entry}\n")
        with pytest.raises(ConfigError, match=message):
            load_study({"study": str(study)}, root)


def test_too_many_matches(load_path, submit):
    submit(*(f"{number}.npz" for number in range(MOST_RUNS + 1)))
    assert (
        "runs.theirs.path: with these, the study has 1,001 runs of external samples; it may have 1,000. Split the study"
    ) in refusal(load_path, "submissions/*")
