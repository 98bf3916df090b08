"""What is found in a folder of pictures."""

import os
import zipfile

import pytest
from helpers.photographs import photograph

from easel.data.folder.layout import LayoutError
from easel.data.sizes import FEWEST
from easel.new import pictures
from easel.new.pictures import look_at
from easel.runtime.errors import EaselError


def test_a_small_folder_is_counted_picture_by_picture(folder_of):
    folder = folder_of({"cat": 60, "dog": 60})
    (folder / "cat" / "page.png").write_bytes(b"<html>")
    (folder / "cat" / "again.bmp").write_bytes(next((folder / "cat").glob("*.bmp")).read_bytes())
    (folder / "notes.txt").touch()
    found = look_at(str(folder))
    assert (found.files, found.looked_at, found.usable) == (122, 122, 120)
    assert (found.train + found.test, found.classes, found.small) == (120, ["cat", "dog"], 0)
    assert found.test >= FEWEST
    for reason in ("1 files that are not pictures (cat/page.png)", "1 duplicates", "notes.txt"):
        assert reason in found.left_out


def test_of_a_large_folder_some_are_opened(folder_of, monkeypatch):
    monkeypatch.setattr(pictures, "LOOKED_AT", 100)
    folder = folder_of({"a": 150, "b": 50})
    for file in sorted((folder / "a").iterdir())[:100]:
        file.write_bytes(b"damaged")
    found = look_at(str(folder))
    assert (found.files, found.looked_at) == (200, 100)
    assert 70 < found.train + found.test < 130  # of which 100 are usable
    assert found.train + found.test == pytest.approx(2 * found.usable, abs=1)
    assert found.classes == ["a", "b"]


def test_small_pictures_are_counted(folder_of):
    assert look_at(str(folder_of({"": 20}, "large", side=64))).small == 0
    assert look_at(str(folder_of({"": 20}, "small", side=63))).small == 20


def test_a_class_without_a_usable_picture_is_none(folder_of):
    folder = folder_of({"cat": 40, "dog": 40, "fish": 1})
    next((folder / "fish").iterdir()).write_bytes(b"damaged")
    assert look_at(str(folder)).classes == ["cat", "dog"]
    for file in (folder / "dog").iterdir():
        file.write_bytes(b"damaged")
    assert look_at(str(folder)).classes == []


def test_few_pictures_get_the_least_test_fraction_that_is_enough(folder_of):
    few, many = look_at(str(folder_of({"": 24}, "few"))), look_at(str(folder_of({"": 400}, "many")))
    assert many.test_fraction == 0.1
    assert few.test_fraction > 0.1
    assert min(few.train, few.test) >= FEWEST


def test_folders_that_are_splits_are_kept(folder_of):
    found = look_at(str(folder_of({"train/a": 15, "train/b": 15, "test/a": 10, "test/b": 10})))
    assert (found.train, found.test, found.test_fraction, found.classes) == (30, 20, None, ["a", "b"])


def test_a_path_may_be_relative_or_of_the_home_folder(folder_of, tmp_path, monkeypatch):
    folder = folder_of({"": 30}, 'my own: #1 "pictures"')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for typed in (folder.name, f"~/{folder.name}", f"{folder}/"):
        assert look_at(typed).folder == str(folder)


# --- refused -------------------------------------------------------------------------------------------


def refused(data, *options) -> str:
    with pytest.raises(EaselError) as error:
        look_at(str(data), *options)
    return str(error.value)


def test_what_is_no_folder_is_refused_with_what_to_do(folder_of, tmp_path):
    folder = folder_of({"": 1})
    with zipfile.ZipFile(tmp_path / "birds.zip", "w"):
        pass
    assert f"DATA: there is no folder {tmp_path}/nowhere" in refused(tmp_path / "nowhere")
    assert refused(tmp_path / "birds.zip") == f"DATA: {tmp_path}/birds.zip has no picture"
    (tmp_path / "broken.zip").write_bytes(b"PK")
    assert f"DATA: {tmp_path}/broken.zip is damaged, or no zip" in refused(tmp_path / "broken.zip")
    assert f"is a single picture, not a folder; name a folder of pictures, such as {folder}" in refused(
        next(folder.iterdir())
    )
    assert "is an address, not a folder" in refused("https://example.org/birds/")


def test_too_few_pictures_are_refused(folder_of, tmp_path):
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty") == f"DATA: {tmp_path}/empty has no picture"
    one = folder_of({"": 1}, "one")
    (one / "film.gif").touch()
    said = refused(one)
    assert "has 1 different picture that can be used; it takes 20, 10 for training and 10 for testing" in said
    assert "Left out: 1 pictures of another type" in said
    assert "9 usable pictures for training and 30 for testing" in refused(
        folder_of({"train": 9, "test": 30}, "unequal")
    )
    damaged = folder_of({"": 30}, "damaged")
    for file in damaged.iterdir():
        file.write_bytes(b"damaged")
    assert "has 0 different pictures that can be used" in refused(damaged)


def test_a_folder_that_may_not_be_listed_is_refused(folder_of, monkeypatch):
    folder = folder_of({"": 30})

    def closed(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", closed)
    assert refused(folder) == f"DATA: {folder} cannot be read: Permission denied"


def test_an_unclear_layout_is_refused_unless_it_is_explained(folder_of):
    folder = folder_of({"finch/2021": 12, "finch/2022": 12, "tit/2021": 12, "tit/2022": 12})
    with pytest.raises(LayoutError, match="set 'classes: first'"):
        look_at(str(folder))
    found = look_at(str(folder), classes_from="first")
    assert (found.classes, found.classes_from) == (["finch", "tit"], "first")
    assert look_at(str(folder), classes_from="none").classes == []


def test_a_zip_is_looked_at_like_its_folder(folder_of, tmp_path):
    folder = folder_of({"a": 20, "b": 20})
    with zipfile.ZipFile(tmp_path / "birds.zip", "w") as archive:
        for file in folder.rglob("*.bmp"):
            archive.write(file, f"birds/{file.relative_to(folder)}")
    whole, packed = look_at(str(folder)), look_at(str(tmp_path / "birds.zip"))
    assert packed == whole._replace(folder=str(tmp_path / "birds.zip"))


def test_crops_and_leaks_are_counted(tmp_path):
    for i in range(60):
        photograph(i, 90, 60 + 30 * (i % 2)).save(tmp_path / f"{i}.png")
        photograph(i, 90, 60 + 30 * (i % 2)).save(tmp_path / f"{i} again.jpg", quality=60)
    found = look_at(str(tmp_path))
    assert (found.usable, found.oblong) == (120, 60)
    assert 5 < found.alike <= found.test


def test_a_single_picture_is_too_few(folder_of):
    with pytest.raises(EaselError, match=r"has 1 different picture that can be used; it takes 20, 10 for training and"):
        look_at(str(folder_of({"": 1})))


@pytest.mark.parametrize("count", [100, 200])
def test_a_hundred_pictures_leave_most_for_training(folder_of, count):
    found = look_at(str(folder_of({"": count})))
    assert found.test >= FEWEST
    assert found.train >= 0.8 * count
