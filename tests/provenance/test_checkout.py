"""The files of the checkout that are packed into a crate."""

import subprocess
from pathlib import Path

import pytest

from easel.provenance.checkout import WITHOUT_GIT, choose_files
from easel.tracking.fingerprint import ROOT

OURS = ("Snakefile", "config/config.yaml", "config/studies/mine.yaml", "workflow/easel/a.py", "notebooks/a ü.ipynb")
PRIVATE = (
    "config/.env", "config/.netrc", "config/key.pem", "config/secrets.yaml", "config/.hidden/config.yaml",
    "workflow/easel/__pycache__/a.pyc", "workflow/easel.egg-info/PKG-INFO", "notebooks/.ipynb_checkpoints/a.ipynb",
    "results/big.npy", ".git/config", "notes.txt",
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path):
    """A checkout with files of ours, and others beside them."""
    folder = tmp_path / "checkout"
    for name in (*OURS, *PRIVATE):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def track(checkout, *names):
    """Make the checkout a repository that tracks some files."""
    (checkout / ".git/config").unlink(missing_ok=True)
    for arguments in (["init", "--quiet"], ["add", "--force", "--", *names]):
        subprocess.run(["git", *arguments], cwd=checkout, check=True)


def test_only_what_git_tracks(checkout):
    track(checkout, *OURS)
    assert choose_files(checkout) == (sorted(OURS), [])


def test_without_git_only_the_workflow_s_own_files(checkout):
    assert choose_files(checkout) == (sorted(set(OURS) - {"config/studies/mine.yaml"}), [])


def test_both_ways_choose_the_same_files():
    """A file of another kind in the checkout may need a line in WITHOUT_GIT."""
    if not (ROOT / ".git").exists():
        pytest.skip("this checkout is no repository")
    by_name = {file.relative_to(ROOT).as_posix() for pattern in WITHOUT_GIT for file in ROOT.glob(pattern)}
    assert {path for path in choose_files(ROOT).files if not path.startswith("config/studies/")} <= by_name


def test_a_tracked_file_that_was_deleted_is_not_missed(checkout):
    track(checkout, *OURS)
    (checkout / "config/config.yaml").unlink()
    assert "config/config.yaml" not in choose_files(checkout).files


@pytest.mark.parametrize("with_git", [True, False])
def test_links_lead_nowhere_else(checkout, tmp_path, with_git):
    (tmp_path / "id_rsa").write_text("SECRET")
    (tmp_path / "presets").mkdir()
    (tmp_path / "presets/key.yaml").write_text("SECRET")
    links = {
        "scripts/out.py": tmp_path / "id_rsa",
        "scripts/hidden.py": Path("../config/.env"),
        "scripts/untracked.py": Path("../config/key.pem"),
        "scripts/known.py": Path("../workflow/easel/a.py"),
        "scripts/dangling.py": Path("nowhere"),
        "config/presets": tmp_path / "presets",
    }
    for name, target in links.items():
        (checkout / name).parent.mkdir(exist_ok=True)
        (checkout / name).symlink_to(target)
    if with_git:
        track(checkout, *OURS, *links)
    chosen = choose_files(checkout)
    assert [path for path in chosen.files if path in links] == ["scripts/known.py"]
    assert not any("presets" in path for path in chosen.files)
    assert {"scripts/out.py", "scripts/hidden.py", "scripts/untracked.py"} <= set(chosen.left_out)


def test_hidden_files_are_left_out_even_if_tracked(checkout):
    track(checkout, *OURS, "config/.env")
    chosen = choose_files(checkout)
    assert (chosen.files, chosen.left_out) == (sorted(OURS), ["config/.env"])
