"""Checkpoints: whole, or passed over."""

import keras
import numpy as np
import pytest

from easel.training import checkpoints

LATEST = 10**9


@pytest.fixture
def variables():
    keras.utils.set_random_seed(0)
    return {
        "network/000": keras.Variable(np.arange(6.0, dtype=np.float32).reshape(2, 3)),
        "network/001": keras.Variable(np.array([3, 4], np.uint32), dtype="uint32"),
    }


def set_all(variables, value):
    for variable in variables.values():
        variable.assign(np.full(variable.shape, value, variable.dtype))


def test_what_is_saved_is_restored(tmp_path, variables):
    before = {name: variable.numpy() for name, variable in variables.items()}
    checkpoints.save(tmp_path, 7, variables, {"history": [{"loss": 0.1}], "seconds": 1.5})
    set_all(variables, 9)
    assert checkpoints.restore(tmp_path, variables, LATEST) == (7, {"history": [{"loss": 0.1}], "seconds": 1.5})
    for name, variable in variables.items():
        np.testing.assert_array_equal(variable, before[name])


def test_nothing_to_restore(tmp_path, variables):
    assert checkpoints.restore(tmp_path / "none", variables, LATEST) is None


def test_two_are_kept(tmp_path, variables):
    for step in (5, 10, 200, 3000):
        checkpoints.save(tmp_path, step, variables, {})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint-000000200.npz", "checkpoint-000003000.npz"]


def test_those_of_a_longer_training_are_kept_beside(tmp_path, variables):
    for step in (50, 60, 2, 4, 6):
        checkpoints.save(tmp_path, step, variables, {})
    assert [int(path.stem[-9:]) for path in sorted(tmp_path.iterdir())] == [4, 6, 50, 60]
    assert checkpoints.restore(tmp_path, variables, 20)[0] == 6


def test_a_later_one_than_wanted_is_not_used(tmp_path, variables):
    for step in (5, 10):
        checkpoints.save(tmp_path, step, variables, {})
    assert checkpoints.restore(tmp_path, variables, 7)[0] == 5


def truncate(data: bytes) -> bytes:
    return data[: len(data) // 2]


def flip_a_bit(data: bytes) -> bytes:
    at = data.index(np.float32(4.0).tobytes())  # in the pixels of the first array
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def empty(data: bytes) -> bytes:
    return b""


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, empty])
def test_a_damaged_one_is_passed_over_with_a_warning(tmp_path, variables, damage, caplog):
    checkpoints.save(tmp_path, 5, variables, {"at": 5})
    checkpoints.save(tmp_path, 10, variables, {"at": 10})
    newest = tmp_path / "checkpoint-000000010.npz"
    newest.write_bytes(damage(newest.read_bytes()))
    assert checkpoints.restore(tmp_path, variables, LATEST) == (5, {"at": 5})
    assert "checkpoint-000000010.npz: damaged" in caplog.text


def test_no_half_written_file_is_left(tmp_path, variables, monkeypatch):
    def fail(*arguments, **keywords):
        raise OSError(28, "No space left on device")

    checkpoints.save(tmp_path, 5, variables, {})
    monkeypatch.setattr(np, "savez", fail)
    with pytest.raises(Exception, match="the disk is full"):
        checkpoints.save(tmp_path, 10, variables, {})
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint-000000005.npz"]
