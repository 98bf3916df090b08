"""A contestant of benchmarks/metrics.py: a process that computes a metric when asked, and times it.

Contestants stay alive between their turns, so that start-up is not measured, and only one works at a time.
"""

import sys
import time
from collections.abc import Callable, Mapping


def answer(metrics: Mapping[str, Callable[[], float]]) -> None:
    """For each line of standard input, a metric's name, print seconds, CPU seconds and value."""
    print("ready", flush=True)
    for line in sys.stdin:
        started, cpu = time.perf_counter(), time.process_time()
        value = metrics[line.strip()]()
        print(time.perf_counter() - started, time.process_time() - cpu, value, flush=True)
