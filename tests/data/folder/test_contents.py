"""The digest of a folder: it changes with the pictures and with nothing else."""

import os
import shutil

import pytest
from helpers.photographs import photograph

from easel.data.folder import contents
from easel.data.folder.contents import describe


@pytest.fixture
def folder(tmp_path):
    for name in ("a/1.png", "a/2.png", "b/1.png"):
        (tmp_path / "pictures" / name).parent.mkdir(parents=True, exist_ok=True)
        photograph(len(name)).save(tmp_path / "pictures" / name)
    return tmp_path / "pictures"


@pytest.fixture
def described(tmp_path, settings):
    """A function that describes a folder, remembering what it has seen."""

    def described(folder, known="known.json"):
        return describe(folder, settings(), tmp_path / known)

    return described


def test_it_counts(folder, described):
    found = described(folder)
    assert (found["kind"], found["files"]) == ("folder", 3)
    assert found["bytes"] == sum(path.stat().st_size for path in folder.rglob("*.png"))


@pytest.mark.parametrize(
    "edit",
    [
        lambda folder: photograph(9).save(folder / "a/3.png"),
        lambda folder: (folder / "a/2.png").unlink(),
        lambda folder: (folder / "a/2.png").rename(folder / "b/2.png"),
        lambda folder: (folder / "notes.txt").touch(),
        lambda folder: (folder / "c").mkdir(),
        lambda folder: (folder / "beside.png").touch(),
        lambda folder: (folder / "a/2.png").write_bytes((folder / "a/2.png").read_bytes()[:-1] + b"x"),
    ],
)
def test_an_edit_changes_it(folder, described, edit):
    before = described(folder)
    edit(folder)
    assert described(folder) != before
    assert described(folder) == described(folder, "nothing known.json")


def test_a_copy_with_other_times_is_the_same(folder, described, tmp_path):
    before = described(folder)
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    assert described(tmp_path / "copy") == before
    for path in folder.rglob("*"):
        os.utime(path, (1, 1))
    assert described(folder) == before


def test_hidden_files_do_not_count(folder, described):
    before = described(folder)
    (folder / "a/.DS_Store").write_bytes(b"Bud1")
    assert described(folder) == before


def test_only_new_files_are_read_again(folder, described, monkeypatch):
    described(folder)
    read = []
    digest = contents.content
    monkeypatch.setattr(contents, "content", lambda path, size: read.append(path) or digest(path, size))
    described(folder)
    assert read == []
    photograph(3).save(folder / "b/3.png")
    described(folder)
    assert read == [str(folder / "b/3.png")]


def test_names_that_are_no_unicode_are_remembered(folder, described, monkeypatch):
    photograph(1).save(folder / "a/caf\udce9\n.png")
    before = described(folder)
    monkeypatch.setattr(contents, "content", lambda path, size: pytest.fail("read again"))
    assert described(folder) == before


def test_results_that_cannot_be_written_to_can_be_looked_at(folder, described, tmp_path):
    (tmp_path / "file").touch()
    assert described(folder, "file/known.json") == described(folder)


def test_large_files_are_read_in_places(folder, described):
    large = bytearray(2**20)
    (folder / "a/large.bmp").write_bytes(large)
    before = described(folder)
    large[-1] = 1
    (folder / "a/large.bmp").write_bytes(large)
    assert described(folder) != before


def test_a_folder_that_is_gone_is_as_it_was(folder, described, tmp_path):
    before = described(folder)
    folder.rename(tmp_path / "elsewhere")
    assert described(folder) == before
    assert described(folder, "nothing known.json") == {"kind": "out_of_reach"}


def test_a_class_that_is_out_of_reach_is_as_it_was(folder, described, settings, tmp_path):
    (folder / "b").rename(tmp_path / "b")
    (folder / "b").symlink_to(tmp_path / "b")
    before = describe(folder, settings(follow_links=True), tmp_path / "known.json")
    assert before["files"] == 3
    (tmp_path / "b").rename(tmp_path / "elsewhere")
    assert describe(folder, settings(follow_links=True), tmp_path / "known.json") == before


def test_an_empty_mount_point_is_as_it_was(folder, described, tmp_path):
    before = described(folder)
    folder.rename(tmp_path / "elsewhere")
    folder.mkdir()
    assert described(folder) == before


@pytest.mark.parametrize("layout", ["", "train"])
def test_a_class_with_an_empty_mount_point_is_as_it_was(folder, described, tmp_path, layout):
    if layout:
        folder.rename(tmp_path / "classes")
        for split in ("train", "test"):
            shutil.copytree(tmp_path / "classes", folder / split)
    before = described(folder)
    (folder / layout / "a").rename(tmp_path / "elsewhere")
    (folder / layout / "a").mkdir()
    assert described(folder) == before
    (folder / layout / "a").rmdir()
    assert described(folder) != before


def test_a_class_of_a_split_that_is_out_of_reach_is_as_it_was(folder, settings, tmp_path):
    folder.rename(tmp_path / "classes")
    for split in ("train", "test"):
        shutil.copytree(tmp_path / "classes", tmp_path / "disk" / split)
        (folder / split).mkdir(parents=True)
        for name in ("a", "b"):
            (folder / split / name).symlink_to(tmp_path / "disk" / split / name)
    before = describe(folder, settings(follow_links=True), tmp_path / "known.json")
    assert before["files"] == 6
    (tmp_path / "disk/train/a").rename(tmp_path / "elsewhere")
    (tmp_path / "disk/test/a").rename(tmp_path / "elsewhere too")
    assert describe(folder, settings(follow_links=True), tmp_path / "known.json") == before


def test_the_kept_digests_may_be_damaged(folder, described, tmp_path):
    before = described(folder)
    for damaged in ('{"files": ', "[1]", '{"folder": "a"}', f'{{"folder": "{folder}"}}'):
        (tmp_path / "known.json").write_text(damaged)
        assert described(folder) == before
        (tmp_path / "known.json").write_text(damaged)
        assert describe(tmp_path / "nowhere", {}, tmp_path / "known.json") == {"kind": "out_of_reach"}
