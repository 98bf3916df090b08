"""comparison.json and comparison.csv, from made-up records."""

import csv

import pytest
from scripts.compare import compare

from easel.evaluation import comparison
from easel.runtime.files import read_json, write_json

RUNS = {
    "vae": {"preset": "vae", "family": "vae", "description": "A VAE"},
    "wide": {"preset": "dcgan", "family": "gan", "description": "A wide DCGAN"},
}
SEEDS = [3, 0]
FACTS = {"kind": "classifier", "dataset": "shapes", "test_accuracy": 0.991}
FEW = [{"kind": "fewer_images", "n": 200, "wanted": 300}, {"kind": "grey_images", "n": 4}]


def metrics(run: str, seed: int) -> dict:
    row = {
        "metric": "fid", "uncertainty": {"kind": "bootstrap", "value": 0.5, "resamples": 20}, "n": 200,
        "judge": "classifier", "judge_facts": FACTS, "reference_split": "train", "reference_n": 1000,
    }  # fmt: skip
    value = {"vae": 100.0, "wide": 40.0}[run] + seed
    return {
        "study": "mine", "run": run, "seed": seed, "samples": {"step": 100},
        "metrics": [
            {"of": "samples", "value": value, "caveats": FEW} | row,
            {"of": "test_images", "value": 2.5, "caveats": []} | row,
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
        external={},
    )
    return tmp_path


def test_record_describes_the_study(compared):
    found = read_json(compared / "comparison.json")
    assert list(found) == ["study", "title", "description", "dataset", "seeds", "runs", "external", "summary"]
    assert (found["study"], found["title"], found["dataset"], found["seeds"]) == ("mine", "Mine", "shapes", SEEDS)


def test_runs_and_seeds_keep_their_order_and_records(compared):
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
        "samples": {"step": 100},
        "metrics": metrics("vae", 3)["metrics"],
    }


def test_table_has_a_row_for_each_row_of_metrics(compared):
    with open(compared / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["run"], row["seed"], row["of"], row["value"]) for row in rows] == [
        ("vae", "3", "samples", "103.0"),
        ("vae", "3", "test_images", "2.5"),
        ("vae", "0", "samples", "100.0"),
        ("vae", "0", "test_images", "2.5"),
        ("wide", "3", "samples", "43.0"),
        ("wide", "3", "test_images", "2.5"),
        ("wide", "0", "samples", "40.0"),
        ("wide", "0", "test_images", "2.5"),
    ]
    assert rows[0] == {
        "study": "mine", "run": "vae", "preset": "vae", "family": "vae", "seed": "3", "epochs": "4.0",
        "seconds": "61.5", "images_per_second": "655.0", "precision": "float32", "device": "EPYC",
        "parameters": "2006", "of": "samples", "metric": "fid", "value": "103.0", "uncertainty": "0.5",
        "uncertainty_kind": "bootstrap", "n": "200", "judge": "classifier", "judge_kind": "classifier",
        "reference_split": "train", "reference_n": "1000", "likelihood": "", "truncation": "", "label": "",
        "caveats": "fewer_images,grey_images",
    }  # fmt: skip
    assert rows[1]["caveats"] == ""


def test_a_missing_record_is_an_error():
    with pytest.raises(KeyError):
        comparison.compare(RUNS, [0], [metrics("vae", 0)], [training("vae", 0), training("wide", 0)])


# --- means, intervals, differences ---------------------------------------------------------------------


def runs_of(
    values: dict[str, list[float]], metric: str = "fid", uncertainty: float | dict | None = 0.5, **changes
) -> list[dict]:
    """Runs with a value for each of their seeds. uncertainty: of a bootstrap, if it is a number."""
    if isinstance(uncertainty, float):
        uncertainty = {"kind": "bootstrap", "value": uncertainty, "resamples": 20}
    row = metrics("vae", 0)["metrics"][0] | {"metric": metric, "uncertainty": uncertainty} | changes
    return [
        {"run": run, "seeds": [{"seed": i, "metrics": [row | {"value": value}]} for i, value in enumerate(of_seeds)]}
        for run, of_seeds in values.items()
    ]


def test_means_and_paired_differences_over_seeds():
    """Numbers of scipy.stats 1.17: t.interval, ttest_rel."""
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 15.5, 14.0]}))
    a, b = column["runs"]
    assert (a["seeds"], a["mean"]) == (3, 11.0)
    assert (a["low"], a["high"]) == pytest.approx((8.515862, 13.484138), abs=1e-6)
    assert (column["better"], column["first"], column["is_best"]) == ("lower", "a", True)
    (difference,) = column["differences"]
    assert (difference["run"], difference["from"], difference["seeds"]) == ("b", "a", 3)
    assert difference["difference"] == pytest.approx(3.166667, abs=1e-6)
    assert (difference["low"], difference["high"]) == pytest.approx((2.449558, 3.883776), abs=1e-6)
    assert difference["p"] == pytest.approx(0.0027586, abs=1e-7)
    assert difference["real"]
    assert b["interval"] == "over_seeds"


def test_a_difference_within_chance_makes_no_run_the_best():
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 10.5, 12.0]}))
    assert column["first"] == "a"
    assert not column["is_best"]
    assert not column["differences"][0]["real"]


def test_one_training_has_an_interval_over_its_samples():
    (column,) = comparison.summary(runs_of({"a": [10.0], "b": [11.0], "c": [20.0]}))
    assert column["runs"][0]["low"] == pytest.approx(10 - 1.959964 * 0.5)
    b, c = column["differences"]
    assert (b["real"], c["real"], c["p"]) == (False, True, None)
    assert c["low"] == pytest.approx(10 - 1.959964 * 0.5 * 2**0.5)
    assert {each["interval"] for each in (*column["runs"], b, c)} == {"one_training"}


def test_direction_of_each_metric():
    (recall,) = comparison.summary(runs_of({"a": [0.1], "b": [0.9]}, "recall", 0.01))
    assert (recall["first"], recall["is_best"]) == ("b", True)
    (copying,) = comparison.summary(runs_of({"a": [0.1], "b": [0.9]}, "data_copying_auc", 0.01))
    assert (copying["first"], copying["is_best"], copying["differences"]) == (None, False, [])


def test_holms_correction_for_several_differences():
    """Holm: the largest of three p must be below 0.05, the next below 0.025, the least below 0.05 / 3."""
    differences = [{"p": p, "real": True} for p in (0.03, 0.016, 0.04)]
    comparison.correct_for_several(differences)
    assert [each["real"] for each in differences] == [False, True, False]
    differences = [{"p": p, "real": True} for p in (0.024, 0.016, 0.04)] + [{"p": None, "real": True}]
    comparison.correct_for_several(differences)
    assert all(each["real"] for each in differences)


def test_spread_over_parts_is_no_interval():
    spread = {"kind": "spread_over_splits", "value": 0.5, "splits": 10}
    (column,) = comparison.summary(runs_of({"a": [5.0], "b": [9.0]}, "inception_score", uncertainty=spread))
    assert [(run["low"], run["interval"]) for run in column["runs"]] == [(None, "none")] * 2
    assert not column["is_best"]
    (column,) = comparison.summary(runs_of({"a": [5.0, 5.1], "b": [9.0, 9.1]}, "kid", uncertainty=spread))
    assert column["runs"][0]["interval"] == "over_seeds"


def test_caveats_are_kept_once():
    runs = runs_of({"a": [10.0], "b": [11.0]}, caveats=FEW)
    assert comparison.summary(runs)[0]["caveats"] == FEW


@pytest.mark.parametrize(
    "change",
    [
        {"judge": "inception"},
        {"n": 500},
        {"reference_split": "test"},
        {"reference_n": 500},
        {"of": "reconstructions"},
        {"likelihood": "gaussian"},
    ],
)
def test_incomparable_values_have_separate_columns(change):
    runs = runs_of({"a": [10.0]}) + runs_of({"b": [11.0]}, **change)
    columns = comparison.summary(runs)
    assert [[run["run"] for run in column["runs"]] for column in columns] == [["a"], ["b"]]


def test_values_that_are_not_finite_are_left_out():
    runs = runs_of({"a": [10.0, None], "b": [float("nan")]})
    (column,) = comparison.summary(runs)
    assert [(run["run"], run["seeds"]) for run in column["runs"]] == [("a", 1)]


def test_no_uncertainty_means_no_interval_and_no_best():
    (column,) = comparison.summary(runs_of({"a": [10.0], "b": [20.0]}, uncertainty=None))
    assert (column["runs"][0]["low"], column["differences"][0]["low"], column["is_best"]) == (None, None, False)


def test_seeds_that_only_one_run_has_are_compared_by_means():
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "theirs": [30.0]}))
    (difference,) = column["differences"]
    assert difference["difference"] == 19.0
    assert (difference["interval"], difference["seeds"]) == ("unpaired", 1)
    assert difference["high"] - 19 == pytest.approx((2.484138**2 + (1.959964 * 0.5) ** 2) ** 0.5, abs=1e-6)


def test_external_samples_have_the_form_of_a_run():
    origin = {"kind": "external", "path": "/x", "found": 200, "caveats": []}
    record = metrics("vae", 0) | {"run": "theirs", "samples": origin}
    (made,) = comparison.external({"theirs": {"description": "y"}}, [record])
    assert made == {
        "run": "theirs", "path": "/x", "description": "y",
        "seeds": [{"seed": 0, "samples": origin, "metrics": record["metrics"]}],
    }  # fmt: skip
    rows = comparison.table("mine", [made])
    assert (rows[0]["run"], rows[0]["preset"], rows[0]["device"], rows[0]["parameters"]) == ("theirs", "", "", "")
