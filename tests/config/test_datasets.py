"""Datasets: their files, and what is known of them before they are prepared."""

import pytest
from helpers.config_types import SHA256, check
from pydantic import ValidationError

from easel.config.affects import as_params
from easel.config.datasets import SHAPES, Dataset
from easel.config.judges.inception import InceptionSettings
from easel.data.shapes import CLASSES

URL = "https://example.org/archive"
FOLDER = {"format": "folder", "path": "/data"}
CHECKSUMS = dict.fromkeys(("train_images", "train_labels", "test_images", "test_labels"), SHA256)


@pytest.mark.parametrize(
    "value",
    [
        {"format": "cifar10_binary", "sha256": SHA256},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": ["https://example.org/a"], "path": "a"},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": []},
        {"format": "cifar10_binary", "sha256": SHA256, "urls": ["example.org/a"]},
        {"format": "cifar10_binary", "sha256": SHA256.replace("0", "A"), "path": "a"},
        {"format": "cifar10_binary", "sha256": SHA256[1:], "path": "a"},
        {"format": "cifar10_binary", "path": "a"},
        {"format": "shapes", "train_images": 9},
        {"format": "shapes", "seed": -1},
        {"format": "shapes", "path": "a"},
        {"format": "folder"},
        {},
    ],
)
def test_an_impossible_dataset_is_refused(value):
    with pytest.raises(ValidationError):
        check(Dataset, value)


@pytest.mark.parametrize("end", ["", "/", "..", "%2F", "\xff", "brace{seed}.tgz", "dataset.json", "a" * 300, "?a#b"])
def test_an_archive_is_named_after_its_format(end):
    urls = [f"https://example.org/{end}", "https://example.net/other.tar.gz"]
    downloaded = check(Dataset, {"format": "cifar10_binary", "sha256": SHA256, "urls": urls})
    assert downloaded.archives == {"cifar-10-binary.tar.gz": (SHA256, urls, "")}
    local = check(Dataset, {"format": "cifar100_binary", "sha256": SHA256, "path": f"/data/{end}"})
    assert local.archives == {"cifar-100-binary.tar.gz": (SHA256, [], f"/data/{end}")}


@pytest.mark.parametrize("format", ["cifar10_binary", "cifar100_binary", "idx", "svhn_mat"])
def test_no_archive_has_the_name_of_an_array_or_a_record(format):
    """Of data.smk's outputs in the same folder."""
    sha256 = {"idx": CHECKSUMS, "svhn_mat": {"train": SHA256, "test": SHA256}}.get(format, SHA256)
    names = check(Dataset, {"format": format, "sha256": sha256, "path": "/data"}).archives
    assert all(name.endswith((".gz", ".mat")) for name in names)


@pytest.mark.parametrize(
    "url", ["https:///", "https:///a", "https://:80/a", "https://user:pass/SECRET@host/a", "http://["]
)
def test_a_url_has_a_host(url):
    with pytest.raises(ValidationError, match="should be a URL with a host") as error:
        check(Dataset, {"format": "cifar10_binary", "sha256": SHA256, "urls": [url]})
    assert "SECRET" not in error.value.errors()[0]["msg"]


def test_a_dump_of_settings_has_no_secrets():
    urls = ["https://user:SECRET@example.org/a.tar.gz?X-Amz-Signature=SECRET"]
    dataset = check(Dataset, {"format": "cifar10_binary", "sha256": SHA256, "urls": urls})
    judge = InceptionSettings(kind="inception", urls=urls)
    for settings in (dataset, judge):
        assert settings.urls == urls
        assert settings.model_dump()["urls"] == as_params(settings)["urls"] == ["https://example.org/a.tar.gz"]


def test_several_files_come_from_the_same_folders():
    checksums = {"train": SHA256, "test": SHA256.replace("0", "1")}
    urls = ["https://example.org/svhn/?sv=1&sig=a%2Fb", "https://example.net"]
    found = check(Dataset, {"format": "svhn_mat", "sha256": checksums, "urls": urls})
    addresses = ["https://example.org/svhn/test_32x32.mat?sv=1&sig=a%2Fb", "https://example.net/test_32x32.mat"]
    assert found.archives["test_32x32.mat"] == (checksums["test"], addresses, "")
    local = check(Dataset, {"format": "svhn_mat", "sha256": checksums, "path": "/data/svhn"})
    assert local.local_files == ["/data/svhn/train_32x32.mat", "/data/svhn/test_32x32.mat"]
    with pytest.raises(ValidationError):
        check(Dataset, {"format": "svhn_mat", "sha256": {"train": SHA256}, "urls": urls})


def test_the_shapes_are_those_that_are_drawn():
    assert SHAPES == CLASSES


@pytest.mark.parametrize(
    ("value", "sizes", "classes"),
    [
        ({"format": "shapes", "train_images": 50, "test_images": 20}, (50, 20, 10), list(CLASSES)),
        ({"format": "cifar10_binary", "sha256": SHA256, "path": "a"}, (50_000, 10_000, 10), None),
        ({"format": "cifar100_binary", "sha256": SHA256, "path": "a"}, (50_000, 10_000, 100), None),
        ({"format": "cifar100_binary", "sha256": SHA256, "path": "a", "labels": "coarse"}, (50_000, 10_000, 20), None),
        ({"format": "idx", "sha256": CHECKSUMS, "path": "a"}, (60_000, 10_000, 10), None),
        ({"format": "idx", "sha256": CHECKSUMS, "path": "a", "classes": ["a", "b"]}, (60_000, 10_000, 2), ["a", "b"]),
        (
            {"format": "svhn_mat", "sha256": {"train": SHA256, "test": SHA256}, "path": "a"},
            (73_257, 26_032, 10),
            [str(digit) for digit in range(10)],
        ),
    ],
)
def test_published_sizes_and_classes(value, sizes, classes):
    dataset = check(Dataset, value)
    assert dataset.expected_sizes == ((32, 32, 3), *sizes)
    assert dataset.class_names == classes


def test_only_a_folders_files_tell_its_sizes_and_classes():
    dataset = check(Dataset, FOLDER)
    assert dataset.expected_sizes is None
    assert dataset.class_names is None
