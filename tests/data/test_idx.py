import gzip
import struct

import numpy as np
import pytest

from easel.config.datasets import Idx
from easel.data import idx
from easel.runtime.errors import EaselError

NAMES = list(Idx.files.values())
HEAD = bytes([0, 0, 8, 3]) + struct.pack(">3I", 12, 28, 28)


def packed(array):
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzipped(header + array.tobytes())


def gzipped(content):
    """The same bytes whenever they are made: they are part of the tests' names, which all processes must agree on."""
    return gzip.compress(content, mtime=0)


@pytest.fixture
def files(tmp_path):
    """The four files of a small dataset: 12 training and 6 test images of 28 × 28."""
    rng = np.random.default_rng(9)
    contents = {}
    for images, labels, count in ((*NAMES[:2], 12), (*NAMES[2:], 6)):
        contents[images] = rng.integers(0, 256, (count, 28, 28), np.uint8)
        contents[labels] = (np.arange(count) % 3).astype(np.uint8)
    for name, array in contents.items():
        (tmp_path / name).write_bytes(packed(array))
    return {name: tmp_path / name for name in NAMES}, contents


def read(files, classes=()):
    return idx.read(files, {"classes": classes})


def test_the_names_of_the_files_are_those_of_the_configuration():
    assert [name for pair in idx.FILES.values() for name in pair] == NAMES


def test_images_are_centred_on_black_with_their_grey_in_every_channel(files):
    paths, contents = files
    classes, splits = read(paths)
    train = splits["train"]
    assert classes == ["0", "1", "2"]
    assert (train.images.shape, train.images.dtype, splits["test"].images.shape) == (
        (12, 32, 32, 3), np.uint8, (6, 32, 32, 3),
    )  # fmt: skip
    for channel in range(3):
        np.testing.assert_array_equal(train.images[:, 2:30, 2:30, channel], contents[NAMES[0]])
    assert train.images.sum() == 3 * contents[NAMES[0]].sum(dtype=np.int64)
    assert (train.labels.dtype, train.labels.tolist()) == (np.int64, contents[NAMES[1]].tolist())


def test_classes_have_the_names_that_are_given(files):
    assert read(files[0], ["boot", "bag", "coat"])[0] == ["boot", "bag", "coat"]
    with pytest.raises(EaselError, match=r"Expected 0 to 1 \(2 names in 'classes'\), found 2 at place 2 .* of 4"):
        read(files[0], ["boot", "bag"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (NAMES[0], b"<html>", "cannot be read as a gzip file"),
        (NAMES[0], packed(np.zeros((12, 28, 28), np.uint8))[:-9], "truncated or in another format"),
        (NAMES[0], gzipped(b"\0\0\x08"), "found 00 00 08"),
        (NAMES[0], packed(np.zeros(12, np.uint8)), "not an IDX file of unsigned bytes with 3 dimensions"),
        (NAMES[1], gzipped(bytes([0, 0, 13, 1])), "Expected it to begin with 00 00 08 01, found 00 00 0d 01"),
        (NAMES[3], gzipped(bytes([0, 0, 8, 1]) + struct.pack(">I", 2**32 - 1)), "says 4,294,967,295 images or labels"),
        (NAMES[3], gzipped(bytes([0, 0, 8, 1]) + struct.pack(">I", 10**6)), "takes 1,000,000 bytes, found 0"),
        (NAMES[0], gzipped(HEAD + bytes(12 * 28 * 28 + 1)), "found more"),
        (NAMES[0], gzipped(b"\0\0\x08\3" + struct.pack(">3I", 12, 2**31, 28)), "2,147,483,648 × 28 pixels"),
        (NAMES[1], packed(np.zeros(11, np.uint8)), "11 labels for 12 images"),
        (NAMES[2], packed(np.zeros((6, 40, 28), np.uint8)), "40 × 28 pixels. Expected 32 × 32 at most"),
        (NAMES[2], packed(np.zeros((0, 28, 28), np.uint8)), "0 × 28 × 28 values"),
    ],
)
def test_errors_name_the_file_and_the_problem(files, name, content, said):
    files[0][name].write_bytes(content)
    with pytest.raises(EaselError) as error:
        read(files[0])
    assert said in str(error.value)
    assert name in str(error.value)
