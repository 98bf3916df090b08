"""The list of studies, as Snakemake's main process writes it."""

import json

import numpy as np
from helpers.page_text import rows_of
from helpers.tiny_study import Checkout

EXTERNAL = """\
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
runs:
  theirs: {kind: external, path: theirs.npz}
samples: 100
"""
SAMPLES = "results/tiny/theirs/seed-0/samples.npz"


def state_of(checkout: Checkout) -> str:
    """The state of the only study in the list."""
    (row,) = rows_of((checkout / "results/report.html").read_text())
    return row[-1]


def test_a_finished_study_is_listed_and_its_page_links_to_the_list(finished):
    assert state_of(finished) == "finished"
    assert 'href="../report.html"' in (finished / "results/tiny/report.html").read_text()
    assert 'href="tiny/report.html"' in (finished / "results/report.html").read_text()


def test_a_study_fails_and_goes_on(tmp_path):
    checkout = Checkout(tmp_path, EXTERNAL)
    images = np.random.default_rng(0).integers(0, 256, (100, 32, 32, 3), np.uint8)
    np.savez(tmp_path / "theirs.npz", images=images)
    whole = (tmp_path / "theirs.npz").read_bytes()
    middle = len(whole) // 2
    (tmp_path / "theirs.npz").write_bytes(whole[:middle] + bytes(100) + whole[middle + 100 :])
    failed = checkout.snakemake(SAMPLES)
    assert failed.returncode != 0
    assert "import_samples" in failed.stdout, failed.stdout
    assert state_of(checkout).startswith("failed")
    (tmp_path / "theirs.npz").write_bytes(whole)
    done = checkout.snakemake(SAMPLES)
    assert done.returncode == 0, done.stdout
    assert state_of(checkout).startswith("incomplete")
    record = checkout / "results/.snakemake/studies/tiny.json"
    before = record.read_bytes()
    assert checkout.snakemake("--dry-run").returncode == 0  # of jobs that are still to do
    assert record.read_bytes() == before


def test_a_list_that_cannot_be_written_fails_no_study(tmp_path):
    checkout = Checkout(tmp_path)
    (tmp_path / "results/report.html/in the way").mkdir(parents=True)
    done = checkout.snakemake("results/datasets/tiny_shapes/dataset.json")
    assert done.returncode == 0, done.stdout
    assert "results/report.html, the list of studies, was not written: " in done.stdout
    record = json.loads((tmp_path / "results/.snakemake/studies/tiny.json").read_text())
    assert record["state"] == "finished"
