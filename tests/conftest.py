"""What holds for all tests."""

import os

import pytest
from tiny_study import Checkout

NO_SKIPS = os.environ.get("EASEL_NO_SKIPS") == "1"


def refuse_a_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Where everything that tests need is installed (.ci/run), a skipped test is a failed one."""
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        *_, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\nNothing may be skipped while EASEL_NO_SKIPS=1."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    report = yield
    refuse_a_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report():
    report = yield
    refuse_a_skip(report)
    return report


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
