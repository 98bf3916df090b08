"""A conditional run, from training to its report."""

import csv
import json

import numpy as np
import pytest
from helpers.plain_keras import assert_draws_the_judged_samples
from helpers.tiny_study import TINY, Checkout

from easel.texts import texts

RUNS = """\
runs:
  conditional: {preset: dcgan, model: lean_gan, conditional: true, spectral_norm: discriminator, loss: hinge, r1: 0.1,
                epochs: 1, width: 4, latent_dim: 8, batch_size: 64, log_every: 2, sampling: {truncation: 0.7},
                flip: true}
"""
HEAD, _, REST = TINY.replace("format: shapes,", "format: shapes, mirrorable: false,").partition("runs:\n")


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    checkout = Checkout(tmp_path_factory.mktemp("conditional"), f"{HEAD}{RUNS}judge:{REST.partition('judge:')[2]}")
    done = checkout.snakemake("results/tiny/conditional/seed-0/report.html", "metrics")
    assert done.returncode == 0, done.stdout
    return checkout / "results/tiny"


def test_labels_and_truncation_reach_samples_and_metrics(study):
    record = json.loads((study / "conditional/seed-0/train.json").read_text())
    assert len(record["classes"]["names"]) == 10
    assert sum(record["classes"]["images"]) == 256
    with np.load(study / "conditional/seed-0/samples.npz") as samples:
        assert samples["labels"].shape == (100,)
        assert np.abs(samples["latents"]).max() <= 0.7
    rows = json.loads((study / "conditional/seed-0/metrics.json").read_text())["metrics"]
    accuracy = {row["of"]: row for row in rows if row["metric"] == "class_accuracy"}
    assert accuracy.keys() == {"samples", "test_images"}
    assert {row.get("truncation") for row in rows if row["of"] == "samples"} == {0.7}
    assert {row.get("truncation") for row in rows if row["of"] != "samples"} == {None}
    with open(study / "comparison.csv") as file:
        assert {row["truncation"] for row in csv.DictReader(file) if row["of"] == "samples"} == {"0.7"}


def test_plain_keras_draws_the_judged_samples(study):
    """With its labels, and the statistics of truncated latents."""
    assert_draws_the_judged_samples([study / "conditional/seed-0"])


def test_mirroring_against_the_datasets_word_is_a_caveat_of_every_number(study):
    caveat = {"kind": "mirrored_against_dataset", "dataset": "tiny_shapes"}
    record = json.loads((study / "conditional/seed-0/train.json").read_text())
    assert record["settings"]["flip"] is True
    assert caveat in record["caveats"]
    rows = json.loads((study / "conditional/seed-0/metrics.json").read_text())["metrics"]
    assert {caveat in row["caveats"] for row in rows if row["of"] == "samples"} == {True}
    assert {caveat in row["caveats"] for row in rows if row["of"] != "samples"} == {False}
    page = (study / "conditional/seed-0/report.html").read_text()
    assert "half of the training images were mirrored, although tiny_shapes is not mirrorable" in page


def test_the_report_shows_classes_and_truncation(study):
    page = (study / "conditional/seed-0/report.html").read_text()
    english = texts("en")
    for sentence in (
        english["pictures.as_asked"], "truncation 0.7", "Rows from the top: disc", "class accuracy", "Penalty",
    ):  # fmt: skip
        assert sentence in page
