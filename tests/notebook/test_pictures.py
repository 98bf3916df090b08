"""One's own pictures, as a folder or an archive."""

import io
import shutil
import zipfile

import pytest

from easel.config.studies import RESERVED_STUDY_NAMES
from easel.new.command import CLASSES
from easel.notebook import pictures
from easel.notebook.pictures import check_settings, picture_folder
from easel.notebook.places import place_for
from easel.runtime.errors import EaselError


@pytest.fixture
def place(checkout, tmp_path):
    return place_for(checkout, str(tmp_path / "kept"))


def packed(*names, compression=zipfile.ZIP_STORED):
    """The content of an archive with some files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", compression) as archive:
        for name in names:
            archive.writestr(name, name)
    return content.getvalue()


BIRDS = packed("birds/finch/1.png", "birds/tit/2.png", "__MACOSX/birds/._1.png")


def test_a_folder_is_taken_as_it_is(place, tmp_path):
    (tmp_path / "birds").mkdir()
    assert picture_folder(place, "birds", f" {tmp_path / 'birds'} ") == tmp_path / "birds"


def test_an_archive_is_unpacked_on_the_machines_own_disk(place, tmp_path):
    (tmp_path / "birds.zip").write_bytes(BIRDS)
    folder = picture_folder(place, "birds", str(tmp_path / "birds.zip"))
    assert sorted(path.name for path in folder.iterdir()) == ["finch", "tit"]
    assert folder.is_relative_to(place.scratch)


def test_another_archive_is_never_taken_for_one_that_was_unpacked(place, tmp_path):
    """Of the same name, or under the same path."""
    archive, folders = tmp_path / "birds.zip", []
    for content in (BIRDS, packed("birds/finch/3.png", "birds/tit/4.png")):
        archive.write_bytes(content)
        folders.append(picture_folder(place, "birds", str(archive)))
    assert [path.name for path in folders[1].rglob("*.png")] == ["3.png", "4.png"]
    archive.write_bytes(BIRDS)
    assert picture_folder(place, "birds", str(archive)) == folders[0]


def test_an_upload_is_kept_and_unpacked_again_on_another_machine(place, colab, capsys):
    colab.files.chosen["my birds.zip"] = BIRDS
    folder = picture_folder(place, "birds", "")
    shutil.rmtree(place.scratch)
    colab.files.chosen.clear()
    assert picture_folder(place, "birds", "") == folder
    assert (folder / "tit" / "2.png").read_text() == "birds/tit/2.png"
    kept = place.pictures / "birds.zip"
    asked = "Choose a zip of your pictures, with one folder for each class.\n"
    again = f"Using the zip that you uploaded before: {kept}. With another pictures_name, you are asked again.\n"
    unpacked = f"{kept} is unpacked in {folder}\n"
    assert capsys.readouterr().out == asked + unpacked + again + unpacked


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "choose one zip: run this cell again"),
        ({"a.zip": b"", "b.zip": b""}, "choose one zip: run this cell again"),
        (
            {"birds.rar": b"Rar!"},
            "birds.rar is no zip archive. Only a folder or a .zip works: pack the folder of your pictures as a zip, "
            "and upload it",
        ),
    ],
)
def test_an_upload_that_is_no_archive_is_refused_and_not_kept(place, colab, chosen, said):
    colab.files.chosen.update(chosen)
    with pytest.raises(EaselError) as error:
        picture_folder(place, "birds", "")
    assert str(error.value) == said
    assert [path for path in place.kept.rglob("*") if path.is_file()] == []


def test_only_colab_can_upload(place):
    with pytest.raises(EaselError, match="pictures is empty, and only Colab can upload: name a folder or a zip"):
        picture_folder(place, "birds", "")


@pytest.mark.parametrize("name", ["", "my birds", "../birds", "-birds", 51 * "b"])
def test_a_name_that_cannot_be_a_study_is_refused(place, name):
    with pytest.raises(EaselError, match="pictures_name should be a short name of letters and digits"):
        check_settings(place, name, "folders")


@pytest.mark.parametrize(
    ("name", "said"), [("quickstart", "is a study that comes with Easel"), ("logs", "is a folder of Easel's own")]
)
def test_a_name_that_is_taken_is_refused(place, name, said):
    with pytest.raises(EaselError, match=f"^pictures_name: {name} {said}.*: choose another name$"):
        check_settings(place, name, "folders")


def test_a_study_that_was_written_among_easels_own_can_be_gone_on_with(checkout):
    check_settings(place_for(checkout, "this machine"), "quickstart", "folders")


def test_what_folders_may_mean_and_which_names_are_reserved_is_as_everywhere(place):
    for classes in CLASSES:
        check_settings(place, "birds", classes)
    with pytest.raises(EaselError, match=r"^classes should be one of folders, first, none, not 'folder'$"):
        check_settings(place, "birds", "folder")
    names = {name for name in RESERVED_STUDY_NAMES if pictures.NAME.fullmatch(name)}
    assert set(pictures.RESERVED) == names


def test_a_path_that_does_not_exist_is_named(place, tmp_path):
    with pytest.raises(EaselError, match=r"^pictures: .*/birds does not exist. Check the path, or leave it empty"):
        picture_folder(place, "birds", str(tmp_path / "birds"))


def test_a_file_that_is_no_zip_is_told_what_works(place, tmp_path):
    (tmp_path / "birds.py").write_text("import birds\n")
    with pytest.raises(
        EaselError, match=r"birds.py is no zip archive that can be read \(.*\). Only a folder or a .zip works: pack"
    ):
        picture_folder(place, "birds", str(tmp_path / "birds.py"))


@pytest.mark.parametrize("names", [[], ["birds/"], ["__MACOSX/._1.png", ".DS_Store"]])
def test_an_empty_archive_is_named(place, tmp_path, names):
    (tmp_path / "birds.zip").write_bytes(packed(*names))
    with pytest.raises(EaselError, match=rf"^{tmp_path}/birds.zip is empty: pack the folder of your pictures again$"):
        picture_folder(place, "birds", str(tmp_path / "birds.zip"))


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_damaged_archive_is_refused_and_leaves_nothing_to_be_taken_for_it(place, tmp_path, compression):
    damaged = bytearray(packed("birds/finch/1.png", "birds/tit/2.png", compression=compression))
    damaged[47:60] = bytes(13)  # behind the name of the first
    (tmp_path / "birds.zip").write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(
            EaselError, match=r"birds.zip is no zip archive that can be read \(.*\). Only a folder or a .zip"
        ):
            picture_folder(place, "birds", str(tmp_path / "birds.zip"))
    assert [path.suffix for path in (place.scratch / "pictures").iterdir()] == [".part"]


def test_an_archive_larger_than_the_disk_is_refused(place, tmp_path, monkeypatch):
    (tmp_path / "birds.zip").write_bytes(BIRDS)
    usage = shutil.disk_usage(tmp_path)._replace(free=1)
    monkeypatch.setattr(pictures.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(EaselError, match=r"birds.zip has 0.0 GB, and only 0.0 GB are free here"):
        picture_folder(place, "birds", str(tmp_path / "birds.zip"))


def test_nothing_is_unpacked_outside_of_the_folder(place, tmp_path):
    (tmp_path / "birds.zip").write_bytes(packed("../../outside/1.png", "tit/2.png"))
    folder = picture_folder(place, "birds", str(tmp_path / "birds.zip"))
    assert folder.is_relative_to(place.scratch / "pictures")
    assert next(tmp_path.rglob("outside")).is_relative_to(folder)
