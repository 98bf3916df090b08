"""Judges of every kind that is made here, on drawn shapes: each sees the damages that its kind states."""

import json

import pytest
from helpers.tiny_study import Checkout

from easel.config.judges import KINDS
from easel.evaluation.damages import SEVERITIES

STUDY = """\
dataset: some_shapes
datasets:
  some_shapes: {format: shapes, train_images: 2000, test_images: 1000}
runs:
  vae: {preset: vae, epochs: 1}
judge: [classifying, looking, textures]
judges:
  classifying: {kind: classifier, epochs: 4, width: 8, batch_size: 64}
  looking: {kind: self_supervised, steps: 300, width: 8, batch_size: 64}
  textures: {kind: random}
"""


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> dict[str, dict]:
    """sensitivity.json of each judge, by its kind."""
    checkout = Checkout(tmp_path_factory.mktemp("sensitivity"), STUDY)
    done = checkout.snakemake("sensitivity")
    assert done.returncode == 0, done.stdout
    assert checkout.jobs("sensitivity") == {}
    found = sorted(checkout.folder.glob("results/judges/some_shapes/*/sensitivity.json"))
    return {next(file.parent.glob("*.keras")).stem: json.loads(file.read_text()) for file in found}


def test_every_kind_that_states_what_it_sees_is_measured(measured):
    assert measured.keys() == {kind for kind, settings in KINDS.items() if settings.sees}


@pytest.mark.parametrize("kind", sorted(kind for kind, settings in KINDS.items() if settings.sees))
def test_a_judge_sees_what_its_kind_states(measured, kind):
    """The heaviest severity, by its FID, which rises steadily up to there."""
    record = measured[kind]
    assert record["n"] == 500
    seen = {each["damage"] for each in record["damages"] if each["verdicts"]["fid"]["seen"]}
    assert KINDS[kind].sees <= seen
    assert KINDS[kind].sees <= SEVERITIES.keys()
    assert "mirrored" not in seen, "shapes are as likely mirrored"
