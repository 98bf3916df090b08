import json
import os
from pathlib import Path

import numpy as np
import pytest

from easel.data.prepared import Split, channel_statistics, describe, load_split, write
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, sha256


@pytest.fixture
def splits():
    rng = np.random.default_rng(3)
    return {
        "train": Split(rng.integers(0, 256, (30, 8, 6, 3), np.uint8), np.arange(30) % 3),
        "test": Split(rng.integers(0, 256, (5, 8, 6, 3), np.uint8), np.array([0, 0, 2, 2, 2])),
    }


def write_all(folder, splits, **more):
    record = describe("mine", "cifar10_binary", "a test", ["a", "b", "c"], splits)
    arrays = {
        str(folder / f"{split}_{kind}.npy"): getattr(splits[split], kind)
        for split in ("train", "test")
        for kind in ("images", "labels")
    }
    write(folder / "dataset.json", record, arrays, **more)


def test_writes_the_arrays_and_their_record(tmp_path, splits):
    write_all(tmp_path, splits)
    record = read_json(tmp_path / "dataset.json")
    mean, std = record.pop("channel_mean"), record.pop("channel_std")
    assert np.allclose(mean, splits["train"].images.mean(axis=(0, 1, 2)), atol=1e-4)
    assert np.allclose(std, splits["train"].images.std(axis=(0, 1, 2)), atol=1e-4)
    files = ["train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy"]
    assert record == {
        "name": "mine",
        "format": "cifar10_binary",
        "source": "a test",
        "image_shape": [8, 6, 3],
        "classes": ["a", "b", "c"],
        "splits": {
            "train": {"images": 30, "per_class": [10, 10, 10]},
            "test": {"images": 5, "per_class": [2, 0, 3]},
        },
        "arrays": {file: sha256(tmp_path / file) for file in files},
    }
    assert sorted(os.listdir(tmp_path)) == sorted([*files, "dataset.json"])


def test_load_split_leaves_the_images_on_disk(tmp_path, splits):
    write_all(tmp_path, splits)
    images, labels = load_split(tmp_path, "test")
    assert isinstance(images, np.memmap)
    assert np.array_equal(images, splits["test"].images)
    assert np.array_equal(labels, splits["test"].labels)
    assert labels.dtype == np.int64


def test_factors_are_written_next_to_the_arrays(tmp_path, splits):
    factors = {"size": np.linspace(0, 1, 30), "label": np.arange(30)}
    write_all(tmp_path, splits, factors={str(tmp_path / "train_factors.npz"): factors})
    with np.load(tmp_path / "train_factors.npz") as written:
        assert {name: written[name].tolist() for name in written} == {k: v.tolist() for k, v in factors.items()}
    assert "train_factors.npz" not in read_json(tmp_path / "dataset.json")["arrays"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, which is always full")
@pytest.mark.parametrize("file", ["train_images.npy", "test_labels.npy", "factors.npz"])
def test_a_full_disk_leaves_nothing(tmp_path, splits, file):
    path = tmp_path / file
    (tmp_path / f".{path.stem}.{os.getpid()}.part{path.suffix}").symlink_to("/dev/full")
    with pytest.raises(EaselError, match=r"the disk is full .* this file was not written"):
        write_all(tmp_path, splits, factors={str(tmp_path / "factors.npz"): {"size": np.zeros(30)}})
    assert os.listdir(tmp_path) == []


def test_an_error_leaves_the_old_files(tmp_path, splits):
    write_all(tmp_path, splits)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    other = {split: Split(255 - images, labels) for split, (images, labels) in splits.items()}
    with pytest.raises(TypeError):
        write_all(tmp_path, other, factors={str(tmp_path / "factors.npz"): "not a mapping of arrays"})
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_statistics_of_many_images_are_exact():
    images = np.zeros((3000, 2, 2, 3), np.uint8)
    images[1500:] = (255, 100, 1)
    assert channel_statistics(images) == ([127.5, 50.0, 0.5], [127.5, 50.0, 0.5])


def test_the_record_is_json_for_any_language(tmp_path, splits):
    write_all(tmp_path, splits)
    text = (tmp_path / "dataset.json").read_text()
    assert json.loads(text, parse_constant=pytest.fail)["name"] == "mine"
