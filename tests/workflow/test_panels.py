"""A panel against a generator that is tuned to one of its judges, on drawn shapes, through the real Snakemake."""

import json

import numpy as np
import pytest
from helpers.page_text import text_of
from helpers.tiny_study import Checkout

from easel.data.shapes import draw
from easel.evaluation.agreement import agreement
from easel.evaluation.comparison import summary

TUNED_TO, SAMPLES, SEEDS = "small_classifier", 400, range(3)
JUDGED = """\
dataset: few_shapes
datasets:
  few_shapes: {format: shapes, train_images: 3000, test_images: 1000}
judge: small_panel
samples: 400
runs:
  honest: {kind: external, path: honest/*}
"""
PLANTED = "  planted: {kind: external, path: planted/*}\n"


def honest(seed: int) -> np.ndarray:
    """Samples of a generator that draws four of ten classes, in all their variety: uint8 (SAMPLES, 32, 32, 3)."""
    drawn, _ = draw("train", 3 * SAMPLES, seed=100 + seed)
    return drawn.images[drawn.labels < 4][:SAMPLES]


def planted(seed: int, images: np.ndarray, labels: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Samples of a generator that knows the judge: of each class the one training image that it finds most typical.

    images, labels, features: of the training images, the features by the judge; every seed has others of them.
    """
    images, labels, features = (each[seed :: len(SEEDS)] for each in (images, labels, features))
    typical = []
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        distances = np.linalg.norm(features[members] - features[members].mean(axis=0), axis=1)
        typical.append(members[distances.argmin()])
    return images[np.array(typical)[np.arange(SAMPLES) % len(typical)]]


def succeed(checkout: Checkout, *arguments: str) -> None:
    done = checkout.snakemake(*arguments)
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> Checkout:
    """Both generators, three sets of samples each, judged by the small panel."""
    folder = tmp_path_factory.mktemp("panel")
    for name in ("honest", "planted"):
        (folder / name).mkdir()
    for seed in SEEDS:
        np.save(folder / f"honest/{seed}.npy", honest(seed))
    checkout = Checkout(folder / "here", JUDGED, folder / "tuned.yaml")
    succeed(checkout, f"results/judges/few_shapes/{TUNED_TO}/reference.npz")
    arrays = [np.load(checkout / f"results/datasets/few_shapes/train_{kind}.npy") for kind in ("images", "labels")]
    features = np.load(checkout / f"results/judges/few_shapes/{TUNED_TO}/train_features.npy")
    for seed in SEEDS:
        np.save(folder / f"planted/{seed}.npy", planted(seed, *arrays, features))
    checkout.study.write_text(JUDGED + PLANTED)
    succeed(checkout, "results/tuned/report.html")
    return checkout


def as_seeds(checkout: Checkout, generator: str) -> dict:
    """The three sets of samples of a generator as if they were of three trainings."""
    records = [
        json.loads((checkout / f"results/tuned/{generator}-{seed}/seed-0/metrics.json").read_text()) for seed in SEEDS
    ]
    return {
        "run": generator,
        "seeds": [{"seed": i, "metrics": record["metrics"]} for i, record in enumerate(records)],
    }


def test_a_generator_tuned_to_the_classifier_is_best_by_it_alone(judged):
    columns = summary([as_seeds(judged, "honest"), as_seeds(judged, "planted")])
    fids = {column["judge"]: column for column in columns if column["metric"] == "fid" and column["of"] == "samples"}
    assert (fids[TUNED_TO]["first"], fids[TUNED_TO]["is_best"]) == ("planted", True)
    others = {judge: (column["first"], column["is_best"]) for judge, column in fids.items() if judge != TUNED_TO}
    assert others == dict.fromkeys(others, ("honest", True))
    assert "random" in others
    (agreed,) = (each for each in agreement(columns) if each["metric"] == "fid")
    assert (agreed["best"], agreed["reason"]) == (None, "judges_disagree")
    assert {tuple(each["judges"]) for each in agreed["opposed"]} == {(TUNED_TO, judge) for judge in others}


def test_the_page_says_that_the_judges_put_different_samples_first(judged):
    page = text_of((judged / "results/tuned/report.html").read_text())
    assert "The judges put different runs first by FID: small_classifier prefers planted" in page
    assert "No run is called best while one has a single seed" in page
    comparison = json.loads((judged / "results/tuned/comparison.json").read_text())
    assert comparison["judges"][0] == TUNED_TO
    assert comparison["left_out"] == []
    (agreed,) = (each for each in comparison["agreement"] if each["metric"] == "fid")
    assert (agreed["best"], agreed["reason"]) == (None, "one_seed")
    firsts = {judge["judge"]: judge["first"] for judge in agreed["judges"]}
    assert {first.partition("-")[0] for judge, first in firsts.items() if judge != TUNED_TO} == {"honest"}
    assert all(f"prefer {first}" in page or f"prefers {first}" in page for first in firsts.values())
    assert all(each["tau"] < 0 for each in agreed["tau"] if TUNED_TO in each["judges"])
