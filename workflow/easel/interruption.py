"""Being stopped: Ctrl-C and SIGTERM end a job by an exception, so that what is half done is cleared away."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from easel.console import log

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_cleanly(what: str) -> Iterator[None]:
    """While in force, a signal that ends the process raises SystemExit in it, and says so once.

    what: is lost by it, or not, for the message: "nothing is kept of …".
    """

    def stop(number: int, frame) -> None:
        for each in NUMBERS:
            signal.signal(each, signal.SIG_IGN)  # a second one would break off the clearing away
        log.info("Stopped by %s: %s", signal.Signals(number).name, what)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, stop) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
