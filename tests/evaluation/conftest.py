"""Reference features of small real images by a judge of pixels."""

import pytest
from helpers.pixels_judge import TEST, TRAIN, Pixels

from easel.evaluation import reference
from easel.evaluation.reference import Reference


@pytest.fixture(scope="session")
def judge() -> Pixels:
    return Pixels()


@pytest.fixture(scope="session")
def statistics(judge, tmp_path_factory):
    """reference.npz, next to train_features.npy."""
    folder = tmp_path_factory.mktemp("reference")
    reference.write(judge, TRAIN, TEST, folder / "reference.npz", folder / "train_features.npy")
    return folder / "reference.npz"


@pytest.fixture(scope="session")
def known(statistics) -> Reference:
    return Reference.read(statistics, TRAIN.labels)
