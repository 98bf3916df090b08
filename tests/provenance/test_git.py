"""The git state of the checkout in the manifest."""

import hashlib
import subprocess

import pytest

from easel.provenance import git


@pytest.fixture
def checkout(tmp_path):
    """A repository with one commit of a Snakefile."""
    (tmp_path / "Snakefile").write_text("rule all:\n")
    run(tmp_path, "init", "--quiet")
    run(tmp_path, "add", "Snakefile")
    commit(tmp_path)
    return tmp_path


def run(folder, *arguments):
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True).stdout


def commit(folder):
    run(folder, "-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "--quiet", "--message", "One")


def test_a_clean_checkout_is_its_commit(checkout):
    found = git.describe(checkout)
    assert found["commit"] == run(checkout, "rev-parse", "HEAD").decode().strip()
    assert (found["dirty"], found["diff"], found["diff_bytes"], found["untracked"]) == (False, "", 0, [])


def test_the_commit_with_the_diff_is_the_code_that_ran(checkout, tmp_path_factory):
    """Whatever the user's own settings make of `git diff`."""
    for setting in ("diff.noprefix=true", "diff.mnemonicPrefix=true", "color.diff=always", "diff.external=false"):
        run(checkout, "config", *setting.split("="))
    (checkout / "Snakefile").write_bytes("rule all:\n    # größer\n".encode())
    found = git.describe(checkout)
    assert found["dirty"]
    assert found["diff_sha256"] == hashlib.sha256(found["diff"].encode()).hexdigest()
    clone = tmp_path_factory.mktemp("clone")
    run(clone, "clone", "--quiet", str(checkout), ".")
    subprocess.run(["git", "apply"], cwd=clone, input=found["diff"].encode(), check=True)
    assert (clone / "Snakefile").read_bytes() == (checkout / "Snakefile").read_bytes()


def test_a_staged_change_is_a_change(checkout):
    (checkout / "Snakefile").write_text("rule other:\n")
    run(checkout, "add", "Snakefile")
    assert "+rule other:" in git.describe(checkout)["diff"]


def test_a_large_diff_is_cut_and_hashed_whole(checkout, monkeypatch):
    (checkout / "Snakefile").write_text("# a line\n" * 50_000)
    whole = git.describe(checkout)
    monkeypatch.setattr(git, "MAX_DIFF_BYTES", 1_000)
    cut = git.describe(checkout)
    assert (whole["diff_is_cut"], cut["diff_is_cut"]) == (False, True)
    assert cut["diff"] == whole["diff"][:1_000]
    assert (cut["diff_sha256"], cut["diff_bytes"]) == (whole["diff_sha256"], len(whole["diff"]))


def test_the_diff_has_no_secrets(checkout):
    (checkout / "Snakefile").write_text("urls: [http://user:SECRET@host/a?sig=SECRET]\n")
    found = git.describe(checkout)
    assert "+urls: [http://host/a]\n" in found["diff"]
    assert "SECRET" not in found["diff"]
    assert found["diff_is_censored"]
    assert found["diff_sha256"] == hashlib.sha256(run(checkout, "diff", "--binary")).hexdigest()


def test_untracked_files_are_listed(checkout):
    (checkout / ".gitignore").write_text("results/\n")
    for name in ("mine.yaml", "a ü\n.txt", "data/many/1.png", "results/a.json"):
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    found = git.describe(checkout)
    assert sorted(found["untracked"]) == [".gitignore", "a ü\n.txt", "data/", "mine.yaml"]
    assert not found["dirty"]


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"])
def test_variables_of_a_git_hook_are_ignored(checkout, tmp_path_factory, monkeypatch, variable):
    monkeypatch.setenv(variable, str(tmp_path_factory.mktemp("elsewhere")))
    assert git.describe(checkout)["commit"]


def test_without_git_there_is_a_reason(tmp_path, monkeypatch):
    (tmp_path / "Snakefile").touch()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert git.describe(tmp_path) == {
        "commit": None,
        "reason": "fatal: not a git repository (or any of the parent directories): .git",
    }
    monkeypatch.setenv("PATH", "/nowhere")
    assert git.describe(tmp_path) == {"commit": None, "reason": "git cannot be run: No such file or directory"}


def test_a_folder_in_somebody_elses_repository_has_no_commit(checkout):
    inner = checkout / "easel"
    inner.mkdir()
    (inner / "Snakefile").touch()
    found = git.describe(inner)
    assert found["commit"] is None
    assert "did not match any file" in found["reason"]


def test_a_repository_without_a_commit(tmp_path):
    (tmp_path / "Snakefile").touch()
    run(tmp_path, "init", "--quiet")
    run(tmp_path, "add", "Snakefile")
    assert git.describe(tmp_path)["commit"] is None
