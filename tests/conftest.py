"""What holds for all tests."""

import os

import pytest
from xdist.scheduler import LoadScopeScheduling

NO_SKIPS = os.environ.get("EASEL_NO_SKIPS") == "1"
TOGETHER = ("tests/slurm/", "tests/workflow/")
"""Rooms whose files share what takes long to make. They come first: what takes longest must not be begun last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Take the rooms that take longest first."""
    items.sort(key=lambda item: [item.nodeid.startswith(room) for room in TOGETHER], reverse=True)


class Rooms(LoadScopeScheduling):
    """Several processes (`make test`) take whole files, and the whole room of files that share something."""

    def _split_scope(self, nodeid: str) -> str:
        return next((room for room in TOGETHER if nodeid.startswith(room)), nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> Rooms:
    return Rooms(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are cores: the cluster's tests mostly wait."""
    return len(os.sched_getaffinity(0)) + 1


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
