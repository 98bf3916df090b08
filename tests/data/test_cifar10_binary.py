import gzip
import tarfile

import numpy as np
import pytest

from easel.data import cifar10_binary
from easel.runtime.errors import EaselError


def read(archive):
    return cifar10_binary.read({archive.name: archive}, {})


def test_reads_every_record_in_order(contents, pack):
    classes, splits = read(pack(contents))
    assert classes == ["aeroplane", "bird", "cat"]
    assert {split: (images.shape, images.dtype) for split, (images, _) in splits.items()} == {
        "train": ((20, 32, 32, 3), np.uint8),
        "test": ((4, 32, 32, 3), np.uint8),
    }
    record = contents["data_batch_3.bin"][2 * 3073 : 3 * 3073]
    image, label = splits["train"].images[10], splits["train"].labels[10]
    assert (label, splits["train"].labels.dtype) == (record[0], np.int64)
    for row, column, channel in [(0, 0, 0), (0, 1, 0), (1, 0, 0), (5, 7, 1), (31, 31, 2)]:
        assert image[row, column, channel] == record[1 + 1024 * channel + 32 * row + column]


def test_the_folder_and_other_files_do_not_matter(contents, pack, tmp_path):
    expected = read(pack(contents, name="plain.tar.gz"))[1]
    other = pack({f"deeper/still/{file}": data for file, data in contents.items()})
    assert np.array_equal(read(other)[1]["test"].images, expected["test"].images)
    assert read(pack(contents | {"readme.html": b"<html>"}))[0]


def link(kind, target):
    member = tarfile.TarInfo("cifar-10-batches-bin/more.bin")
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (tarfile.TarInfo("../outside.bin"), "'../outside.bin' is outside its folder"),
        (tarfile.TarInfo("a/../../outside.bin"), "is outside its folder"),
        (tarfile.TarInfo("/etc/outside.bin"), "'/etc/outside.bin' is outside its folder"),
        (link(tarfile.SYMTYPE, "/etc/passwd"), "'cifar-10-batches-bin/more.bin' is a link to /etc/passwd"),
        (link(tarfile.LNKTYPE, "../x"), "is a link to ../x"),
    ],
)
def test_refuses_members_that_point_outside(contents, pack, member, said):
    with pytest.raises(EaselError) as error:
        read(pack(contents, member))
    assert said in str(error.value)
    assert "small.tar.gz" in str(error.value)


@pytest.mark.parametrize("kept", [0.0, 0.3, 0.9])
def test_a_truncated_archive(contents, pack, kept):
    archive = pack(contents)
    whole = archive.read_bytes()
    archive.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(EaselError, match=f"cannot be read as a gzipped tar.*found {int(kept * len(whole)):,} bytes"):
        read(archive)


def test_a_tar_that_ends_between_two_members(contents, pack):
    archive = pack(contents)
    tar = gzip.decompress(archive.read_bytes())
    archive.write_bytes(gzip.compress(tar[: tar.rindex(b"cifar-10-batches-bin/test_batch.bin")]))
    with pytest.raises(EaselError, match=r"lacks test_batch\.bin\. Expected data_batch_1"):
        read(archive)


@pytest.mark.parametrize("place", [0.1, 0.5, 0.999])
def test_a_damaged_archive(contents, pack, place):
    archive = pack(contents)
    data = bytearray(archive.read_bytes())
    data[int(place * len(data))] ^= 0xFF
    archive.write_bytes(data)
    with pytest.raises(EaselError, match="cannot be read as a gzipped tar archive"):
        read(archive)


def test_a_file_of_another_kind(tmp_path):
    page = tmp_path / "page.tar.gz"
    page.write_text("<html>Please log in</html>")
    with pytest.raises(EaselError, match=r"page\.tar\.gz: cannot be read as a gzipped tar archive: Not a gzipped file"):
        read(page)


def test_missing_members(contents, pack):
    del contents["data_batch_2.bin"], contents["batches.meta.txt"]
    with pytest.raises(
        EaselError, match=r"lacks batches\.meta\.txt, data_batch_2\.bin\. Expected .* found data_batch_1"
    ):
        read(pack(contents))


def test_a_member_that_is_there_twice(contents, pack):
    with pytest.raises(EaselError, match=r"two files test_batch\.bin"):
        read(pack(contents | {"again/test_batch.bin": contents["test_batch.bin"]}))


@pytest.mark.parametrize(
    ("size", "found"),
    [
        (4 * 3073 - 1, "12,291 bytes: 3 records and 3,072 bytes"),
        (4 * 3074, "12,296 bytes: 4 records and 4 bytes"),
        (0, "0 bytes"),
    ],
)
def test_a_wrong_record_size(contents, pack, size, found):
    contents["data_batch_4.bin"] = (contents["data_batch_4.bin"] + bytes(3073))[:size]
    with pytest.raises(EaselError, match=rf"data_batch_4\.bin: wrong size\. Expected records of 3,073 bytes.*{found}"):
        read(pack(contents))


def test_a_label_out_of_range(contents, pack):
    batch = bytearray(contents["data_batch_5.bin"])
    batch[2 * 3073] = 12
    contents["data_batch_5.bin"] = bytes(batch)
    with pytest.raises(
        EaselError, match=r"data_batch_5\.bin: label out of range\. Expected 0 to 2.*found 12 in record 2"
    ):
        read(pack(contents))


@pytest.mark.parametrize(
    ("names", "said"), [(b"", "no class names"), (b"\n \n", "no class names"), (b"a\nb\na\n", "'a' occurs twice")]
)
def test_bad_class_names(contents, pack, names, said):
    with pytest.raises(EaselError, match=said):
        read(pack(contents | {"batches.meta.txt": names}))
