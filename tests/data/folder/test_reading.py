"""A folder as a dataset: what is taken, what is named, which side of the split each picture is on."""

import hashlib
import json
import shutil
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from helpers.photographs import CLASSES, photograph, write_photographs
from PIL import Image
from scripts.prepare_folder import prepare_folder

from easel.data.folder.decode import Outcome
from easel.data.folder.listing import Picture
from easel.data.folder.preparing import class_summary, split_summary
from easel.data.folder.problems import KINDS
from easel.data.folder.reading import read, sides_by_chance
from easel.runtime.errors import EaselError


def quietly(count):
    return lambda done: None


@pytest.fixture
def prepared(tmp_path, settings):
    """A function that prepares a folder; returns its dataset, whose arrays are in a folder of their own."""

    def prepared(folder, **changed):
        scratch = tmp_path / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        return read(folder, settings(**changed), scratch, 2, quietly)

    return prepared


def rows_of(table):
    """Of each name in files.tsv: its split, its row, its problems."""
    header, *lines = table.splitlines()
    assert header == "file\tsplit\trow\twidth\theight\tcrop\tproblems"
    return {
        name: (split, row, problems) for name, split, row, _, _, _, problems in (line.split("\t") for line in lines)
    }


# --- the real script ---------------------------------------------------------------------------------------


def made_by_script(folder, into, settings):
    arrays = (f"{split}_{kind}.npy" for split in ("train", "test") for kind in ("images", "labels"))
    names = (*arrays, "files.tsv", "near_duplicates.tsv", "dataset.json")
    prepare_folder(folder, *(into / name for name in names), name="mine", settings=settings, processes=2)
    assert sorted(path.name for path in into.iterdir()) == sorted(names)
    return json.loads((into / "dataset.json").read_text())


def test_two_thousand_photographs(photographs, tmp_path, settings):
    record = made_by_script(photographs, tmp_path / "mine", settings())
    assert (record["name"], record["format"], record["classes"]) == ("mine", "folder", list(CLASSES))
    assert record["files"] == {"taken": 2000, "left_out": 0, "problems": []}
    train, test = (record["splits"][split] for split in ("train", "test"))
    assert train["images"] + test["images"] == 2000
    assert 150 < test["images"] < 250
    assert [a + b for a, b in zip(train["per_class"], test["per_class"], strict=True)] == [500] * 4
    for split in ("train", "test"):
        images, labels = (np.load(tmp_path / "mine" / f"{split}_{kind}.npy") for kind in ("images", "labels"))
        assert (images.shape, images.dtype) == ((record["splits"][split]["images"], 32, 32, 3), np.uint8)
        assert np.bincount(labels).tolist() == record["splits"][split]["per_class"]
        digest = hashlib.sha256((tmp_path / "mine" / f"{split}_images.npy").read_bytes()).hexdigest()
        assert record["arrays"][f"{split}_images.npy"] == digest
    table = rows_of((tmp_path / "mine" / "files.tsv").read_text())
    split, row, _ = table["river/photo 00006.webp"]
    found = np.load(tmp_path / "mine" / f"{split}_images.npy")[int(row)]
    with Image.open(photographs / "river" / "photo 00006.webp") as picture:
        side = min(picture.size)
        left, top = (picture.width - side) / 2, (picture.height - side) / 2
        expected = picture.resize((32, 32), Image.Resampling.LANCZOS, (left, top, left + side, top + side))
    np.testing.assert_allclose(found, np.asarray(expected), atol=2)


def test_every_kind_of_damage_is_named(damaged, tmp_path, settings):
    folder, expected = damaged
    record = made_by_script(folder, tmp_path / "mine", settings())
    found = {each["kind"]: each for each in record["files"]["problems"]}
    by_kind = defaultdict(list)
    for name, kind in expected.items():
        by_kind[kind].append(name)
    assert len(by_kind) > 20
    by_kind["grey"].append("field/deep.png")
    for kind, names in by_kind.items():
        assert found[kind]["count"] == len(names), (kind, found[kind])
        assert len(found[kind]["files"]) == min(10, len(names))
    assert set(found) == set(by_kind)
    taken = sum(KINDS[kind].taken for kind in expected.values())
    assert record["files"]["taken"] == 200 + taken
    assert record["classes"] == list(CLASSES)
    table = rows_of((tmp_path / "mine" / "files.tsv").read_text())
    for name, kind in expected.items():
        split, row, problems = table[name.replace("\\", "\\\\").replace("\n", "\\n").replace("\udce9", "\\xe9")]
        assert kind in problems, name
        assert bool(split) == bool(row) == KINDS[kind].taken, name
    assert "duplicate as river/photo 00002.jpg" in table["river/zz photo 00002.jpg"][2]
    assert "secret" not in json.dumps(record)


def test_the_same_folder_is_the_same_dataset_however_many_processes(damaged, tmp_path, settings):
    folder, _ = damaged
    one, three = (read(folder, settings(), make(tmp_path / str(n)), n, quietly) for n in (1, 3))
    assert (one.table, one.account, one.classes) == (three.table, three.account, three.classes)
    for split in ("train", "test"):
        np.testing.assert_array_equal(one.splits[split].images, three.splits[split].images)
        np.testing.assert_array_equal(one.splits[split].labels, three.splits[split].labels)


def make(folder):
    folder.mkdir()
    return folder


# --- the split ---------------------------------------------------------------------------------------------


@pytest.fixture
def some(tmp_path):
    folder = tmp_path / "some"
    write_photographs(folder, 200)
    return folder


def test_no_picture_moves_when_others_come_or_go(some, prepared):
    before = rows_of(prepared(some, test_fraction=0.3).table)
    (some / "barn" / "photo 00000.jpg").unlink()
    photograph(9000).save(some / "barn" / "a new one.png")
    after = rows_of(prepared(some, test_fraction=0.3).table)
    assert {name: split for name, (split, _, _) in after.items() if name in before} == {
        name: split for name, (split, _, _) in before.items() if name in after
    }
    larger = rows_of(prepared(some, test_fraction=0.3, image_size=64).table)
    assert {name: place[:2] for name, place in larger.items()} == {name: place[:2] for name, place in after.items()}


def test_another_seed_is_another_split(some, prepared):
    one, other = (
        {name: split for name, (split, _, _) in rows_of(prepared(some, seed=s).table).items()} for s in (0, 1)
    )
    assert one != other


def test_the_same_picture_is_never_on_both_sides(some, prepared):
    for i, file in enumerate(sorted(some.glob("*/*.jpg"))):
        shutil.copy(file, file.with_name(f"copy {i}.jpg"))
    found = prepared(some, test_fraction=0.5)
    train, test = ({image.tobytes() for image in found.splits[split].images} for split in ("train", "test"))
    assert not train & test
    assert found.account["taken"] == len(train) + len(test) == 200


def test_a_class_always_trains():
    pictures = [Picture(f"{group}/{i}", group) for group, count in (("many", 500), ("rare", 1)) for i in range(count)]
    outcomes = [Outcome(True, [], name, name) for name, *_ in pictures]
    for seed in range(20):
        sides = sides_by_chance(pictures, outcomes, range(501), seed, 0.5)
        assert sorted(sides["train"] + sides["test"]) == list(range(501))
        assert 200 < len(sides["test"]) < 300
        assert 500 in sides["train"]


# --- shapes of folders ---------------------------------------------------------------------------------------


def test_a_flat_folder_is_one_class(tmp_path, prepared):
    for i in range(60):
        photograph(i).save(make_if_needed(tmp_path / "flat") / f"{i}.png")
    found = prepared(tmp_path / "flat", test_fraction=0.3)
    assert found.classes == ["all images"]
    assert set(found.splits["train"].labels.tolist()) == {0}
    assert found.account["problems"] == []


def make_if_needed(folder):
    folder.mkdir(exist_ok=True)
    return folder


def test_classes_can_be_left_aside(some, prepared):
    (some / "beside.png").write_bytes((some / "barn" / "photo 00008.jpg").read_bytes() + b"\0")
    found = prepared(some, classes="none")
    assert found.classes == ["all images"]
    assert "outside_classes" not in str(found.account)


def test_folders_below_a_class_belong_to_it(some, prepared):
    deeper = some / "barn" / "2021" / "may"
    deeper.mkdir(parents=True)
    photograph(9002).save(deeper / "x.png")
    found = prepared(some)
    split, row, _ = rows_of(found.table)["barn/2021/may/x.png"]
    assert found.classes[found.splits[split].labels[int(row)]] == "barn"


def test_links_out_are_followed_where_they_are_allowed(some, tmp_path, prepared):
    outside = tmp_path / "outside"
    write_photographs(outside, 8)
    (some / "barn" / "linked").symlink_to(outside / "tower")
    (outside / "tower" / "back").symlink_to(some)
    photograph(9003).save(outside / "tower" / "alone.png")
    assert "outside_link" in str(prepared(some).account)
    found = prepared(some, follow_links=True)
    assert rows_of(found.table)["barn/linked/alone.png"][0]
    assert "outside_link" not in str(found.account)
    assert "repeated_folder" in str(found.account)


def write_splits(folder, **counts):
    """Write pictures, all different, in folders: test_cat=12 is 12 in test/cat."""
    for start, (name, count) in enumerate(counts.items()):
        place = folder / name.replace("_", "/")
        place.mkdir(parents=True)
        for i in range(count):
            photograph(1000 * start + i, 40, 40).save(place / f"{i:03}.png", compress_level=1)
    return folder


def test_splits_that_are_folders_are_kept(tmp_path, settings):
    folder = write_splits(tmp_path / "own", train_cat=12, train_dog=13, test_cat=8, test_dog=2, val_dog=5)
    shutil.copy(folder / "train/cat/000.png", folder / "val/dog/leaked.png")
    record = made_by_script(folder, tmp_path / "mine", settings())
    assert record["classes"] == ["cat", "dog"]
    assert record["source"]["splits"] == {"train": ["train"], "test": ["test", "val"]}
    assert record["splits"]["train"] == {"images": 25, "per_class": [12, 13]}
    assert record["splits"]["test"] == {"images": 15, "per_class": [8, 7]}
    table = rows_of((tmp_path / "mine" / "files.tsv").read_text())
    assert {(name.split("/")[0], split) for name, (split, _, _) in table.items() if split} == {
        ("train", "train"), ("test", "test"), ("val", "test"),
    }  # fmt: skip
    assert table["val/dog/leaked.png"] == ("", "", "duplicate_split as train/cat/000.png")


def test_a_log_says_what_each_split_was_read_from(tmp_path, prepared):
    found = prepared(write_splits(tmp_path / "own", train=12, test=11))
    assert split_summary(found) == "12 pictures for training (from train), 11 for testing (from test)"
    assert class_summary(found.classes) == "all are one class"
    assert class_summary(["cat", "dog"]) == "2 classes: cat, dog"


def test_a_class_must_have_a_usable_training_picture(tmp_path, prepared):
    folder = write_splits(tmp_path / "own", train_cat=12, test_cat=9, test_dog=9)
    (folder / "train/dog").mkdir()
    (folder / "train/dog/page.png").write_text("<html>")
    with pytest.raises(EaselError, match="no training picture of the class 'dog' can be used"):
        prepared(folder)


def test_too_few_test_pictures_in_their_folder(tmp_path, prepared):
    folder = write_splits(tmp_path / "own", train=12, test=9)
    with pytest.raises(EaselError, match=r"12 pictures for training and 9 for testing, as its folders name the splits"):
        prepared(folder)


# --- what cannot be a dataset -------------------------------------------------------------------------------


def test_too_few_pictures_are_refused_with_the_files_left_out(tmp_path, prepared):
    folder = make_if_needed(tmp_path / "few")
    for i in range(12):
        photograph(i).save(folder / f"{i}.png")
    for i in range(30):
        (folder / f"page {i}.png").write_text("<html>")
    with pytest.raises(EaselError) as error:
        prepared(folder)
    assert str(error.value) == (
        f"{folder}: 12 pictures are left. Expected at least 20: 10 for training and 10 for testing. Left out: 30 files "
        "that are not pictures (page 0.png, page 1.png, …)."
    )


def test_one_class_is_no_folder_that_could_be_empty(tmp_path, prepared):
    (make_if_needed(tmp_path / "bad") / "page.png").write_text("<html>")
    with pytest.raises(EaselError, match=r"0 pictures are left\. .* Left out: 1 files that are not pictures [^;]*$"):
        prepared(tmp_path / "bad")


def test_too_small_a_share(some, prepared):
    with pytest.raises(
        EaselError, match=r"198 pictures for training and 2 for testing, with a 'test_fraction' of 0\.01\. Expected at"
    ):
        prepared(some, test_fraction=0.01)


def test_no_picture_at_all(tmp_path, prepared):
    folder = make_if_needed(tmp_path / "none")
    (folder / "notes.txt").write_text("nothing")
    with pytest.raises(EaselError, match=r"none: found no picture\. Left out: 1 files of types other .*\(notes\.txt\)"):
        prepared(folder)
    with pytest.raises(EaselError, match=r"gone: cannot be read: No such file or directory"):
        prepared(tmp_path / "gone")


def test_an_error_leaves_nothing(tmp_path, settings):
    folder = make_if_needed(tmp_path / "few")
    photograph(0).save(folder / "one.png")
    (tmp_path / "mine" / ".preparing-old").mkdir(parents=True)
    with pytest.raises(EaselError):
        made_by_script(folder, tmp_path / "mine", settings())
    assert list((tmp_path / "mine").iterdir()) == []


def test_a_full_disk_is_an_error_with_a_remedy(some, tmp_path, settings, monkeypatch):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full, raising=False)
    if sys.platform == "linux":
        with pytest.raises(EaselError, match="the disk is full"):
            made_by_script(some, tmp_path / "mine", settings())
        assert list(Path(tmp_path / "mine").iterdir()) == []
