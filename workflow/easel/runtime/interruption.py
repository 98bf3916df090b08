"""Signals that stop a job: clean up on Ctrl-C and SIGTERM, or save a training before it ends."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from easel.runtime.console import log

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopped_cleanly(what: str) -> Iterator[None]:
    """Within the context, SIGINT and SIGTERM raise SystemExit and log one message.

    what: the consequence, for the message, such as "nothing is kept of …".
    """

    def stop(number: int, frame) -> None:
        for each in NUMBERS:
            signal.signal(each, signal.SIG_IGN)  # a second signal would interrupt the cleanup
        log.info("Stopped by %s: %s", signal.Signals(number).name, what)
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, stop) for number in NUMBERS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class StopSignals:
    """Within the context, SIGTERM, SIGINT and SIGUSR1 set `asked` to their name instead of ending the process.

    SIGINT is Ctrl-C, SIGTERM comes with a cancelled job, and clusters send SIGUSR1 before a time limit.
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
