"""The sizes of a dataset, before and after it is prepared."""

from pathlib import Path

import pytest
from helpers.fake_plans import SIZES

from easel.data.sizes import record_of_same_files, sizes_of
from easel.runtime.files import write_json
from easel.study.load import load_study

ROOT = Path(__file__).parents[2]


def test_a_dataset_that_is_not_there_has_the_sizes_that_it_will_have(tmp_path):
    assert sizes_of(load_study({"study": "quickstart"}, ROOT).dataset, tmp_path) == SIZES
    cifar10 = load_study({"study": "cifar10"}, ROOT)
    assert sizes_of(cifar10.dataset, tmp_path)[1:] == (50_000, 10_000, 10)
    record = {"image_shape": [32, 32, 3], "classes": ["a"], "splits": {s: {"images": 7} for s in ("train", "test")}}
    write_json(tmp_path / "dataset.json", record)
    assert sizes_of(cifar10.dataset, tmp_path) == ((32, 32, 3), 7, 7, 1)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b'{"splits": {}}', b'{"splits": 5}'])
def test_a_damaged_record_counts_as_none(tmp_path, content):
    """Else Snakemake could not start, and could not make it again."""
    cifar10 = load_study({"study": "cifar10"}, ROOT).dataset
    (tmp_path / "dataset.json").write_bytes(content)
    assert sizes_of(cifar10, tmp_path)[1:] == (50_000, 10_000, 10)
    assert record_of_same_files(cifar10, tmp_path) is None
