"""A study to plan."""

from pathlib import Path

import pytest

from easel.study.load import Study, load_study

ROOT = Path(__file__).parents[2]
STUDY = """\
dataset: shapes
judge: classifier
seeds: [0, 1]
runs:
  dcgan: {preset: dcgan, epochs: 4}
  again: {preset: dcgan, epochs: 8, learning_rate: 1.0e-3}
  vae:   {preset: vae, epochs: 4}
samples: 3000
"""


@pytest.fixture
def study(tmp_path) -> Study:
    (tmp_path / "mine.yaml").write_text(STUDY)
    return load_study({"study": str(tmp_path / "mine.yaml")}, ROOT)
