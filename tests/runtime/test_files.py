"""Atomic writes: the whole new file or the old one."""

import errno
import hashlib

import numpy as np
import pytest

from easel.runtime.errors import EaselError
from easel.runtime.files import atomic, discard, disk_is_full, read_if_whole, read_json, remember, sha256, write_json


def test_a_file_appears_whole(tmp_path):
    with atomic(tmp_path / "new" / "a.txt") as partial:
        partial.write_text("whole")
        assert not (tmp_path / "new" / "a.txt").exists()
        assert partial.suffix == ".txt"
    assert (tmp_path / "new" / "a.txt").read_text() == "whole"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_an_error_leaves_the_old_file(tmp_path):
    file = tmp_path / "a.txt"
    file.write_text("old")

    def write_half() -> None:
        with atomic(file) as partial:
            partial.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert file.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        OSError("1024 requested and 0 written"),  # NumPy, small arrays
        OSError("Not enough free space to write 30720000 bytes after offset 128"),  # NumPy, large arrays
        OSError("Can't write data (file write failed: time = now, errno = 28, error message = '')"),  # HDF5
    ],
)
def test_a_full_disk_gives_one_message(tmp_path, error):
    with pytest.raises(EaselError, match=r"a\.npy: the disk is full .* Free some space"), atomic(tmp_path / "a.npy"):
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_really_full_disk():
    """/dev/full accepts no byte; NumPy's short write comes without an errno."""

    def save() -> None:
        with open("/dev/full", "wb") as full:
            np.save(full, np.zeros(10_000))

    with pytest.raises(OSError, match=r".") as caught:
        save()
    assert disk_is_full(caught.value)


def test_other_errors_are_not_called_a_full_disk(tmp_path):
    with pytest.raises(PermissionError), atomic(tmp_path / "a"):
        raise PermissionError(errno.EACCES, "Permission denied")


def test_json_round_trip_and_no_nan(tmp_path):
    write_json(tmp_path / "a.json", {"name": "Ä", "value": 1.5})
    assert read_json(tmp_path / "a.json") == {"name": "Ä", "value": 1.5}
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_json(tmp_path / "a.json", {"value": float("nan")})
    assert read_json(tmp_path / "a.json")["value"] == 1.5


@pytest.mark.parametrize("content", [b"", b"\xff", b'{"a": 1', b"[" * 100_000])
def test_damaged_json_is_one_clear_line(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(EaselError, match=r"a\.json: damaged or cut short .* Delete it, and the same command makes it"):
        read_json(tmp_path / "a.json")


def test_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"easel")
    assert sha256(tmp_path / "a") == hashlib.sha256(b"easel").hexdigest()


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b"5", b"[" * 100_000, None])
def test_what_is_no_whole_mapping_reads_as_empty(tmp_path, content):
    if content is not None:
        (tmp_path / "a.json").write_bytes(content)
    assert read_if_whole(tmp_path / "a.json") == {}


def test_a_whole_mapping_is_read(tmp_path):
    write_json(tmp_path / "a.json", {"a": 1})
    assert read_if_whole(tmp_path / "a.json") == {"a": 1}


def test_what_is_remembered_is_written_once_and_where_it_can_be(tmp_path):
    file = tmp_path / "kept" / "a.json"
    remember(file, {}, {"a": "\udcff"})
    assert read_if_whole(file) == {"a": "\udcff"}
    before = file.stat().st_mtime_ns
    remember(file, {"a": "\udcff"}, {"a": "\udcff"})
    assert file.stat().st_mtime_ns == before
    remember(file / "below a file.json", {}, {"a": 1})
    assert read_if_whole(file) == {"a": "\udcff"}


def test_a_discarded_file_takes_no_space_in_a_trash(tmp_path):
    file = tmp_path / "a.npz"
    file.write_bytes(b"content")
    with open(file, "rb") as moved_to_the_trash:
        discard(file)
        assert moved_to_the_trash.read() == b""
    assert not file.exists()


def test_a_discarded_file_stays_whole_under_its_other_name(tmp_path):
    file = tmp_path / "a.npz"
    file.write_bytes(b"content")
    (tmp_path / "copy.npz").hardlink_to(file)
    discard(file)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"content"]
