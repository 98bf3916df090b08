"""Arrays of MATLAB 5 files: the same as SciPy reads, and nothing larger than the shape says."""

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from scipy.io import loadmat, savemat

from easel.data import matlab5

MOST = 10**6


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"])
def test_arrays_are_those_that_scipy_reads(tmp_path, compressed, kind):
    rng = np.random.default_rng(1)
    arrays = {
        "X": rng.integers(0, 100, (3, 4, 2, 5)).astype(kind),
        "y": np.arange(3).astype(kind)[:, None],
        "one": np.ones((1, 1), kind),
        "none": np.ones((0, 3), kind),
    }
    others = {"text": "a", "structure": {"X": arrays["X"]}, "long_" * 6: np.zeros(9)}
    savemat(tmp_path / "a.mat", others | arrays, do_compression=compressed)
    found = matlab5.read(tmp_path / "a.mat", [*arrays, "text", "structure"], MOST)
    expected = loadmat(tmp_path / "a.mat")
    assert found.keys() == arrays.keys()
    for name, values in found.items():
        assert values.dtype == expected[name].dtype
        np.testing.assert_array_equal(values, expected[name])


def variable(order: str = "<", shape=(2, 3), values=bytes(range(6)), said: int | None = None) -> bytes:
    """A variable X of bytes. said: the size that its part says, if not that of the values."""

    def part(kind, content, size=None):
        return struct.pack(f"{order}II", kind, size or len(content)) + content + bytes(-len(content) % 8)

    shape = struct.pack(f"{order}{len(shape)}i", *shape)
    name = struct.pack(f"{order}I", 1 << 16 | 1) + b"X\0\0\0"  # a name this short is stored in its own tag
    content = part(6, struct.pack(f"{order}II", 9, 0)) + part(5, shape) + name + part(2, values, said)
    return part(14, content)


def write(file, content: bytes, order: str = "<", compressed: bool = False):
    if compressed:
        packed = zlib.compress(content)
        content = struct.pack(f"{order}II", 15, len(packed)) + packed
    file.write_bytes(b"MATLAB 5.0".ljust(124) + {"<": b"\0\1IM", ">": b"\1\0MI"}[order] + content)
    return file


@pytest.mark.parametrize("order", "<>")
def test_both_byte_orders(tmp_path, order):
    found = matlab5.read(write(tmp_path / "a.mat", variable(order), order), ["X"], MOST)
    assert found["X"].tolist() == [[0, 2, 4], [1, 3, 5]]


BOMBS = {
    "a shape that is too large": variable(shape=(2**15, 2**15), said=2**30),
    "a shape and values that are too large": variable(shape=(2 * MOST,), values=bytes(2 * MOST)),
    "values beyond the shape": variable(values=bytes(4 * MOST)),
    "a size beyond the shape": variable(said=2**32 - 1),
    "a negative shape": variable(shape=(-2, -3)),
    "more after the values": variable() + bytes(4 * MOST),
    "a long name": variable()[:48] + struct.pack("<II", 1, 2**32 - 1) + bytes(4 * MOST),
}


@pytest.mark.parametrize("compressed", [True, False])
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, bomb, compressed):
    file = write(tmp_path / "a.mat", BOMBS[bomb], compressed=compressed)
    tracemalloc.start()
    with pytest.raises((ValueError, zlib.error)):
        matlab5.read(file, ["X"], MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_500_000


def test_what_is_not_asked_for_is_not_unpacked(tmp_path):
    bomb = variable(shape=(4 * MOST,), values=bytes(4 * MOST))
    assert matlab5.read(write(tmp_path / "a.mat", bomb, compressed=True), ["y"], MOST) == {}
