"""What a process of Easel needs of its surroundings: standard streams, a home, enough open files."""

import io
import os
import resource
import sys
from pathlib import Path

from easel.runtime.errors import EaselError

MIN_OPEN_FILES = 256
"""A report takes about 100 and a training fewer, on two cores; each core adds some."""
MAX_OPEN_FILES = 65_536
"""Enough for all. Some programs look at every number up to the limit."""


def prepare_process() -> None:
    """Put right what can be put right. Raises EaselError for what cannot."""
    open_standard_streams()
    allow_open_files()
    provide_home()
    os.environ["PYTHONUTF8"] = "1"  # of child processes: a library may read and write in the locale's encoding


def open_standard_streams() -> None:
    """Have the standard streams discard what they get where they were closed (`>&-`), and print any character.

    A child process, such as a notebook's kernel, would inherit the closed ones, and take other files for them.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)  # the lowest free number: often this one
            os.set_inheritable(descriptor, True)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        if getattr(sys, name) is None:
            setattr(sys, name, open(descriptor, "w", encoding="utf-8", closefd=False))  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # where the locale's encoding lacks a character


def provide_home() -> None:
    """Give child processes a home folder where there is none, and matplotlib's cache a place that can be written to."""
    own = Path(".snakemake").resolve()
    try:
        home = Path.home()
    except RuntimeError:  # a user without a name, in a container
        home = own
        os.environ["HOME"] = str(own)
    if not os.access(home, os.W_OK):
        os.environ.setdefault("MPLCONFIGDIR", str(own / "matplotlib"))


def allow_open_files() -> None:
    """Raise the limit of open files as far as this user may. Raises EaselError if it is too low even then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return
    wanted = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
    while soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError):  # a system's own limit may be lower (macOS), a sandbox may allow nothing
            wanted //= 2
    if soft < MIN_OPEN_FILES:
        raise EaselError(
            f"only {soft} files may be open at once (ulimit -Hn); Easel needs {MIN_OPEN_FILES}. Start it from a "
            "shell without that limit."
        )
