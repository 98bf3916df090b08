"""Numeric arrays of MATLAB 5 files, read within limits.

SciPy reads more of this format, but makes room for whatever a damaged or malicious file says, 4 GB for each part. Here
a size is compared with the array's shape before anything of that size is read.

A file is a text of 128 bytes, the byte order at its end, and then parts: type and size, 32 bits each, and the content.
A variable is a part, and so is what it consists of: flags, shape, name and values. A compressed part holds another one
(https://www.mathworks.com/help/pdf_doc/matlab/matfile_format.pdf).
"""

import struct
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, NamedTuple, Protocol

import numpy as np

START = 128  # bytes
ORDERS = {b"IM": "<", b"MI": ">"}
MATRIX, COMPRESSED = 14, 15  # types of parts
VALUES = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
"""Type of a part -> that of its values."""
CLASSES = {6: "f8", 7: "f4", 8: "i1", 9: "u1", 10: "i2", 11: "u2", 12: "i4", 13: "u4", 14: "i8", 15: "u8"}
"""Class of a numeric array -> type of its values for the user; they are stored as any type that can hold them."""
MOST_TEXT = 256  # bytes of a shape or a name; names have up to 63 letters
CHUNK = 2**18  # bytes


class Readable(Protocol):
    """Anything with `read`."""

    def read(self, size: int, /) -> bytes: ...


class Part(NamedTuple):
    """The type and the size of a part, and its content if that is so small that it stands in place of the size."""

    kind: int
    size: int
    content: bytes = b""


def read(file: Path, wanted: Collection[str], most: int) -> dict[str, np.ndarray]:
    """The arrays of some names, in Fortran order. Variables that are not numeric arrays are passed over.

    most: bytes of an array. Raises ValueError or zlib.error for a damaged file, and for a larger array.
    """
    found = {}
    with open(file, "rb") as stream:
        if (order := ORDERS.get(stream.read(START)[START - 2 :], "")) == "":
            raise ValueError("it does not begin like one")
        for part in parts(stream, order):
            content: Readable = stream
            if part.kind == COMPRESSED:
                content = Inflated(stream, part.size)
                part = tag(content, order)
            if part.kind != MATRIX:
                raise ValueError(f"a part of it has the type {part.kind} instead of {MATRIX}")
            if (variable := variable_in(content, order, wanted, most)) is not None:
                name, values = variable
                found[name] = values
                if isinstance(content, Inflated) and len(content.read(8)) == 8:  # fewer fill the part up
                    raise ValueError(f"{name} is followed by more than its shape needs")
    return found


def parts(stream: IO[bytes], order: str) -> Iterator[Part]:
    """The parts of a file, each of which may be read in part."""
    length = stream.seek(0, 2)
    end = START
    while end < length:
        stream.seek(end)
        part = tag(stream, order)
        end = stream.tell() + part.size
        if end > length:
            raise ValueError(f"{end:,} bytes are expected, and {length:,} are there")
        yield part


class Inflated:
    """The content of a compressed part, of which no more is unpacked than is read."""

    def __init__(self, stream: IO[bytes], size: int):
        self.stream, self.left, self.packed = stream, size, zlib.decompressobj()

    def read(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size and not self.packed.eof:
            more = self.packed.unconsumed_tail or self.stream.read(min(CHUNK, self.left))
            self.left -= 0 if self.packed.unconsumed_tail else len(more)
            some = self.packed.decompress(more, size - len(data))
            if not some and not more:
                break
            data += some
        return bytes(data)


def exactly(stream: Readable, size: int) -> bytes:
    """So many bytes. Raises ValueError where there are fewer."""
    if len(data := stream.read(size)) < size:
        raise ValueError("it ends too early")
    return data


def tag(stream: Readable, order: str) -> Part:
    """The type and the size of the part that begins here."""
    head = exactly(stream, 8)
    kind, size = struct.unpack(f"{order}II", head)
    if kind >> 16:
        return Part(kind & 0xFFFF, min(kind >> 16, 4), head[4:])
    return Part(kind, size)


def small(stream: Readable, order: str) -> bytes:
    """The content of a small part: flags, a shape or a name."""
    part = tag(stream, order)
    if part.content:
        return part.content[: part.size]
    if part.size > MOST_TEXT:
        raise ValueError(f"a shape or a name of {part.size:,} bytes is too long")
    return exactly(stream, -(-part.size // 8) * 8)[: part.size]


def variable_in(stream: Readable, order: str, wanted: Collection[str], most: int) -> tuple[str, np.ndarray] | None:
    """The name and the values of a variable; None if it is not wanted, or no numeric array."""
    flags = small(stream, order)
    shape = np.frombuffer(small(stream, order), f"{order}i4").tolist()
    name = small(stream, order).decode("ascii", errors="replace")
    kind = struct.unpack(f"{order}II", flags)[0] & 0xFF
    if name not in wanted or kind not in CLASSES:
        return None
    part = tag(stream, order)
    if part.kind not in VALUES:
        raise ValueError(f"{name} has values of the unknown type {part.kind}")
    stored = np.dtype(order + VALUES[part.kind])
    size = int(np.prod(shape, dtype=object)) * stored.itemsize
    if min(shape, default=0) < 0 or size != part.size or size > most:
        raise ValueError(
            f"{name} has the shape {tuple(shape)}, which takes {size:,} bytes, of {most:,} at most; its part has "
            f"{part.size:,} bytes"
        )
    data = part.content[:size] or exactly(stream, size)
    return name, np.frombuffer(data, stored).reshape(shape, order="F").astype(CLASSES[kind], copy=False)
