"""comparison.json and comparison.csv, from made-up records."""

import csv

import pytest
from scipy import stats
from scripts.compare import compare

from easel.evaluation import comparison
from easel.evaluation.judge_failures import JudgeAtChance
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
        "judge": "classifier", "judge_facts": FACTS, "device": {"kind": "gpu", "name": "NVIDIA T4"},
        "reference_split": "train", "reference_n": 1000,
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
        judges=["classifier"],
        left_out={"other": "panel"},
    )
    return tmp_path


def test_record_describes_the_study(compared):
    found = read_json(compared / "comparison.json")
    assert list(found) == [
        "study", "title", "description", "dataset", "seeds", "judges", "left_out", "runs", "external", "summary",
        "agreement",
    ]  # fmt: skip
    assert (found["judges"], found["left_out"]) == (["classifier"], [{"judge": "other", "panel": "panel"}])
    (agreed,) = found["agreement"]
    assert (agreed["metric"], agreed["judges"][0]["ranks"]) == ("fid", {"vae": 2, "wide": 1})
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
        "minutes": None,
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
        "judged_on": "NVIDIA T4", "caveats": "fewer_images,grey_images",
    }  # fmt: skip
    assert rows[1]["caveats"] == ""


def test_a_seed_has_the_minutes_of_its_budget():
    trained = training("vae", 0) | {"budget": {"minutes": 4.0, "epochs": 7.5}}
    assert comparison.seed_of(0, trained, metrics("vae", 0))["minutes"] == 4.0


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
    """Numbers of scipy.stats 1.17: t.interval, ttest_rel, ttest_ind(equal_var=False)."""
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 15.5, 14.0]}))
    a, b = column["runs"]
    assert (a["seeds"], a["mean"]) == (3, 11.0)
    assert (a["low"], a["high"]) == pytest.approx((8.515862, 13.484138), abs=1e-6)
    assert (column["better"], column["first"], column["is_best"]) == ("lower", "a", True)
    (difference,) = column["differences"]
    assert (difference["run"], difference["from"], difference["seeds"]) == ("b", "a", 3)
    assert difference["difference"] == pytest.approx(3.166667, abs=1e-6)
    assert (difference["low"], difference["high"]) == pytest.approx((2.449558, 3.883776), abs=1e-6)
    assert (difference["test"], difference["real"]) == ("paired", True)
    assert difference["p"] == difference["tests"]["paired"]["corrected"] == pytest.approx(0.0027586, abs=1e-7)
    assert difference["tests"]["welch"]["p"] == pytest.approx(0.0291453, abs=1e-7)
    assert b["interval"] == "over_seeds"


def test_a_difference_within_chance_makes_no_run_the_best():
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 12.5, 12.0]}))
    assert column["first"] == "a"
    assert not column["is_best"]
    assert not column["differences"][0]["real"]
    more = column["differences"][0]["seeds_to_settle"]
    assert more["total"] == 3 + more["more"] > 3


def test_a_difference_that_is_settled_needs_no_seeds():
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 15.5, 14.0]}))
    assert column["differences"][0]["seeds_to_settle"] is None


def test_the_spread_is_that_of_a_run_and_of_all():
    (column,) = comparison.summary(runs_of({"a": [10.0, 12.0, 11.0], "b": [13.0, 15.5, 14.0]}))
    assert [run["spread"]["total"] for run in column["runs"]] == pytest.approx([1.0, 1.258306])
    assert column["spread"]["total"] == pytest.approx(((1.0 + 1.583333) / 2) ** 0.5, abs=1e-6)
    assert column["spread"]["sampling"] == pytest.approx(0.5)
    assert column["spread"]["low"] is None
    assert [run["spread"]["low"] is None for run in column["runs"]] == [False, False]


def test_one_seed_makes_no_run_the_best():
    """However far apart the samples of two trainings are, other trainings of the same recipes may not be."""
    (column,) = comparison.summary(runs_of({"a": [10.0], "b": [11.0], "c": [200.0]}))
    assert column["runs"][0]["low"] == pytest.approx(10 - 1.959964 * 0.5)
    assert (column["first"], column["is_best"]) == ("a", False)
    b, c = column["differences"]
    for each in (b, c):
        assert (each["real"], each["p"], each["test"]) == (False, None, None)
        assert each["tests"] == {test: {"p": None, "corrected": None} for test in ("paired", "welch")}
    assert c["low"] == pytest.approx(190 - 1.959964 * 0.5 * 2**0.5)
    assert {each["interval"] for each in (*column["runs"], b, c)} == {"one_training"}


def test_one_run_with_one_seed_is_enough_to_make_none_the_best():
    (column,) = comparison.summary(runs_of({"a": [10.0, 10.1, 10.2], "b": [30.0, 30.3, 29.0], "theirs": [90.0]}))
    b, theirs = column["differences"]
    assert (b["real"], theirs["real"], column["is_best"]) == (True, False, False)


def test_identical_differences_are_no_evidence():
    """They have no spread to compare with: p is unknown, not 0."""
    (column,) = comparison.summary(runs_of({"a": [0.9, 0.9, 0.9], "b": [1.0, 1.0, 1.0]}, "class_coverage"))
    (difference,) = column["differences"]
    assert (difference["p"], difference["low"], difference["real"], column["is_best"]) == (None, None, False, False)
    (column,) = comparison.summary(runs_of({"a": [10.1, 12.3], "b": [11.1, 13.3]}))
    assert column["differences"][0]["tests"]["paired"]["p"] is None


def test_seeds_that_are_not_shared_are_compared_by_welchs_test():
    runs = runs_of({"a": [10.0, 12.0, 11.0], "b": [23.0, 25.5, 24.0]})
    for i, seed in enumerate(runs[1]["seeds"]):
        seed["seed"] = 2 + i  # one in common
    (column,) = comparison.summary(runs)
    (difference,) = column["differences"]
    assert (difference["test"], difference["interval"], difference["seeds"]) == ("welch", "unpaired", 3)
    assert difference["tests"]["paired"]["p"] is None
    expected = stats.ttest_ind([23.0, 25.5, 24.0], [10.0, 12.0, 11.0], equal_var=False)
    assert difference["p"] == pytest.approx(expected.pvalue)
    assert difference["low"] == pytest.approx(expected.confidence_interval().low)


def test_differences_allow_for_the_number_of_runs():
    """One pair's p of 0.017 is no longer enough where it is one of three, and its interval is wider."""
    pair = {"a": [10.0, 12.0, 11.0], "b": [11.0, 13.3, 12.6]}
    (alone,) = comparison.summary(runs_of(pair))
    (among,) = comparison.summary(runs_of(pair | {"c": [10.5, 13.3, 11.1]}))
    of_two, of_three = (column["differences"][0] for column in (alone, among))
    assert of_two["real"]
    assert not of_three["real"]
    assert of_two["tests"]["paired"]["p"] == of_three["tests"]["paired"]["p"] == pytest.approx(0.0172924, abs=1e-7)
    assert of_three["p"] > 0.05 > of_two["p"]
    assert of_three["low"] < of_two["low"]
    assert not among["is_best"]


def test_a_judge_that_failed_its_check_calls_no_run_the_best():
    failure = JudgeAtChance(5, 51, 0.12).as_json()
    values = {"a": [10.0, 12.0, 11.0], "b": [13.0, 15.5, 14.0]}
    (column,) = comparison.summary(runs_of(values, caveats=[failure, *FEW]))
    assert (column["first"], column["is_best"], column["differences"]) == (None, False, [])
    assert column["caveats"] == [failure, *FEW]


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
