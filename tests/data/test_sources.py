"""Sources that are out of reach."""

import builtins
import os

import pytest
from helpers.closed_folder import close_folder

from easel.data.sources import out_of_reach


def test_a_file_or_a_folder_with_a_picture_is_within_reach(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.jfif").touch()
    (tmp_path / "archive.tar.gz").write_bytes(b"1")
    assert out_of_reach(str(tmp_path)) == out_of_reach(str(tmp_path / "archive.tar.gz")) == ""


def test_a_class_on_a_disk_that_is_gone_is_out_of_reach(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").touch()
    (tmp_path / "gone.png").symlink_to("/nowhere")  # a picture more or less
    assert out_of_reach(str(tmp_path)) == ""
    (tmp_path / "c").symlink_to("/nowhere")
    assert (
        out_of_reach(str(tmp_path))
        == "has the link 'c' to /nowhere, which does not exist (remove the link if it is not needed)"
    )
    (tmp_path / "c").unlink()
    close_folder(monkeypatch, "b")
    assert out_of_reach(str(tmp_path)) == "has the folder 'b', which cannot be read: Permission denied"


@pytest.mark.parametrize("split", ["", "Train/"])
def test_a_class_that_is_empty_now_is_out_of_reach(tmp_path, split):
    for name in ("a", "b"):
        (tmp_path / split / name).mkdir(parents=True)
    (tmp_path / split / "a/1.png").touch()
    (tmp_path / split / "b/.DS_Store").touch()
    assert out_of_reach(str(tmp_path), [f"{split}a/1.png"]) == ""
    assert out_of_reach(str(tmp_path), [f"{split}a/1.png", f"{split}b/c/1.png"]) == (
        f"has the empty folder '{split}b', which had pictures (is its disk mounted? Or remove the folder)"
    )


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "does not exist"),
        (lambda path: path.symlink_to("/nowhere"), "is a link to /nowhere, which does not exist"),
        (lambda path: path.mkdir(), "has no picture (is its disk mounted?)"),
        (lambda path: (path / "@eaDir").mkdir(parents=True), "has no picture (is its disk mounted?)"),
        (lambda path: path.touch(), "is empty"),
    ],
)
def test_what_cannot_be_read_is_out_of_reach(tmp_path, make, why):
    make(tmp_path / "source")
    assert out_of_reach(str(tmp_path / "source")) == why


def test_a_source_without_permission_is_out_of_reach(tmp_path, monkeypatch):
    def closed(*arguments):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "archive").touch()
    monkeypatch.setattr(os, "scandir", closed)
    assert out_of_reach(str(tmp_path)) == "cannot be read: Permission denied"
    monkeypatch.setattr(builtins, "open", closed)
    assert out_of_reach(str(tmp_path / "archive")) == "cannot be read: Permission denied"
