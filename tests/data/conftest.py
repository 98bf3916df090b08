"""Archives in the layout of cifar-10-binary.tar.gz, whole and broken."""

import io
import tarfile

import numpy as np
import pytest

FILES = [f"data_batch_{number}.bin" for number in range(1, 6)] + ["test_batch.bin"]
CLASSES = ["aeroplane", "bird", "cat"]


@pytest.fixture
def contents():
    """The seven files of a small archive: 4 records per batch, every byte known by its place."""
    rng = np.random.default_rng(7)
    files = {"batches.meta.txt": "\n".join([*CLASSES, "", ""]).encode()}
    for file in FILES:
        records = rng.integers(0, 256, (4, 3073), np.uint8)
        records[:, 0] = rng.permutation([0, 1, 2, 0])
        files[file] = records.tobytes()
    return files


@pytest.fixture
def pack(tmp_path):
    """A function that writes files, and members of any kind, into a gzipped tar archive."""

    def pack(files, *members, name="small.tar.gz"):
        archive = tmp_path / name
        with tarfile.open(archive, "w:gz") as tar:
            for file, data in files.items():
                entry = tarfile.TarInfo(f"cifar-10-batches-bin/{file}")
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
            for member in members:
                tar.addfile(member, io.BytesIO(b""))
        return archive

    return pack
