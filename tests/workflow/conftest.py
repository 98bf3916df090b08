"""The tiny study, before and after a run."""

import pytest
from helpers.tiny_study import Checkout, finished_in


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """The tiny study in an empty folder."""
    return Checkout(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """The finished tiny study; tests undo their changes to it."""
    return finished_in(tmp_path_factory)
