"""Fixtures of the report's tests: a made-up study with two seeds, and one of its runs."""

import pytest
from helpers.fake_results import write_study

from easel.report import cells as report
from easel.report.load import RunResults, StudyResults


@pytest.fixture(scope="session")
def study_folder(tmp_path_factory):
    return write_study(tmp_path_factory.mktemp("results"), seeds=(0, 1))


@pytest.fixture
def study(study_folder) -> StudyResults:
    """A study of dcgan, vae and vae_gan with two seeds; a test may change it."""
    return report.read_study(study_folder)


@pytest.fixture
def run(study) -> RunResults:
    """The first seed of vae_gan, which collapsed."""
    return report.read_run(study.folder / "vae_gan" / "seed-0", study.dataset_folder)
