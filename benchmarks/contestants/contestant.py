"""A contestant: a process that works for some seconds whenever it is asked to, and reports its speed.

Contestants stay alive between their turns, so that start-up is not measured, and only one works at a time.
"""

import sys
import time
from collections.abc import Callable


def serve(work: Callable[[], float]) -> None:
    """Answer each line of standard input, a number of seconds, with the amount of work done per second.

    work: does a little work and returns its amount (images, FLOP). It is called twice at first, unmeasured, for
    one-time costs.
    """
    work()
    work()
    print("ready", flush=True)
    for line in sys.stdin:
        done, started = 0.0, time.perf_counter()
        while True:
            done += work()
            elapsed = time.perf_counter() - started
            if elapsed >= float(line):
                break
        print(done / elapsed, flush=True)
