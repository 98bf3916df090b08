"""What a contestant is: a process that is asked, again and again, to work for some seconds and says how fast it was.

Contestants stay alive between their turns, so that none pays for its start, and only one works at a time.
"""

import sys
import time
from collections.abc import Callable


def serve(work: Callable[[], float]) -> None:
    """Answer each line of standard input, a number of seconds, with the amount of work done per second.

    work: does a little and returns how much that was (images, FLOP). It is called twice at first, unmeasured, for
    what happens only once.
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
