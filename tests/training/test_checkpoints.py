"""Checkpoints: used if they are whole, skipped if they are not."""

import hashlib
import io

import numpy as np
import pytest

from easel.runtime.errors import EaselError
from easel.training import checkpoints
from easel.training.checkpoints import Checkpoint, Damaged

LATEST = 10**9
ARRAYS = {"network/000": np.arange(6.0, dtype=np.float32).reshape(2, 3), "network/001": np.array([3, 4], np.uint32)}


def saved(folder, *steps, **notes):
    for step in steps:
        arrays = {name: array + array.dtype.type(step) for name, array in ARRAYS.items()}
        checkpoints.save(folder, Checkpoint(step, arrays, {"key": "k"} | notes))


def newest(folder, last=LATEST, key="k"):
    return checkpoints.newest(folder, last, lambda found: "" if found.notes["key"] == key else "it is another's")


def steps_in(folder) -> list[int]:
    return [checkpoints.step_of(file) for file in checkpoints.files(folder)]


def test_a_saved_checkpoint_is_found(tmp_path):
    saved(tmp_path, 7, checks=[[0, 0.1, ""]])
    step, arrays, notes = newest(tmp_path)
    assert step == 7
    assert notes == {"key": "k", "checks": [[0, 0.1, ""]]}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array + array.dtype.type(7), strict=True)


def test_a_folder_without_checkpoints(tmp_path):
    assert newest(tmp_path / "none") is None


def test_the_two_newest_are_kept(tmp_path):
    saved(tmp_path, 5, 10, 200, 3000)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "checkpoint-000000200.npz", "checkpoint-000003000.npz",
    ]  # fmt: skip


def test_checkpoints_of_a_longer_training_are_kept(tmp_path):
    saved(tmp_path, 50, 60, 2, 4, 6)
    assert steps_in(tmp_path) == [4, 6, 50, 60]
    assert newest(tmp_path, last=20).step == 6


def test_a_checkpoint_after_the_last_step_is_not_used(tmp_path):
    saved(tmp_path, 5, 10)
    assert newest(tmp_path, last=7).step == 5


def test_an_incompatible_checkpoint_is_kept_and_not_used(tmp_path, caplog):
    saved(tmp_path, 5)
    assert newest(tmp_path, key="other") is None
    assert "not used: it is another's" in caplog.text
    assert steps_in(tmp_path) == [5]


def test_every_flipped_bit_is_detected(tmp_path):
    saved(tmp_path, 5)
    (file,) = checkpoints.files(tmp_path)
    whole = file.read_bytes()
    random = np.random.default_rng(0)
    for at in [*range(0, 64), *random.integers(len(whole), size=200), len(whole) - 1]:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << random.integers(8))]) + whole[at + 1 :])
        with pytest.raises(Damaged):
            checkpoints.read(file)


@pytest.mark.parametrize("left", [0, 1, 31, 32, 200, -1])
def test_a_truncated_checkpoint_is_skipped_with_a_warning(tmp_path, left, caplog):
    saved(tmp_path, 5, 10)
    file = tmp_path / "checkpoint-000000010.npz"
    file.write_bytes(file.read_bytes()[:left])
    assert newest(tmp_path).step == 5
    assert "checkpoint-000000010.npz: damaged" in caplog.text
    saved(tmp_path, 8)
    assert steps_in(tmp_path) == [5, 8]  # it is not one of the two that are kept


def with_checksum(content: bytes) -> bytes:
    """Content as a checkpoint whose checksum is right."""
    return content + hashlib.sha256(content).digest()


def npz(**arrays) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


TAMPERED = {
    "an object array": npz(notes=np.array("{}"), network=np.array([{"a": print}], object)),
    "no notes": npz(network=np.zeros(3)),
    "notes that are not JSON": npz(notes=np.array("{")),
    "one array": npz(notes=np.array("{}"))[:-30],
    "another file": b"a picture",
    "nothing": b"",
}


@pytest.mark.parametrize("content", TAMPERED.values(), ids=TAMPERED)
def test_a_tampered_checkpoint_with_a_right_checksum_is_damaged(tmp_path, content, caplog):
    """An object array would be unpickled, and could run any code."""
    saved(tmp_path, 5, 10)
    (tmp_path / "checkpoint-000000010.npz").write_bytes(with_checksum(content))
    assert newest(tmp_path).step == 5
    (line,) = caplog.messages
    assert "checkpoint-000000010.npz: damaged (not written by Easel: " in line
    assert "\n" not in line


def test_a_full_disk_leaves_no_partial_file(tmp_path, monkeypatch):
    saved(tmp_path, 5, 6)

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(EaselError, match="the disk is full"):
        saved(tmp_path, 10)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        "checkpoint-000000005.npz", "checkpoint-000000006.npz",
    ]  # fmt: skip


def test_partial_files_of_a_killed_job_are_removed(tmp_path):
    saved(tmp_path, 5)
    (tmp_path / ".checkpoint-000000010.123.part.npz").write_bytes(b"half")
    assert newest(tmp_path).step == 5
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-000000005.npz"]
