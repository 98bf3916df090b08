"""What the tests cost: CPU seconds of each file and its slowest tests, those of all processes that they start included.

    python benchmarks/suite.py [--tests 20] [PYTEST_ARGUMENT ...]

Seconds on a clock tell little where other work runs beside, and nothing of what runs in parallel. The tests run in one
process, one after the other. A fixture's seconds count for the test that needs it first.
"""

import argparse
import ctypes
import os
import resource
import sys
import time
from collections import defaultdict
from contextlib import suppress

import psutil
import pytest

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def cpu_seconds() -> float:
    """Of this process, of those it has waited for, and of those that run below it with what they have waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = time.process_time() + ended.ru_utime + ended.ru_stime
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])
    return seconds


class Ledger:
    """A plugin of pytest: CPU and clock seconds of each test, with those of what was set up for it."""

    def __init__(self):
        self.tests: dict[str, tuple[float, float]] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item):
        cpu, clock = cpu_seconds(), time.perf_counter()
        try:
            return (yield)
        finally:
            self.tests[item.nodeid] = cpu_seconds() - cpu, time.perf_counter() - clock

    def print(self, slowest: int) -> None:
        files = defaultdict(lambda: [0.0, 0.0, 0])
        for test, (cpu, clock) in self.tests.items():
            file = files[test.partition("::")[0]]
            file[0], file[1], file[2] = file[0] + cpu, file[1] + clock, file[2] + 1
        print(f"\n{'CPU s':>8} {'clock s':>8} {'tests':>6}")
        for name, (cpu, clock, count) in sorted(files.items(), key=lambda file: -file[1][0]):
            print(f"{cpu:8.1f} {clock:8.1f} {count:6d} {name}")
        print(f"{sum(f[0] for f in files.values()):8.1f} {sum(f[1] for f in files.values()):8.1f} {len(self.tests):6d}")
        print("\nSlowest tests")
        for name, (cpu, clock) in sorted(self.tests.items(), key=lambda test: -test[1][0])[:slowest]:
            print(f"{cpu:8.1f} {clock:8.1f} {name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tests", type=int, default=20, help="how many of the slowest tests to print")
    arguments, rest = parser.parse_known_args()
    # What a child leaves running when it ends, such as a daemon, stays below this process.
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    ledger = Ledger()
    code = pytest.main(["-n", "0", *rest], plugins=[ledger])
    ledger.print(arguments.tests)
    sys.exit(code)
