"""A zip of pictures: read in place, whatever its names say, and never beyond a limit."""

import io
import re
import stat
import struct
import zipfile

import numpy as np
import pytest
from helpers.photographs import photograph, saved

from easel.data.folder.archive import ArchiveError, TooLongError, folders_below, read
from easel.data.folder.contents import describe
from easel.data.folder.decode import decode
from easel.data.folder.layout import LayoutError
from easel.data.folder.listing import find
from easel.data.folder.reading import read as read_dataset


@pytest.fixture
def packed(tmp_path):
    """A function that packs files, name -> content, or a list of names, into a zip."""

    def packed(files, name="pictures.zip", compression=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(tmp_path / name, "w", compression) as archive:
            for each in files:
                content = files[each] if isinstance(files, dict) else b"x"
                archive.writestr(each, content)
        return tmp_path / name

    return packed


def listed(file, classes="folders"):
    listing = find(file, classes, False, "auto")
    return [picture.name for picture in listing.pictures], {(each.name, each.kind) for each in listing.problems}


def with_flags(file, flags):
    """Set the flags of every file, as an encrypted archive has them."""
    raw = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(signature), bytes(raw)):
            struct.pack_into("<H", raw, found.start() + offset, flags)
    file.write_bytes(raw)
    return file


def test_folders_in_an_archive_are_classes_and_splits(packed):
    listing = find(
        packed(["train/a/1.png", "train/b/2.jpg", "test/a/3.png", "test/c/", "notes.txt"]), "folders", 0, "auto"
    )
    assert listing.pictures == [
        ("test/a/3.png", "a", "test"), ("train/a/1.png", "a", "train"), ("train/b/2.jpg", "b", "train"),
    ]  # fmt: skip
    assert {(each.name, each.kind) for each in listing.problems} == {
        ("test/c/", "empty_class"),
        ("notes.txt", "other_type"),
    }


def test_a_folder_around_all_files_does_not_count(packed):
    names = ["birds/", "birds/more/", "birds/more/finch/1.png", "birds/more/tit/2.png", "__MACOSX/birds/._1.png"]
    file = packed(names)
    assert listed(file) == (["finch/1.png", "tit/2.png"], {("__MACOSX", "hidden")})
    assert find(file, "folders", False, "auto").classes == ["finch", "tit"]
    assert sorted(folders_below(file, "")) == ["finch", "tit"]


def test_names_that_lead_out_of_the_archive_are_left_out(packed, tmp_path):
    link = zipfile.ZipInfo("link.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    file = packed(
        {"../x.png": b"", "/etc/y.png": b"", "C:\\z.png": b"", link: b"/etc/passwd", "a.png": b"", "b\\c.png": b""}
    )
    names, problems = listed(file)
    assert names == ["a.png", "b/c.png"]
    assert problems == {(name, "elsewhere") for name in ("../x.png", "/etc/y.png", "C:\\z.png", "link.png")}
    assert [each.name for each in tmp_path.iterdir()] == ["pictures.zip"], "something was unpacked"


def test_the_last_file_of_a_name_counts(packed):
    file = packed([])
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.png", b"first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", b"last")
    assert listed(file) == (["a.png"], {("a.png", "repeated_name")})
    assert read(file, "a.png", 100).read() == b"last"


def test_encrypted_files_and_odd_compressions_are_left_out(packed):
    assert listed(with_flags(packed(["a.png", "b.txt"]), 1)) == ([], {("a.png", "sealed"), ("b.txt", "other_type")})
    assert listed(packed(["a.png"], compression=zipfile.ZIP_LZMA)) == ([], {("a.png", "sealed")})


def test_a_file_is_unpacked_no_further_than_the_limit(packed, settings):
    file = packed({"bomb.png": bytes(10**6)})
    assert file.stat().st_size < 2_000
    with pytest.raises(TooLongError):
        read(file, "bomb.png", 10**6 - 1)
    assert len(read(file, "bomb.png", 10**6).read()) == 10**6
    into = np.zeros((32, 32, 3), np.uint8)
    assert decode(str(file), "bomb.png", settings(max_pixels=1000), into).kinds == ["too_long"]
    assert decode(str(file), "bomb.png", settings(), into).kinds == ["no_image"]
    assert decode(str(file), "gone.png", settings(), into).kinds == ["vanished"]


def test_a_size_that_is_a_lie_makes_a_damaged_file(packed, settings):
    picture = saved(photograph(1), "PNG")
    file = packed({"a.png": picture})
    file.write_bytes(file.read_bytes().replace(struct.pack("<I", len(picture)), struct.pack("<I", 60)))
    assert decode(str(file), "a.png", settings(), np.zeros((32, 32, 3), np.uint8)).kinds == ["damaged"]


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"", "is empty"), (b"no zip", "is damaged, or no zip"), (saved(photograph(1), "PNG"), "is damaged, or no zip")],
)
def test_what_is_no_zip_is_refused(tmp_path, content, message):
    (tmp_path / "a.zip").write_bytes(content)
    with pytest.raises(ArchiveError, match=rf"a\.zip {message} \(.*\)\. Make it again, or name a folder"):
        listed(tmp_path / "a.zip")


def test_a_truncated_zip_is_refused(packed):
    file = packed({f"{i}.png": bytes(100) for i in range(20)})
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ArchiveError):
        listed(file)


def test_an_unclear_layout_names_no_path_into_the_zip_without_saying_so(packed):
    with pytest.raises(LayoutError, match=r"set 'classes: first' \(a path cannot lead into a zip: unpack it first"):
        listed(packed(["finch/2021/1.png", "finch/2022/2.png", "tit/3.png"]))
    assert listed(packed(["finch/2021/1.png", "finch/2022/2.png", "tit/3.png"]), "first")[1] == set()


def test_the_digest_of_contents_follows_the_pictures_and_not_the_packing(packed, tmp_path, settings):
    def digest(files, **options):
        return describe(packed(files, **options), settings(), tmp_path / "known.json")

    found = digest({"a.png": b"1", "b.png": b"2"})
    assert (found["kind"], found["files"], found["bytes"]) == ("folder", 2, 2)
    assert digest({"b.png": b"2", "a.png": b"1"}, compression=zipfile.ZIP_STORED) == found
    assert digest({"a.png": b"1", "b.png": b"2"}, name="other.zip") == found
    assert digest({"a.png": b"1", "b.png": b"3"}) != found
    (tmp_path / "pictures.zip").unlink()
    assert describe(tmp_path / "pictures.zip", settings(), tmp_path / "known.json")["files"] == 2, "out of reach"


def test_a_zip_gives_the_same_dataset_as_its_folder(tmp_path, settings):
    for i in range(60):
        file = tmp_path / "birds" / "ab"[i % 2] / f"{i}.jpg"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(saved(photograph(i, 50, 40), "JPEG"))
    with zipfile.ZipFile(tmp_path / "birds.zip", "w") as archive:
        for file in sorted((tmp_path / "birds").rglob("*.jpg")):
            archive.write(file, file.relative_to(tmp_path))
    found = []
    for source in ("birds", "birds.zip"):
        scratch = tmp_path / f"scratch-{source}"
        scratch.mkdir()
        found.append(
            read_dataset(tmp_path / source, settings(test_fraction=0.3), scratch, 2, lambda n: lambda done: None)
        )
    folder, packed = found
    assert (folder.classes, folder.account, folder.table) == (packed.classes, packed.account, packed.table)
    for split in ("train", "test"):
        np.testing.assert_array_equal(folder.splits[split].images, packed.splits[split].images)
    assert isinstance(read(tmp_path / "birds.zip", "a/0.jpg", 10**6), io.BytesIO)
