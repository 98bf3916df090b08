"""Listing a folder by names alone."""

import os

import pytest
from helpers.closed_folder import close_folder

from easel.data import picture_files
from easel.data.folder.listing import find
from easel.data.picture_files import printable_name, suffix_of


@pytest.fixture
def tree(tmp_path):
    """A function that makes empty files, and folders where a name ends in "/"."""

    def tree(*names):
        for name in names:
            path = tmp_path / "tree" / name
            if name.endswith("/"):
                path.mkdir(parents=True, exist_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        return tmp_path / "tree"

    return tree


def found_in(folder, classes="folders", follow_links=False):
    listing = find(folder, classes, follow_links, "auto")
    return (
        [name for name, *_ in listing.pictures],
        listing.classes,
        {(name, kind) for kind, name, _ in listing.problems},
    )


def test_names_come_in_the_order_of_their_bytes(tree):
    folder = tree("b/10.png", "b/9.PNG", "B/é.jpeg", "a/z.webp", "a/y.bmp", "a/b/x.jpg")
    assert found_in(folder) == (
        ["B/é.jpeg", "a/b/x.jpg", "a/y.bmp", "a/z.webp", "b/10.png", "b/9.PNG"], ["B", "a", "b"], set()
    )  # fmt: skip


def test_a_single_folder_next_to_pictures_is_not_a_class(tree):
    assert found_in(tree("1.png", "2.png", "more/3.png")) == (["1.png", "2.png", "more/3.png"], ["all images"], set())


def test_pictures_outside_classes_and_empty_classes_are_named(tree):
    names, classes, problems = found_in(tree("1.png", "a/1.png", "b/1.png", "c/", "d/notes.txt"))
    assert (names, classes) == (["a/1.png", "b/1.png"], ["a", "b"])
    assert problems == {
        ("1.png", "outside_classes"), ("c/", "empty_class"), ("d/", "empty_class"), ("d/notes.txt", "other_type"),
    }  # fmt: skip


def test_hidden_files_and_folders_are_skipped(tree):
    _, _, problems = found_in(tree("1.png", ".git/objects/1.png", ".hidden.png"))
    assert problems == {(".git", "hidden"), (".hidden.png", "hidden")}


def test_folders_of_systems_are_no_classes(tree):
    names, classes, problems = found_in(
        tree("a/1.png", "a/@eaDir/1.png/THUMB.jpg", "b/1.png", "__MACOSX/1.png", ".git/", "lost+found/", "@eaDir/2.png")
    )
    assert (names, classes) == (["a/1.png", "b/1.png"], ["a", "b"])
    assert {kind for _, kind in problems} == {"hidden"}


def test_every_name_of_a_jpeg_is_one(tree):
    names, _, problems = found_in(tree("1.jpg", "2.JPEG", "3.jfif", "4.JPE", "6.TIFF", "7.txt"))
    assert names == ["1.jpg", "2.JPEG", "3.jfif", "4.JPE"]
    assert problems == {("6.TIFF", "other_picture"), ("7.txt", "other_type")}


@pytest.mark.parametrize("has_readers", [True, False])
def test_avif_and_heic_count_where_they_can_be_read(tree, monkeypatch, has_readers):
    monkeypatch.setattr(picture_files.features, "check", lambda feature: has_readers)
    monkeypatch.setattr(picture_files, "find_spec", lambda package: has_readers or None)
    picture_files.readable.cache_clear()
    try:
        names, _, problems = found_in(tree("1.avif", "2.HEIC", "3.heif"))
    finally:
        picture_files.readable.cache_clear()
    if has_readers:
        assert (names, problems) == (["1.avif", "2.HEIC", "3.heif"], set())
    else:
        assert problems == {("1.avif", "needs_avif"), ("2.HEIC", "needs_heif"), ("3.heif", "needs_heif")}


def test_folders_that_are_splits(tree):
    folder = tree("train/a/1.png", "train/b/2.png", "test/a/3.png", "test/4.png", "test/c/", "val/b/5.png")
    listing = find(folder, "folders", False, "auto")
    assert listing.pictures == [
        ("test/a/3.png", "a", "test"), ("train/a/1.png", "a", "train"), ("train/b/2.png", "b", "train"),
        ("val/b/5.png", "b", "test"),
    ]  # fmt: skip
    assert listing.splits == {"test": "test", "train": "train", "val": "test"}
    assert listing.problems == [("outside_classes", "test/4.png", ""), ("empty_class", "test/c/", "")]


def test_links(tree, tmp_path):
    folder = tree("a/1.png", "b/1.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2.png").touch()
    for name, target in {
        "a/loop": "loop", "a/self": ".", "a/up": "..", "a/root": "/", "a/out": tmp_path / "out",
        "b/in.png": "../a/1.png",
        "b/out.png": tmp_path / "out/2.png", "b/gone.png": "nothing", "b/as if.png": folder / "a",
        "b/beside": f"{folder}-not", "b/twice": tmp_path / "out",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    (tmp_path / "tree-not").mkdir()
    names, _, problems = found_in(folder)
    assert names == ["a/1.png", "b/1.png", "b/in.png"]
    assert problems == {
        ("a/loop", "broken_link"), ("a/self", "repeated_folder"), ("a/up", "repeated_folder"),
        ("a/root", "outside_link"),
        ("a/out", "outside_link"), ("b/out.png", "outside_link"), ("b/gone.png", "broken_link"),
        ("b/as if.png", "repeated_folder"), ("b/beside", "outside_link"), ("b/twice", "outside_link"),
    }  # fmt: skip
    (folder / "a/root").unlink()
    names, _, problems = found_in(folder, follow_links=True)
    assert [name for name in names if name.endswith("/2.png")] in (["a/out/2.png"], ["b/twice/2.png"])
    assert "b/out.png" in names
    assert len([kind for _, kind in problems if kind == "repeated_folder"]) == 4


def test_a_folder_reached_by_a_link_is_itself(tree, tmp_path):
    tree("1.png", "2.png")
    (tmp_path / "alias").symlink_to("tree")
    assert found_in(tmp_path / "alias")[0] == ["1.png", "2.png"]


def test_very_deep_folders_end_at_the_systems_limit(tmp_path):
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / "1.png").touch()
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(100):  # longer than a path may be
        os.mkdir("d" * 100, dir_fd=descriptor)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)
    names, _, problems = found_in(folder)
    assert names == ["1.png"]
    assert [kind for _, kind in problems] == ["closed"]


def test_a_folder_that_is_closed_is_named(tree, monkeypatch):
    folder = tree("a/1.png", "b/1.png")
    close_folder(monkeypatch, "b")
    assert found_in(folder)[2] == {("b", "closed")}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plain é 日本.png", "plain é 日本.png"),
        ("two\nlines\t.png", "two\\nlines\\t.png"),
        ("a\\n.png", "a\\\\n.png"),
        ("caf\udce9.png", "caf\\xe9.png"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x1b[31mred", "\\x1b[31mred"),
    ],
)
def test_names_are_shown_in_one_line(name, expected):
    assert printable_name(name) == expected
    printable_name(name).encode()


def test_the_end_of_a_name():
    assert [suffix_of(name) for name in ("a.PNG", "a.tar.gz", "a", ".png")] == [".png", ".gz", "", ".png"]
