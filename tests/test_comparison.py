"""comparison.json and comparison.csv, from made-up records."""

import csv

import pytest
from scripts.compare import compare

from easel import comparison
from easel.files import read_json, write_json

RUNS = {
    "vae": {"preset": "vae", "family": "vae", "description": "A VAE"},
    "wide": {"preset": "dcgan", "family": "gan", "description": "A wide DCGAN"},
}
SEEDS = [3, 0]


def metrics(run: str, seed: int) -> dict:
    row = {
        "metric": "fid", "uncertainty": 0.5, "uncertainty_kind": "bootstrap", "n": 200, "judge": "classifier",
        "judge_note": "trained on shapes, 99.1 % test accuracy", "reference_split": "train", "reference_n": 1000,
    }  # fmt: skip
    value = {"vae": 100.0, "wide": 40.0}[run] + seed
    return {
        "study": "mine", "run": run, "seed": seed,
        "metrics": [
            {"of": "samples", "value": value, "caveat": "few"} | row,
            {"of": "test images", "value": 2.5} | row,
        ],
    }  # fmt: skip


def training(run: str, seed: int) -> dict:
    network = {"parameters": 1_000 + seed, "inputs": [[64]], "layers": []}
    return {
        "study": "mine", "run": run, "seed": seed, "dataset": "shapes", "seconds": 61.5, "images_per_second": 655.0,
        "epochs": 4.0, "device": {"kind": "cpu", "name": "EPYC", "threads": 2}, "precision": "float32",
        "collapse": None,
        "networks": {"encoder": network, "decoder": network} if run == "vae" else {"generator": network},
    }  # fmt: skip


@pytest.fixture
def compared(tmp_path):
    """The two files, from records that come in another order than the study's."""
    pairs = [(run, seed) for seed in sorted(SEEDS) for run in sorted(RUNS, reverse=True)]
    for run, seed in pairs:
        write_json(tmp_path / f"{run}-{seed}-metrics.json", metrics(run, seed))
        write_json(tmp_path / f"{run}-{seed}-train.json", training(run, seed))
    compare(
        metrics=[tmp_path / f"{run}-{seed}-metrics.json" for run, seed in pairs],
        training=[tmp_path / f"{run}-{seed}-train.json" for run, seed in reversed(pairs)],
        record=tmp_path / "comparison.json",
        table=tmp_path / "comparison.csv",
        study="mine",
        title="Mine",
        description="Two runs",
        dataset="shapes",
        runs=RUNS,
        seeds=SEEDS,
    )
    return tmp_path


def test_the_record_says_what_the_study_is(compared):
    found = read_json(compared / "comparison.json")
    assert list(found) == ["study", "title", "description", "dataset", "seeds", "runs"]
    assert (found["study"], found["title"], found["dataset"], found["seeds"]) == ("mine", "Mine", "shapes", SEEDS)


def test_runs_and_seeds_keep_the_studys_order_and_their_own_records(compared):
    runs = read_json(compared / "comparison.json")["runs"]
    assert [(run["run"], run["preset"], run["family"]) for run in runs] == [
        ("vae", "vae", "vae"),
        ("wide", "dcgan", "gan"),
    ]
    for run in runs:
        assert run["description"] == RUNS[run["run"]]["description"]
        assert [seed["seed"] for seed in run["seeds"]] == SEEDS
        for seed in run["seeds"]:
            assert seed["metrics"] == metrics(run["run"], seed["seed"])["metrics"]
    assert runs[0]["seeds"][0] == {
        "seed": 3,
        "seconds": 61.5,
        "images_per_second": 655.0,
        "epochs": 4.0,
        "device": {"kind": "cpu", "name": "EPYC", "threads": 2},
        "precision": "float32",
        "collapse": None,
        "parameters": {"encoder": 1_003, "decoder": 1_003},
        "metrics": metrics("vae", 3)["metrics"],
    }


def test_the_table_has_a_row_for_each_row_of_metrics(compared):
    with open(compared / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["run"], row["seed"], row["of"], row["value"]) for row in rows] == [
        ("vae", "3", "samples", "103.0"),
        ("vae", "3", "test images", "2.5"),
        ("vae", "0", "samples", "100.0"),
        ("vae", "0", "test images", "2.5"),
        ("wide", "3", "samples", "43.0"),
        ("wide", "3", "test images", "2.5"),
        ("wide", "0", "samples", "40.0"),
        ("wide", "0", "test images", "2.5"),
    ]
    assert rows[0] == {
        "study": "mine", "run": "vae", "preset": "vae", "family": "vae", "seed": "3", "epochs": "4.0",
        "seconds": "61.5", "images_per_second": "655.0", "precision": "float32", "device": "EPYC",
        "parameters": "2006", "of": "samples", "metric": "fid", "value": "103.0", "uncertainty": "0.5",
        "uncertainty_kind": "bootstrap", "n": "200", "judge": "classifier",
        "judge_note": "trained on shapes, 99.1 % test accuracy", "reference_split": "train", "reference_n": "1000",
        "caveat": "few",
    }  # fmt: skip
    assert rows[1]["caveat"] == ""


def test_a_missing_record_is_no_quiet_gap():
    with pytest.raises(KeyError):
        comparison.compare(RUNS, [0], [metrics("vae", 0)], [training("vae", 0), training("wide", 0)])
