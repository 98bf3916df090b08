"""Images in a NumPy file: one array of a .npz, or a .npy. Nothing is ever unpickled."""

import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np

from easel.data.bounded import HEADERS, BoundedReader
from easel.runtime.errors import EaselError

PREFERRED = ("images", "arr_0")
LOOKED_AT = 2**26  # bytes of an array of the wrong type that are read to suggest a conversion
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, ValueError, NotImplementedError, RuntimeError)
"""The exceptions of zipfile and `header` for files that are damaged, encrypted or in another format."""


class Array(NamedTuple):
    """An array in a file, before its values are read."""

    where: str
    """For messages: the file, and the array's name."""
    shape: tuple[int, ...]
    dtype: np.dtype
    fortran_order: bool
    stream: IO[bytes]
    start: int
    """The position in the stream of the first value."""


@contextmanager
def opened(path: Path) -> Iterator[Array]:
    """The array of a .npy, or of a .npz: `images`, else `arr_0`, else the only one. Only headers are read.

    Raises EaselError for a file that is damaged (also while it is open), has several arrays with other names, or has
    less data than its header says.
    """
    with ExitStack() as stack:
        try:
            if path.suffix.lower() == ".npz":
                archive = stack.enter_context(zipfile.ZipFile(path))
                member = chosen_member(path, members(archive))
                stream = stack.enter_context(archive.open(member))
                size, where = member.file_size, f"{path}: the array '{name_of(member)}'"
            else:
                stream = stack.enter_context(open(path, "rb"))
                size, where = path.stat().st_size, str(path)
            shape, fortran_order, dtype = header(stream)
            array = Array(where, shape, dtype, fortran_order, stream, stream.tell())
            require_whole(array, size)
            yield array
        except DAMAGE as error:
            raise EaselError(
                f"{path}: cannot be read as a NumPy {path.suffix.lower()} file: {error}. It is damaged, truncated or "
                "in another format; save the images again with numpy.savez or numpy.save."
            ) from error


def members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays of an .npz, by name."""
    return {name_of(member): member for member in archive.infolist() if member.filename.endswith(".npy")}


def name_of(member: zipfile.ZipInfo) -> str:
    """The name of an array in an .npz."""
    return member.filename.removesuffix(".npy")


def chosen_member(path: Path, arrays: Mapping[str, zipfile.ZipInfo]) -> zipfile.ZipInfo:
    """The array that holds the images."""
    for name in PREFERRED:
        if name in arrays:
            return arrays[name]
    if len(arrays) == 1:
        return next(iter(arrays.values()))
    raise EaselError(
        f"{path}: expected the images as 'images', as 'arr_0' or as the only array; found "
        f"{', '.join(repr(name) for name in list(arrays)[:10]) or 'no array'}{', …' if len(arrays) > 10 else ''}."
    )


def header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, Fortran order (bool) and dtype of the array at the start of a stream.

    Raises ValueError for anything else, and for version 3 of the format, which only arrays with named fields need.
    """
    bounded = BoundedReader(stream, "the array", HEADERS)  # NumPy reads a header of any length into memory
    version = np.lib.format.read_magic(bounded)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in readers:
        raise ValueError(f"the version {version} of its format is for named fields")
    try:
        return readers[version](bounded)
    except (OSError, *DAMAGE):
        raise
    except Exception as error:  # a header is a Python literal, and its parser may raise anything
        raise ValueError(f"its header is invalid ({error})") from error


def require_whole(array: Array, size: int) -> None:
    """Refuse Python objects, and an array whose header declares more data than the stream has. size: in bytes.

    So a header alone cannot request more memory than the file has bytes.
    """
    if array.dtype.hasobject:
        raise EaselError(
            f"{array.where} has pickled Python objects, which can run code when they are read, so they are not read. "
            "Expected uint8 images; save them with numpy.stack(images)."
        )
    promised = array.start + int(np.prod([int(side) for side in array.shape], dtype=object)) * array.dtype.itemsize
    if size < promised or min(array.shape, default=0) < 0:
        raise EaselError(
            f"{array.where} is truncated: its header says {array.dtype} {array.shape}, which takes {promised:,} bytes, "
            f"found {size:,}. Save or copy it again."
        )


def check(array: Array, image_shape: tuple[int, int, int]) -> None:
    """Raise EaselError unless the array has images, uint8 (N, H, W, 3), or grey ones, (N, H, W) or (N, H, W, 1).

    The message says the type and the shape that were found, and how to convert them.
    """
    wrong = [text for text in (wrong_shape(array.shape, image_shape), wrong_type(array)) if text]
    if not wrong and array.fortran_order:
        wrong = ["it is in Fortran order; save numpy.ascontiguousarray(images)"]
    if wrong:
        height, width, channels = image_shape
        raise EaselError(
            f"{array.where} is {array.dtype} {array.shape}; expected uint8 (N, {height}, {width}, {channels}), as the "
            f"dataset's images are: {'; and '.join(wrong)}."
        )


def wrong_shape(shape: tuple[int, ...], image_shape: tuple[int, int, int]) -> str:
    """The remedy for a wrong shape; "" if the shape is right."""
    height, width, channels = image_shape
    rest = shape[1:]
    if rest in ((height, width, channels), (height, width, 1), (height, width)):
        return ""
    if len(shape) == 4 and shape[1] in (1, 3) and shape[3] not in (1, 3, 4):
        return "its channels come first; save images.transpose(0, 2, 3, 1)" + (
            "" if rest[1:] == (height, width) else f", and {resize(rest[1:], image_shape)}"
        )
    if len(shape) == 4 and shape[3] == 4:
        return "it has an alpha channel; save images[..., :3] if they are opaque, else lay them on a background"
    if (len(shape) == 4 and shape[3] in (1, 3)) or len(shape) == 3:
        return resize(rest[:2], image_shape)
    return "its dimensions are not those of images"


def resize(size: tuple[int, ...], image_shape: tuple[int, int, int]) -> str:
    """The remedy for images of another size."""
    return (
        f"all its images are {size[0]} × {size[1]} pixels, and Easel does not resize, because the filter decides on "
        f"FID, too: make them {image_shape[0]} × {image_shape[1]} yourself"
    )


def wrong_type(array: Array) -> str:
    """The remedy for a wrong type; "" if the type is right. It depends on the range of the values."""
    if array.dtype == np.uint8:
        return ""
    if array.dtype.kind not in "fiub":
        return "its values are not numbers"
    taken = min(LOOKED_AT // array.dtype.itemsize, int(np.prod(array.shape, dtype=object)))
    values = np.frombuffer(array.stream.read(taken * array.dtype.itemsize), array.dtype)
    if not len(values):
        return "it is empty"
    if bad := np.count_nonzero(~np.isfinite(values)):
        return (
            f"{bad:,} of its first {len(values):,} values are NaN or infinite, so the program that wrote it has a bug"
        )
    low, high = values.min(), values.max()
    found = f"its values lie in {low:.4g}..{high:.4g}" if values.dtype != bool else "its values are true and false"
    if values.dtype == bool:
        return f"{found}; save 255 * images.astype('uint8') if that is black and white"
    if low >= 0 and high <= 1:
        return f"{found}; save (255 * images).round().clip(0, 255).astype('uint8') if the scale is 0..1"
    if low >= -1 and high <= 1:
        return f"{found}; save ((images + 1) * 127.5).round().clip(0, 255).astype('uint8') if the scale is -1..1"
    if low >= 0 and high <= 255:
        return f"{found}; save images.round().astype('uint8') if the scale is 0..255"
    return f"{found}; bring them to 0..255, and save images.round().clip(0, 255).astype('uint8')"


def rows(array: Array, chosen: np.ndarray, advance: Callable[[int], Any]) -> np.ndarray:
    """Some rows of an array: uint8 (n, …). chosen: int64 (n,), ascending.

    Of a .npy, only these rows are read. A member of a .npz is read to its end, so that its checksum is checked, but
    only these rows are kept.
    """
    shape = array.shape[1:]
    size = int(np.prod(shape))
    taken = np.empty((len(chosen), size), np.uint8)
    for row, index in enumerate(chosen):
        array.stream.seek(array.start + int(index) * size)
        taken[row] = np.frombuffer(array.stream.read(size), np.uint8)
        advance(1)
    if isinstance(array.stream, zipfile.ZipExtFile):
        while array.stream.read(2**24):
            pass
    return taken.reshape(len(chosen), *shape)
