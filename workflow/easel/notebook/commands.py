"""make and Snakemake, as processes that the notebook's stop button stops."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

OF_THE_NOTEBOOK = ("PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "MPLBACKEND")
"""What a notebook's Python is told by its environment, and another Python must not be."""


def environment() -> dict[str, str]:
    """The environment of this process for a Python that is not the notebook's."""
    return {name: value for name, value in os.environ.items() if name not in OF_THE_NOTEBOOK}


def end_earlier(note: Path) -> bool:
    """End the Snakemake whose process is noted in a file, as Ctrl-C does; False if none is left.

    A notebook's restart leaves it running, and nobody watching it.
    """
    try:
        process = int(note.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    if not _is_snakemake(process):
        return False
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGINT)
    while _is_snakemake(process):
        time.sleep(0.2)
    return True


def _is_snakemake(process: int) -> bool:
    """True if a process is a Snakemake that leads a session, as a `Command` does."""
    try:
        return os.getsid(process) == process and b"snakemake" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False


class Command:
    """A running command whose output, standard and error together, is a file.

    It has a session of its own, so that a signal reaches it and what it started, and nothing else.
    """

    def __init__(self, arguments: Sequence[str | Path], folder: Path, output: Path, variables: Mapping[str, str] = {}):
        """folder: in which it runs. output: the file for what it prints. variables: more of its environment."""
        self.output = output
        with open(output, "wb") as file:
            self.process = subprocess.Popen(
                [str(argument) for argument in arguments], cwd=folder, env=environment() | dict(variables),
                stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip

    def watch(self, seen: Callable[[str], None], every: float = 1.0) -> int:
        """Call `seen` with the output so far, every so many seconds and at the end. Returns the exit code.

        A KeyboardInterrupt is handed on to the command as Ctrl-C, and raised again once it has ended; so is an error.
        """
        try:
            while self._wait(every) is None:
                seen(self.text())
        except BaseException:
            self.interrupt()
            raise
        seen(self.text())
        return self.process.returncode

    def interrupt(self) -> None:
        """Ask the command and what it started to end, as Ctrl-C does, and wait until they have.

        Asked again, by another KeyboardInterrupt, it ends them at once.
        """
        stop = signal.SIGINT
        while True:
            try:
                with suppress(ProcessLookupError):
                    os.killpg(self.process.pid, stop)
                self.process.wait()
                return
            except KeyboardInterrupt:
                stop = signal.SIGKILL

    def text(self) -> str:
        """The output so far."""
        return self.output.read_text(encoding="utf-8", errors="replace")

    def _wait(self, seconds: float) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.process.wait(seconds)
        return None
