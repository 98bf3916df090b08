"""The layout of `cifar-10-binary.tar.gz`: five training batches, one test batch and the class names.

A record is 3,073 bytes: one label byte, then 1,024 red, 1,024 green and 1,024 blue bytes, each plane in
row-major order (https://www.cs.toronto.edu/~kriz/cifar.html). A batch may have any number of records.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.data.cifar_archives import class_names, read_members, split
from easel.data.prepared import Split

NAMES = "batches.meta.txt"
TRAIN = [f"data_batch_{number}.bin" for number in range(1, 6)]
TEST = ["test_batch.bin"]


def read(archives: Mapping[str, Path], settings: Mapping[str, Any]) -> tuple[list[str], dict[str, Split]]:
    """Read the archive: the class names, and the splits "train" and "test".

    archives: the one archive, by its name. settings: not used.
    Raises EaselError for an archive that is truncated, unsafe or not in this layout.
    """
    (archive,) = archives.values()
    members = read_members(archive, [*TRAIN, *TEST, NAMES], "cifar-10-binary.tar.gz")
    classes = class_names(members[NAMES], f"{archive}: {NAMES}")

    def of(files: list[str]) -> Split:
        batches = [members[file] for file in files]
        return split(batches, [f"{archive}: {file}" for file in files], len(classes), NAMES)

    return classes, {"train": of(TRAIN), "test": of(TEST)}
