"""What holds for all tests."""

import os

import pytest

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
