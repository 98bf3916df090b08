"""What all judges of a study say of its runs together, from made-up records."""

import numpy as np
import pytest

from easel.evaluation.agreement import agreement
from easel.evaluation.comparison import summary
from easel.evaluation.judge_failures import ConstantFeatures

A_WINS = {"a": [10.0, 12.0, 11.0], "b": [20.0, 23.0, 21.0]}
B_WINS = {"a": [20.0, 23.0, 21.0], "b": [10.0, 12.0, 11.0]}
UNCLEAR = {"a": [10.0, 12.0, 11.0], "b": [11.0, 11.5, 11.0]}
FAILED = [ConstantFeatures(96).as_json()]


def study(*judged, metric="fid", caveats=()) -> list[dict]:
    """The agreement of judges 0, 1, …. judged: run -> value of each seed, by each judge. caveats: likewise."""
    found: dict[tuple[str, int], list[dict]] = {}
    for judge, values in enumerate(judged):
        for run, of_seeds in values.items():
            for seed, value in enumerate(of_seeds):
                row = {
                    "of": "samples", "metric": metric, "value": value, "n": 200, "judge": f"judge{judge}",
                    "judge_facts": None, "uncertainty": {"kind": "bootstrap", "value": 0.5, "resamples": 20},
                    "reference_split": "train", "reference_n": 1000,
                    "caveats": caveats[judge] if caveats else [],
                }  # fmt: skip
                found.setdefault((run, seed), []).append(row)
    runs = dict.fromkeys(run for run, _ in found)
    return agreement(
        summary(
            [
                {"run": run, "seeds": [{"seed": k, "metrics": rows} for (of, k), rows in found.items() if of == run]}
                for run in runs
            ]
        )
    )


def verdict(*judged, **changes):
    (agreed,) = study(*judged, **changes)
    return agreed["best"], agreed["reason"]


def test_the_best_run_is_the_one_that_every_judge_calls_best():
    (agreed,) = study(A_WINS, A_WINS, A_WINS)
    assert (agreed["of"], agreed["metric"], agreed["n"], agreed["better"]) == ("samples", "fid", 200, "lower")
    assert "judge" not in agreed
    assert agreed["judges"][2] == {
        "judge": "judge2", "failed": False, "first": "a", "is_best": True, "ranks": {"a": 1, "b": 2},
    }  # fmt: skip
    assert agreed["tau"] == [
        {"judges": [f"judge{one}", f"judge{other}"], "tau": 1.0} for one, other in ((0, 1), (0, 2), (1, 2))
    ]
    assert (agreed["best"], agreed["reason"], agreed["opposed"]) == ("a", None, [])


def test_one_judge_agrees_with_itself():
    (agreed,) = study(A_WINS)
    assert (agreed["best"], agreed["tau"]) == ("a", [])
    assert verdict(UNCLEAR) == (None, "inconclusive")


def test_judges_that_contradict_each_other_by_more_than_chance_disagree():
    (agreed,) = study(A_WINS, UNCLEAR, B_WINS)
    assert (agreed["best"], agreed["reason"]) == (None, "judges_disagree")
    assert agreed["opposed"] == [{"judges": ["judge0", "judge2"], "runs": ["a", "b"]}]
    assert [each["tau"] for each in agreed["tau"]] == [1.0, -1.0, -1.0]


@pytest.mark.parametrize(
    "others", [[UNCLEAR], [{"a": UNCLEAR["b"], "b": UNCLEAR["a"]}], [A_WINS, UNCLEAR]], ids=["same", "other", "third"]
)
def test_a_judge_that_is_not_sure_leaves_no_run_the_best(others):
    """Whether it puts the same run first or another one: only two judges that are both sure disagree."""
    assert verdict(A_WINS, *others) == (None, "inconclusive")


def test_one_seed_is_the_reason_whatever_the_order():
    one = {run: values[:1] for run, values in A_WINS.items()}
    other = {run: values[:1] for run, values in B_WINS.items()}
    assert verdict(one, one) == (None, "one_seed")
    assert verdict(one, other) == (None, "one_seed")


def test_a_judge_that_failed_its_check_has_no_say():
    (agreed,) = study(A_WINS, B_WINS, caveats=[[], FAILED])
    assert (agreed["best"], agreed["opposed"], agreed["tau"]) == ("a", [], [])
    assert agreed["judges"][1] == {"judge": "judge1", "failed": True, "first": None, "is_best": False, "ranks": {}}
    assert verdict(A_WINS, A_WINS, caveats=[FAILED, FAILED]) == (None, "judge_failed")


def test_a_run_that_a_judge_could_not_judge_is_not_beaten():
    both = A_WINS | {"c": [30.0, 33.0, 31.0]}
    assert verdict(both, both) == ("a", None)
    (agreed,) = study(both, A_WINS)
    assert (agreed["best"], agreed["reason"]) == (None, "inconclusive")
    assert agreed["tau"] == [{"judges": ["judge0", "judge1"], "tau": 1.0}]  # of the runs that both judged


def test_higher_is_better_where_the_metric_says_so():
    (agreed,) = study(B_WINS, B_WINS, metric="recall")
    assert (agreed["better"], agreed["best"], agreed["judges"][0]["ranks"]) == ("higher", "a", {"a": 1, "b": 2})


def test_equal_means_share_their_rank_and_have_no_tau():
    (agreed,) = study({"a": [10.0, 12.0], "b": [12.0, 10.0]}, {"a": [10.0, 11.0], "b": [12.0, 14.0]})
    assert agreed["judges"][0]["ranks"] == {"a": 1.5, "b": 1.5}
    assert agreed["tau"] == [{"judges": ["judge0", "judge1"], "tau": None}]


def test_metrics_without_a_direction_or_with_one_run_have_no_agreement():
    assert study(A_WINS, A_WINS, metric="data_copying_auc") == []
    assert study({"a": [1.0, 2.0]}) == []


def test_requiring_all_judges_makes_false_winners_rarer():
    """Three judges of two equal runs: nine tenths of the variance of their values are in common."""
    random = np.random.default_rng(0)
    single, panel, studies = 0, 0, 400
    for _ in range(studies):
        shared = 3 * random.normal(size=(2, 3))
        judged = [dict(zip("ab", 50 + shared + random.normal(size=(2, 3)), strict=True)) for _ in range(3)]
        (agreed,) = study(*judged)
        single += agreed["judges"][0]["is_best"]
        panel += agreed["best"] is not None
    assert 0 < panel < single <= 0.05 * studies + 3 * (0.05 * 0.95 * studies) ** 0.5
