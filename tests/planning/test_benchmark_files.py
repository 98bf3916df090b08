"""Snakemake's benchmark files."""

import math

import pytest
from helpers.fake_plans import write_benchmark

from easel.planning.benchmark_files import read_benchmark


def test_benchmark_files_are_read_in_mb(tmp_path):
    assert read_benchmark(write_benchmark(tmp_path / "a.tsv", 12.5)) == (found := read_benchmark(tmp_path / "a.tsv"))
    assert (found.seconds, found.memory_mb) == (12.5, pytest.approx(1048.576))
    assert math.isnan(read_benchmark(write_benchmark(tmp_path / "b.tsv", 0.2, "NA")).memory_mb)
    assert read_benchmark(tmp_path / "none.tsv") is None
    (tmp_path / "empty.tsv").write_text("")
    assert read_benchmark(tmp_path / "empty.tsv") is None
