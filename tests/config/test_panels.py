"""Panels: several judges under one name."""

import pytest
from helpers.config_types import STUDY, check
from pydantic import ValidationError

from easel.config.judges.classifier import ClassifierSettings
from easel.config.panels import JudgeOrPanel, Panel
from easel.config.studies import StudyFile


def test_the_kind_tells_a_panel_from_a_judge():
    assert check(JudgeOrPanel, {"kind": "panel", "judges": ["a", "b"]}) == Panel(kind="panel", judges=["a", "b"])
    assert isinstance(check(JudgeOrPanel, {"kind": "classifier"}), ClassifierSettings)


@pytest.mark.parametrize("judges", [[], ["no name"], ["a", "b", "a"], "a"])
def test_a_panel_has_judges_with_different_names(judges):
    with pytest.raises(ValidationError):
        Panel(kind="panel", judges=judges)


def test_a_study_may_have_panels_of_its_own():
    panel = {"kind": "panel", "judges": ["classifier", "inception"]}
    study = check(StudyFile, STUDY | {"judge": "both", "judges": {"both": panel}})
    assert (study.judge, study.judges["both"].judges) == (["both"], panel["judges"])
