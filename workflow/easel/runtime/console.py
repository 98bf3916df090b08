"""A job's output: messages on the terminal and in its log, progress, and errors in one line."""

import importlib
import logging
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from easel.runtime import receipts
from easel.runtime.addresses import without_secrets
from easel.runtime.claims import claim_for_a_job
from easel.runtime.errors import EaselError
from easel.runtime.surroundings import open_standard_streams, prepare_process

log = logging.getLogger("easel")
RESULTS = Path("results")
"""Where every job reads and writes, relative to the folder in which Snakemake runs."""


class WithoutSecrets(logging.Formatter):
    """A formatter that leaves out passwords and signatures of addresses, also those in tracebacks of libraries."""

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


@contextmanager
def job(
    log_file: str | Path,
    inputs: Iterable[str | Path] = (),  # files and folders that it reads
    outputs: Iterable[str | Path] = (),  # and that it writes
) -> Iterator[None]:
    """Run a script's work with messages on the terminal and in `log_file`; exit with code 1 on an error.

    It starts only if its inputs are as their steps wrote them, and leaves receipts of its outputs
    (`easel.runtime.receipts`). An `EaselError` is shown as its message alone, anything else with its traceback; both go
    to the log, too. What libraries and child processes write to file descriptor 2 goes to the log only. A job keeps
    running when its Snakemake is killed; its claim to the results keeps the next Snakemake from starting the same job.
    """
    open_standard_streams()  # before the log takes the number of a closed one
    outputs = list(outputs)
    claim_for_a_job(RESULTS, outputs)
    Path(log_file).parent.mkdir(parents=True, exist_ok=True)
    Path(log_file).write_text("", encoding="utf-8")
    with open(log_file, "a", encoding="utf-8") as file, _standard_error_to(file.fileno()) as terminal:
        to_file, to_terminal = logging.StreamHandler(file), logging.StreamHandler(terminal)
        to_terminal.setFormatter(WithoutSecrets())
        to_file.setFormatter(WithoutSecrets("%(asctime)s %(message)s", "%Y-%m-%d %H:%M:%S"))
        log.setLevel(logging.INFO)
        log.addHandler(to_terminal)
        log.addHandler(to_file)
        try:
            prepare_process()
            receipts.check(RESULTS, inputs)
            yield
            receipts.write(RESULTS, outputs)
        except EaselError as error:
            log.error("%s", error)
            raise SystemExit(1) from None
        except Exception:
            log.error("%s", traceback.format_exc())
            raise SystemExit(1) from None
        finally:
            log.removeHandler(to_terminal)
            log.removeHandler(to_file)


@contextmanager
def _standard_error_to(descriptor: int) -> Iterator[TextIO]:
    """Redirect file descriptor 2 to `descriptor`. Yields sys.stderr, which keeps writing to the terminal."""
    python = sys.stderr
    terminal = open(os.dup(2), "w", buffering=1, encoding=python.encoding, errors="backslashreplace")  # noqa: SIM115
    os.dup2(descriptor, 2)
    sys.stderr = terminal
    try:
        yield terminal
    finally:
        os.dup2(terminal.fileno(), 2)
        sys.stderr = python
        terminal.close()


def import_quietly(module: str) -> None:
    """Import a module and discard what its C++ code prints, unless the import fails.

    TensorFlow 2.21 prints notes about oneDNN and CUDA before it reads TF_CPP_MIN_LOG_LEVEL.
    """
    if module in sys.modules:
        return
    with tempfile.TemporaryFile() as printed, _standard_error_to(printed.fileno()) as terminal:
        try:
            importlib.import_module(module)
        except BaseException:
            printed.seek(0)
            terminal.write(printed.read().decode(errors="replace"))
            raise


class Progress:
    """A progress bar on a terminal; elsewhere a line in the log every `interval` seconds.

        with Progress(total=1000, unit="images", label="dcgan seed 0") as progress:
            progress.update(128, "generator_loss 0.71")

    Both show the amount done, the rate per second and the time left. `total` and `done` are in `unit`s.
    """

    def __init__(self, total: float, unit: str, label: str, done: float = 0, interval: float = 30.0):
        self.total, self.unit, self.label, self.interval = total, unit, label, interval
        self.done = self.started_with = done
        self.started = self.last_line = time.monotonic()
        self.bar = None
        if sys.stderr.isatty():
            self.bar = tqdm(total=total, initial=done, desc=label, unit=f" {unit}", unit_scale=True, dynamic_ncols=True)

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *exception) -> None:
        if self.bar is not None:
            self.bar.close()

    def update(self, count: float, note: str = "") -> None:
        """Add `count` units to those done; `note` is shown after the numbers."""
        self.done += count
        if self.bar is not None:
            self.bar.set_postfix_str(note, refresh=False)
            self.bar.update(count)
            return
        now = time.monotonic()
        if now - self.last_line >= self.interval:
            self.last_line = now
            rate = (self.done - self.started_with) / max(now - self.started, 1e-9)
            rounded = f"{rate:,.0f}" if rate >= 100 else f"{rate:.3g}"
            left = tqdm.format_interval((self.total - self.done) / max(rate, 1e-9))
            log.info(
                "%s: %d of %d %s (%.0f %%), %s %s/s, %s left%s", self.label, self.done, self.total, self.unit,
                100 * self.done / max(self.total, 1), rounded, self.unit, left, f", {note}" if note else "",
            )  # fmt: skip
