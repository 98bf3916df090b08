"""The layout of `cifar-100-binary.tar.gz`: train.bin, test.bin and two files of class names.

A record is 3,074 bytes: the coarse label, the fine label, then 1,024 red, 1,024 green and 1,024 blue bytes, each plane
in row-major order (https://www.cs.toronto.edu/~kriz/cifar.html). A file may have any number of records.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.data.cifar_archives import class_names, read_members, split
from easel.data.prepared import Split

NAMES = {"coarse": "coarse_label_names.txt", "fine": "fine_label_names.txt"}
FILES = {"train": "train.bin", "test": "test.bin"}


def read(archives: Mapping[str, Path], settings: Mapping[str, Any]) -> tuple[list[str], dict[str, Split]]:
    """Read the archive: the class names, and the splits "train" and "test".

    archives: the one archive, by its name. settings: `labels` is used, "fine" or "coarse".
    Raises EaselError for an archive that is truncated, unsafe or not in this layout.
    """
    (archive,) = archives.values()
    members = read_members(archive, [*FILES.values(), *NAMES.values()], "cifar-100-binary.tar.gz")
    names, at = NAMES[settings["labels"]], list(NAMES).index(settings["labels"])
    classes = class_names(members[names], f"{archive}: {names}")
    return classes, {
        part: split([members[file]], [f"{archive}: {file}"], len(classes), names, label_bytes=2, at=at)
        for part, file in FILES.items()
    }
