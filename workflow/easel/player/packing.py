"""Weights as few bytes: 16-bit floats or 8-bit integers, in one block that is compressed.

Vectors stay as they are, and so do the weights of a recurrent prior, in which a rounding error may choose another code.
Every other array has 16 bits a weight where the page's share of bytes allows it. Where it does not, the largest arrays
get 8 bits until all fit: integers -127..127, which span the largest weight of each column, that is of each output.
"""

import gzip
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from easel.player.plan import Program, Step, as_record

PAGE = 8_000_000
"""Characters of a page that weights of 16 bits may not exceed."""
REST = 4_500_000
"""What else a page holds, at most: `fast_cpu`'s of CIFAR-10 has 4.43 million (benchmarks/README.md)."""
SHARE = PAGE - REST
"""Characters for the weights of networks; at 8 bits they take what they take ..."""
MOST = 16_000_000
"""... up to this."""
OF_LARGE_IMAGES = SHARE
"""The most, for networks of images whose figures take more of a page."""
CHARACTERS = 4 / 3
"""Characters for a byte in base64."""
EXACT = ("codes",)
"""Operations whose weights are not rounded."""
ALIGNED = 4
LARGEST_HALF = float(np.finfo(np.float16).max)


class TooLarge(Exception):
    """Networks with more weights than a page can hold."""


class Packed(NamedTuple):
    """Programs for a page."""

    programs: dict[str, Any]
    """Each as a record in which weights are numbers of tensors."""
    tensors: list[dict[str, Any]]
    """`type` (float32, float16 or int8), `shape` and `start` in the block; int8's scales of columns follow, float32."""
    block: bytes
    """Compressed with gzip."""
    rounded: dict[str, Program]
    """The programs with the weights that a page decodes."""


def pack(programs: Mapping[str, Program], share: int = SHARE, most: int = MOST) -> Packed:
    """Programs with their weights packed. Raises TooLarge if even 8 bits a weight are too many."""
    arrays = {
        id(each): each for program in programs.values() for step in program.steps for each in step.weights.values()
    }
    exact = {
        id(each) for program in programs.values() for step in program.steps if step.op in EXACT
        for each in step.weights.values()
    }  # fmt: skip
    types = chosen_types(arrays, exact, share, most)
    numbers: dict[int, int] = {}
    tensors: list[dict[str, Any]] = []
    rounded: dict[int, np.ndarray] = {}
    block = b""
    for name, array in arrays.items():
        numbers[name] = len(tensors)
        written, rounded[name] = ENCODINGS[types[name]](array)
        tensors.append({"type": types[name], "shape": list(array.shape), "start": len(block)})
        block += written + bytes(-len(written) % ALIGNED)
    return Packed(
        {name: as_record(program, numbers) for name, program in programs.items()},
        tensors,
        compressed(block),
        {name: with_weights(program, rounded) for name, program in programs.items()},
    )


def chosen_types(arrays: Mapping[int, np.ndarray], exact: set[int], share: int, most: int) -> dict[int, str]:
    """The type of each array."""
    types = {name: "float32" if name in exact or array.ndim < 2 else "float16" for name, array in arrays.items()}
    types |= {name: "float32" for name, array in arrays.items() if np.abs(array).max(initial=0.0) > LARGEST_HALF}
    sizes = {name: characters(ENCODINGS[types[name]](array)[0]) for name, array in arrays.items()}
    for name in sorted(arrays, key=lambda name: -arrays[name].size):
        if sum(sizes.values()) <= share:
            break
        if types[name] == "float16":
            types[name] = "int8"
            sizes[name] = characters(int8(arrays[name])[0])
    if sum(sizes.values()) > most:
        raise TooLarge
    return types


def compressed(block: bytes) -> bytes:
    """A block of bytes in gzip's form, the same at any time."""
    return gzip.compress(block, mtime=0)


def characters(block: bytes) -> float:
    """What a block takes in a page."""
    return CHARACTERS * len(compressed(block))


def float32(array: np.ndarray) -> tuple[bytes, np.ndarray]:
    """An array as it is: its bytes, and what is decoded from them."""
    return array.astype("<f4").tobytes(), array


def float16(array: np.ndarray) -> tuple[bytes, np.ndarray]:
    """An array as 16-bit floats: first the low bytes of all, then the high ones, which compress."""
    halves = np.ascontiguousarray(array, "<f2")
    return halves.view(np.uint8).reshape(-1, 2).T.tobytes(), halves.astype(np.float32)


def int8(array: np.ndarray) -> tuple[bytes, np.ndarray]:
    """An array as 8-bit integers, and a scale for each column."""
    columns = array.reshape(-1, array.shape[-1])
    scales = (np.abs(columns).max(axis=0) / 127).astype("<f4")
    integers = np.rint(columns / np.where(scales > 0, scales, 1)).astype(np.int8)
    written = integers.tobytes()
    written += bytes(-len(written) % ALIGNED) + scales.tobytes()
    return written, (integers * scales).astype(np.float32).reshape(array.shape)


ENCODINGS = {"float32": float32, "float16": float16, "int8": int8}


def with_weights(program: Program, arrays: Mapping[int, np.ndarray]) -> Program:
    """A program with other weights, by the identity of its own."""

    def with_its(step: Step) -> Step:
        return replace(step, weights={name: arrays[id(each)] for name, each in step.weights.items()})

    return Program(program.inputs, [with_its(step) for step in program.steps], program.outputs)
