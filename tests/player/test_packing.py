"""Weights as few bytes, and what is decoded from them."""

import gzip

import numpy as np
import pytest

from easel.player.packing import TooLarge, float16, int8, pack
from easel.player.plan import Program, Step


def program(op: str = "linear", **weights: np.ndarray) -> Program:
    return Program({"x": (0, (4,))}, [Step(op, [0], 1, (4,), {}, weights)], {"y": 1})


def normal(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def types(packed) -> dict[str, str]:
    (step,) = packed.programs["p"]["steps"]
    return {name: packed.tensors[number]["type"] for name, number in step["weights"].items()}


def test_matrices_have_sixteen_bits_and_vectors_stay():
    packed = pack({"p": program(kernel=normal(30, 5), bias=normal(5))})
    assert types(packed) == {"kernel": "float16", "bias": "float32"}
    rounded = packed.rounded["p"].steps[0].weights
    np.testing.assert_array_equal(rounded["bias"], normal(5))
    np.testing.assert_allclose(rounded["kernel"], normal(30, 5), rtol=2**-11)
    assert len(gzip.decompress(packed.block)) == 2 * 150 + 4 * 5


def test_the_largest_matrices_get_eight_bits_until_all_fit():
    large, small = normal(200, 50), normal(50, 10)
    assert types(pack({"p": program(a=large, b=small)}, share=16_000)) == {"a": "int8", "b": "float16"}
    assert types(pack({"p": program(a=large, b=small)}, share=1_000)) == {"a": "int8", "b": "int8"}
    with pytest.raises(TooLarge):
        pack({"p": program(a=large, b=small)}, share=1_000, most=5_000)


def test_a_recurrent_priors_weights_and_numbers_beyond_half_precision_stay():
    assert types(pack({"p": program("codes", kernel=normal(9, 9))}, share=1)) == {"kernel": "float32"}
    assert types(pack({"p": program(kernel=1e6 * normal(9, 9))})) == {"kernel": "float32"}


def test_eight_bits_span_the_largest_weight_of_each_column():
    columns = normal(100, 3) * [1e-3, 1.0, 0.0]
    _, decoded = int8(columns)
    assert (np.abs(decoded - columns) <= 0.5001 * np.abs(columns).max(axis=0) / 127).all()
    assert decoded[:, 2].tolist() == [0.0] * 100


def test_sixteen_bits_are_stored_low_bytes_first():
    written, decoded = float16(np.array([[1.0, -2.0]], np.float32))
    assert written == bytes([0x00, 0x00, 0x3C, 0xC0])
    assert decoded.tolist() == [[1.0, -2.0]]


def test_the_same_weights_are_the_same_bytes():
    assert pack({"p": program(kernel=normal(30, 5))}).block == pack({"p": program(kernel=normal(30, 5))}).block


def test_an_array_that_two_programs_share_is_stored_once():
    kernel = normal(30, 5)
    assert len(pack({"p": program(kernel=kernel), "q": program(kernel=kernel)}).tensors) == 1
