"""The order of all tests, and fixtures for all."""

import gc
import os
import sys

import pytest
from xdist.scheduler import LoadScopeScheduling

import easel  # noqa: F401 (which sets what TensorFlow and its kernels read when they are imported)

# Matrices are small and processes many here: threads that wait for each other in turn take most of NumPy's time. This
# holds for jobs too, and must precede the import of NumPy.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# Some containers ask Python to keep no bytecode. The tests start some hundred Pythons, and each would compile all of
# Easel again.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

NO_SKIPS = os.environ.get("EASEL_NO_SKIPS") == "1"
FIRST = (
    "tests/slurm/",  # mostly waits
    "tests/workflow/test_chain.py",  # runs the study whose results the other files copy
    "tests/workflow/test_outdated.py",
    "tests/workflow/",
    "tests/training/",
)
"""The tests to start first, in order, so that none of the longest starts last."""
DIVIDED = ("tests/training/", "tests/workflow/test_faults.py", "tests/workflow/test_folder.py")
"""Files whose tests share nothing that takes long to make."""


SLOW = (
    "tests/slurm/",
    *(
        f"tests/workflow/test_{name}.py"
        for name in (
            "budgets", "conditional", "export", "faults", "folder", "judging", "outdated", "panels", "paper", "plan",
            "projecting", "sensitivity", "speedrun",
        )
    ),
    "tests/training/test_loop.py::test_an_interrupted",
    "tests/training/test_loop.py::test_every_gan",
    "tests/training/test_loop.py::test_raising_the_epochs",
    "tests/training/test_replicas.py",
    "tests/training/test_steps.py::test_xla_computes_the_same",
    "tests/training/objectives/test_gan.py::test_all_options_together",
    "tests/test_colab.py",
)  # fmt: skip
"""Files, or parts of them, that take minutes and test again, for many cases, what the others test for one. `make test`
leaves them out; `make test ARGS=--all` and `.ci/run` do not, nor does pytest where it is given files or folders."""


def place(nodeid: str) -> int:
    """Where a test stands in FIRST, or behind all of it."""
    return next((i for i, start in enumerate(FIRST) if nodeid.startswith(start)), len(FIRST))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the slow tests, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests as FIRST says, and leave out the SLOW ones of the whole suite unless they are asked for."""
    items.sort(key=lambda item: place(item.nodeid))
    if NO_SKIPS or config.getoption("all") or config.args_source != pytest.Config.ArgsSource.TESTPATHS:
        return
    slow = [item for item in items if item.nodeid.startswith(SLOW)]
    if slow:
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not item.nodeid.startswith(SLOW)]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Spare Python's collector what has been imported: TensorFlow's objects are many, and it looks at them often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


class FilesOrTests(LoadScopeScheduling):
    """Each of several processes (`make test`) takes a whole file at a time, or one test of a file that is divided."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid if nodeid.startswith(DIVIDED) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log) -> FilesOrTests:
    return FilesOrTests(config, log)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two more than there are cores: each of the two clusters' tests mostly waits."""
    return len(os.sched_getaffinity(0)) + 2


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
