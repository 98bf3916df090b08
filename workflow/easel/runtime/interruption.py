"""Signals that stop a job: cleaning up on Ctrl-C and SIGTERM, and saving a training before it ends."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from easel.runtime.console import log

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


class StopSignals:
    """While in force, SIGTERM, SIGINT and SIGUSR1 set `asked` to their name instead of ending the process.

    SIGINT is Ctrl-C, SIGTERM a cancelled job, SIGUSR1 what clusters send before a time limit.
    """

    NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGUSR1)

    def __enter__(self) -> "StopSignals":
        self.asked = ""
        self.before = {number: signal.signal(number, self._note) for number in self.NUMBERS}
        return self

    def __exit__(self, *exception) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame) -> None:
        self.asked = signal.Signals(number).name
