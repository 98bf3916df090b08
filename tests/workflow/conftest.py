"""The tiny study, not yet run and run."""

import pytest
from helpers.tiny_study import Checkout, finished_in


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """Nothing has been run in it."""
    return Checkout(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """The whole study has been run in it; tests put back what they change."""
    return finished_in(tmp_path_factory.getbasetemp())
