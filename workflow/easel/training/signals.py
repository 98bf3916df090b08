"""Signals that ask a training to stop."""

import signal


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
