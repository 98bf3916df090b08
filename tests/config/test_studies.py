"""Studies: defaults and limits."""

import pytest
from helpers.config_types import STUDY, check
from pydantic import ValidationError

from easel.config.studies import StudyFile


def test_one_judge_or_several():
    assert check(StudyFile, STUDY).judge == ["panel"]
    assert check(StudyFile, STUDY | {"judge": "other"}).judge == ["other"]
    assert check(StudyFile, STUDY | {"judge": ["a", "b"]}).judge == ["a", "b"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seeds", []),
        ("seeds", [0, 0]),
        ("seeds", [-1]),
        ("seeds", [2**31]),
        ("seeds", 0),
        ("judge", []),
        ("judge", ["a", "a"]),
        ("judge", 3),
        ("samples", 1),
        ("samples", 2000.0),
        ("runs", {}),
        ("runs", {"a b": {"preset": "dcgan"}}),
        ("runs", {"a": {}}),
        ("runs", ["dcgan"]),
        ("dataset", "a/b"),
        ("title", 3),
    ],
)
def test_an_impossible_study_is_refused(key, value):
    with pytest.raises(ValidationError):
        check(StudyFile, STUDY | {key: value})
