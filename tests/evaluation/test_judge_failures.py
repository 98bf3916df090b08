"""Failed checks among caveats."""

from easel.evaluation.judge_failures import ConstantFeatures, JudgeAtChance, failures_among, has_failed


def test_failures_are_told_from_other_caveats():
    failures = [JudgeAtChance(5, 51, 0.12).as_json(), ConstantFeatures(16).as_json()]
    assert failures_among([failures[0], {"kind": "grey_images", "n": 4}, failures[1]]) == failures
    assert failures_among([{"kind": "grey_images", "n": 4}]) == []
    assert has_failed({"caveats": failures[1:]})
    assert not has_failed({"caveats": []})
