"""Claims to a results folder: which processes are working on it.

Every process that works on results holds a shared lock on `<results>/.snakemake/in_use` as long as it lives. The
operating system releases the lock when the process ends, however it ends.
"""

import fcntl
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

import psutil

_held: list[TextIO] = []  # kept open until this process ends, and the locks with them


def claim_results(results: Path, if_alone: Callable[[TextIO], None] | None = None) -> None:
    """Claim `results` until this process ends.

    if_alone: called with the open claim file if no other process has a claim, before any other can get one.
    Does nothing where `results` has no folder for claims (a script that was called by hand).
    """
    path = claim_file(results)
    if not path.parent.is_dir():
        return
    file = open(path, "a+")  # noqa: SIM115
    _held.append(file)
    try:
        if if_alone is not None and locked_alone(file):
            if_alone(file)
        fcntl.flock(file, fcntl.LOCK_SH)
    except OSError:
        pass  # the file system has no locks, so nobody can tell who is working here


def locked_alone(file: TextIO) -> bool:
    """Lock the claim file exclusively; False if another process has a claim."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def has_claim(process: psutil.Process, results: Path) -> bool:
    """True if `process` has the claim file open; False if it does not, or if that cannot be found out."""
    try:
        return any(Path(opened.path) == claim_file(results) for opened in process.open_files())
    except psutil.Error:
        return False


def claim_file(results: Path) -> Path:
    """The file that every process working on `results` keeps open."""
    return (results / ".snakemake" / "in_use").resolve()
