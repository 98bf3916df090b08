"""The tiny study, not yet run and run."""

import pytest
from tiny_study import Checkout


@pytest.fixture
def checkout(tmp_path) -> Checkout:
    """Nothing has been run in it."""
    return Checkout(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """The whole study has been run in it; tests put back what they change."""
    checkout = Checkout(tmp_path_factory.mktemp("finished"))
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout
