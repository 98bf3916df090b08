"""Judges: their settings, and what is known of them."""

import re

import pytest
import yaml
from helpers.config_types import check
from pydantic import ValidationError

from easel.config import judges
from easel.config.affects import Affects, as_params
from easel.config.judges.classifier import ClassifierSettings
from easel.config.judges.inception import MEMBER, SHA256, InceptionSettings
from easel.config.judges.onnx import OnnxSettings
from easel.config.judges.self_supervised import SelfSupervisedSettings
from easel.config.panels import JudgeOrPanel
from easel.config.schema import SCHEMAS


def test_every_file_is_a_kind():
    assert judges.KINDS.items() >= {"classifier": ClassifierSettings, "inception": InceptionSettings}.items()
    assert isinstance(check(JudgeOrPanel, {"kind": "classifier"}), ClassifierSettings)
    with pytest.raises(ValidationError):
        check(JudgeOrPanel, {"kind": "base"})


@pytest.mark.parametrize("kind", judges.KINDS)
def test_the_weights_are_named_after_the_kind(kind):
    assert judges.KINDS[kind].weights.rpartition(".")[0] == kind


def test_a_classifier_from_a_file_has_no_settings_of_a_training():
    plain = ClassifierSettings(kind="classifier")
    assert (plain.is_fetched, plain.can_be_probed, plain.archive, plain.archive_mb) == (False, True, "", 0)
    assert not plain.model_dump().keys() & {"urls", "path", "sha256"}
    given = {"kind": "classifier", "path": "a.keras", "sha256": "0123456789ab" + "0" * 52}
    fetched = ClassifierSettings(**given)
    assert (fetched.is_fetched, fetched.can_be_probed, fetched.is_trained) == (True, False, False)
    assert fetched.archive == "classifier-0123456789ab.keras"
    assert fetched.archive_mb > 0
    assert fetched.model_copy(update={"flip": True}).model_dump() == given
    assert ClassifierSettings(**fetched.model_dump()) == fetched
    assert as_params(fetched, Affects.OUTPUT) == {"kind": "classifier", "sha256": given["sha256"]}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"path": "a", "urls": ["https://a.org/b"]}, "weights from a file need either 'urls' or 'path', and not both"),
        ({}, "weights from a file need either 'urls' or 'path', and not both"),
        ({"path": "a", "sha256": None}, "weights from a file need their 'sha256', as sha256sum prints it"),
        ({"path": "a", "epochs": 3, "flip": True}, "so 'epochs', 'flip' would do nothing; remove them, or"),
        ({"path": "a", "width": 8}, "weights from a file are not trained, so 'width' would do nothing; remove it, or"),
    ],
)
def test_a_classifier_from_a_file_needs_one_source_and_its_checksum(given, message):
    settings = {"kind": "classifier", "sha256": "0" * 64} | given
    with pytest.raises(ValidationError, match=re.escape(message)):
        ClassifierSettings(**{name: value for name, value in settings.items() if value is not None})


@pytest.mark.parametrize("steps", [0, 5, 15, 1_000_010])
def test_a_training_without_labels_has_ten_parts_of_equal_length(steps):
    with pytest.raises(ValidationError):
        SelfSupervisedSettings(kind="self_supervised", steps=steps)
    assert SelfSupervisedSettings(kind="self_supervised", steps=20).training_images(30) == 20 * 30


def test_onnx_files_settings():
    given = {"kind": "onnx", "path": "a.onnx", "sha256": "0123456789ab" + "0" * 52}
    plain = OnnxSettings(**given)
    assert (plain.is_fetched, plain.is_trained, plain.archive) == (True, False, "onnx-0123456789ab.onnx")
    assert OnnxSettings.model_validate_json(plain.model_dump_json()) == plain
    assert as_params(plain, Affects.OUTPUT) == as_params(plain.model_copy(update={"path": "b"}), Affects.OUTPUT)
    assert OnnxSettings(**given, image_size=448).megaflops == 4 * plain.megaflops


@pytest.mark.parametrize(
    "wrong",
    [
        {"urls": ["https://a.org/b"]}, {"path": ""}, {"sha256": "a"}, {"image_size": 0}, {"image_size": [224, 224]},
        {"std": [0.0, 1.0, 1.0]}, {"mean": [0.5]}, {"layout": "chw"}, {"pool": True}, {"scale": 0.0},
    ],
)  # fmt: skip
def test_an_onnx_file_needs_one_source_and_settings_for_three_channels(wrong):
    with pytest.raises(ValidationError):
        OnnxSettings(**{"kind": "onnx", "path": "a.onnx", "sha256": "0" * 64} | wrong)


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
