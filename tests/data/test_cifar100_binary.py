import numpy as np
import pytest

from easel.data import cifar100_binary
from easel.runtime.errors import EaselError

FINE, COARSE = ["apple", "bear", "bowl"], ["fruit", "animal"]


@pytest.fixture
def contents():
    """The files of a small archive: 5 training and 3 test records, every byte known by its place."""
    rng = np.random.default_rng(8)
    files = {
        "fine_label_names.txt": "\n".join([*FINE, "", ""]).encode(),
        "coarse_label_names.txt": "\n".join([*COARSE, ""]).encode(),
    }
    for file, count in (("train.bin", 5), ("test.bin", 3)):
        records = rng.integers(0, 256, (count, 3074), np.uint8)
        records[:, 0], records[:, 1] = np.arange(count) % 2, np.arange(count) % 3
        files[file] = records.tobytes()
    return files


def read(archive, labels="fine"):
    return cifar100_binary.read({archive.name: archive}, {"labels": labels})


@pytest.mark.parametrize(
    ("labels", "names", "expected"), [("fine", FINE, [0, 1, 2, 0, 1]), ("coarse", COARSE, [0, 1, 0, 1, 0])]
)
def test_reads_records_with_either_label(contents, pack, labels, names, expected):
    classes, splits = read(pack(contents), labels)
    train, test = splits["train"], splits["test"]
    assert (classes, train.labels.tolist()) == (names, expected)
    assert (train.images.shape, test.images.shape, train.images.dtype) == ((5, 32, 32, 3), (3, 32, 32, 3), np.uint8)
    record = contents["train.bin"][2 * 3074 : 3 * 3074]
    for row, column, channel in [(0, 0, 0), (0, 1, 0), (1, 0, 0), (5, 7, 1), (31, 31, 2)]:
        assert train.images[2, row, column, channel] == record[2 + 1024 * channel + 32 * row + column]


def test_errors_name_the_file_and_the_problem(contents, pack):
    bad = bytearray(contents["test.bin"])
    bad[3074 + 1] = 7
    for change, said in (
        ({"test.bin": bytes(bad)}, r"test\.bin: label out of range\. Expected 0 to 2 .*found 7 in record 1"),
        ({"train.bin": contents["train.bin"][:-2]}, r"train\.bin: wrong size\. .*2 labels.*4 records and 3,072 bytes"),
        ({"fine_label_names.txt": b"a\na\n"}, "'a' occurs twice"),
    ):
        with pytest.raises(EaselError, match=said):
            read(pack(contents | change))
    del contents["coarse_label_names.txt"]
    with pytest.raises(EaselError, match=r"lacks coarse_label_names\.txt"):
        read(pack(contents))
