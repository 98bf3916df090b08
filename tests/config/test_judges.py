"""Judges: their settings, and what is known of them."""

import pytest
import yaml
from helpers.config_types import check
from pydantic import ValidationError

from easel.config import judges
from easel.config.judges.classifier import ClassifierSettings
from easel.config.judges.inception import MEMBER, SHA256, InceptionSettings
from easel.config.schema import SCHEMAS


def test_every_file_is_a_kind():
    assert {"classifier": ClassifierSettings, "inception": InceptionSettings} == judges.KINDS
    assert isinstance(check(judges.AnyJudge, {"kind": "classifier"}), ClassifierSettings)
    with pytest.raises(ValidationError):
        check(judges.AnyJudge, {"kind": "base"})


@pytest.mark.parametrize("kind", judges.KINDS)
def test_the_weights_are_named_after_the_kind(kind):
    assert judges.KINDS[kind].weights.rpartition(".")[0] == kind


def test_inceptions_settings():
    plain = InceptionSettings(kind="inception")
    assert plain.urls[0].endswith(f"/{MEMBER}")
    assert (plain.path, plain.sha256) == ("", SHA256)
    for wrong in ({"urls": []}, {"sha256": "009d"}, {"width": 8}):
        with pytest.raises(ValidationError):
            InceptionSettings(kind="inception", **wrong)


def test_known_answers_are_of_the_dataset_that_easel_downloads():
    known = yaml.safe_load((SCHEMAS.parents[1] / "config/datasets.yaml").read_text())["cifar10"]["sha256"]
    assert InceptionSettings.known_answers.sha256 == known
