"""Folders of pictures that a study names."""

import re
import zipfile
from functools import partial

import pytest
from helpers.studies import message

from easel.study.load import load_study

STUDY = """\
dataset: own
runs:
  a: {preset: %s}
datasets:
  own: {format: folder, path: pictures%s}
judge: %s
"""


@pytest.fixture
def load_with(root, tmp_path):
    """A function that loads a study of a folder with a picture in each of some folders."""

    def load_with(*folders, settings="", judge="inception", preset="dcgan"):
        (tmp_path / "pictures").mkdir(exist_ok=True)
        for folder in folders:
            (tmp_path / "pictures" / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / "pictures" / folder / "1.png").touch()
        (tmp_path / "own.yaml").write_text(STUDY % (preset, settings, judge))
        return load_study({"study": str(tmp_path / "own.yaml")}, root)

    return load_with


def test_an_unclear_layout_is_refused_before_any_job(load_with, tmp_path):
    folder = tmp_path / "pictures"
    assert message(load_with, "images/cat", "images/dog") == (
        f"{tmp_path}/own.yaml: datasets.own: {folder}: the only folder with pictures, 'images', has 'cat' and "
        f"'dog' inside. Set the path to {folder}/images, or set 'classes: none' if all pictures are one class"
    )


@pytest.mark.parametrize("key", ["test_fraction: 0.1", "seed: 0"])
def test_splits_and_a_random_split_do_not_go_together(load_with, key):
    assert "'splits: none' if the folders are classes" in message(
        lambda: load_with("train", "test", settings=f", {key}")
    )
    assert load_with(settings=f", {key}, splits: none").dataset.splits == "none"


def test_a_judge_that_needs_classes_says_what_was_seen(load_with):
    said = message(lambda: load_with("train", "test", judge="classifier"))
    assert "and there is only one, as the splits of " in said
    assert "pictures have no folder for each; use judge: " in said


def test_a_linked_class_is_named_with_the_setting_that_follows_it(load_with, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/1.png").touch()
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/b").symlink_to(tmp_path / "elsewhere")
    assert (
        "pictures has only one folder with pictures, 'a' ('b' is a link to a folder elsewhere, followed only with "
        "'follow_links: true'); use judge: " in message(lambda: load_with("a", judge="classifier"))
    )
    assert load_with(settings=", follow_links: true", judge="classifier").dataset.follow_links


def test_a_conditional_run_says_why_there_is_one_class(load_with):
    said = message(lambda: load_with("a", preset="fast_cpu"))
    assert "the images of 'own' have only one class, as " in said
    assert said.endswith(
        "pictures has only one folder with pictures, 'a'; set conditional: false and aux_classifier_weight: 0, or sort "
        "the pictures into a folder for each class"
    )


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("pictures.zip", "own.path: {0}/pictures.zip is empty (File is not a zip file). Make it again, or name"),
        ("pictures.tar.gz", "(mkdir {0}/pictures && tar -xf {0}/pictures.tar.gz -C {0}/pictures) and name the folder"),
        ("PICTURES.RAR", "(unrar x {0}/PICTURES.RAR {0}/PICTURES/)"),
        ("pictures.7z", "(7z x {0}/pictures.7z -o{0}/pictures)"),
        ("one.jfif", "is a single picture, not a folder; name a folder of pictures, such as {0}"),
        ("https://example.org/pictures.zip?key=SECRET", "own.path: https:/example.org… is an address, not a folder; "),
        ("gone.zip", "there is no file {0}/gone.zip"),
        ("link", "there is no folder {0}/link, as it is a link to nowhere, which does not exist"),
    ],
)
def test_a_path_that_is_no_folder_comes_with_what_to_do(root, tmp_path, name, remedy):
    if name == "link":
        (tmp_path / name).symlink_to("nowhere")
    elif not name.startswith(("gone", "https")):
        (tmp_path / name).touch()
    (tmp_path / "own.yaml").write_text(STUDY.replace("pictures%s", name) % ("dcgan", "inception"))
    assert remedy.format(tmp_path) in message(load_study, {"study": str(tmp_path / "own.yaml")}, root)


def test_external_samples_in_an_archive(root, tmp_path):
    (tmp_path / "theirs.zip").touch()
    (tmp_path / "own.yaml").write_text("dataset: shapes\nruns:\n  theirs: {kind: external, path: theirs.zip}\n")
    assert "theirs.zip is an archive, not a folder; unpack it" in message(
        load_study, {"study": str(tmp_path / "own.yaml")}, root
    )


@pytest.mark.parametrize(
    ("files", "encrypted", "reason"),
    [
        (["notes.txt"], False, "1 files of types other than"),
        (["../x.png"], False, r"1 names and links in the archive that lead out of it \(\.\./x\.png\)"),
        (
            ["a/1.png", "b/2.png"],
            True,
            r"2 encrypted, or compressed in a way that is not read: pack them again",
        ),
        ([], False, ""),
    ],
)
def test_a_zip_without_a_picture_is_refused_before_any_job(load_with, tmp_path, files, encrypted, reason):
    with zipfile.ZipFile(tmp_path / "pictures.zip", "w") as archive:
        for name in files:
            archive.writestr(name, b"x")
    if encrypted:
        raw = (tmp_path / "pictures.zip").read_bytes()
        for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            raw = re.sub(
                re.escape(header) + b".{%d}" % (flags - 4) + b"..",
                lambda found: found[0][:-2] + b"\x01\x00",
                raw,
                flags=re.DOTALL,
            )
        (tmp_path / "pictures.zip").write_bytes(raw)
    said = message(partial(load_with, settings=".zip"))
    assert said.startswith(f"{tmp_path}/own.yaml: datasets.own.path: {tmp_path}/pictures.zip has no picture")
    assert re.search(reason, said)


def test_a_seed_is_for_random_crops_even_where_folders_are_the_splits(load_with):
    splits = ("train/a", "train/b", "test/a", "test/b")
    assert "'seed' is for a random split" in message(partial(load_with, settings=", seed: 1"), *splits)
    assert load_with(*splits, settings=", seed: 1, fit: random_crop").dataset.seed == 1
    assert "'test_fraction' is for a random" in message(
        partial(load_with, settings=", test_fraction: 0.2, fit: random_crop"), *splits
    )
