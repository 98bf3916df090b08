"""The workflow's own records: kept with the results they are about, and locked by whoever works on them.

Snakemake keeps them in .snakemake/ of the folder in which it runs: what each file was made from (metadata), and which
files are only half made (incomplete). Here these two are links into results/.snakemake/, so that results that are
copied, moved or linked into another checkout are still known there.
"""

import fcntl
import os
import shlex
import shutil
import socket
import sys
from pathlib import Path
from typing import TextIO

import psutil

OWN = Path(".snakemake")
RECORDS = ("metadata", "incomplete")


def keep_records(results: Path) -> None:
    """Have Snakemake's records lie in `results`/.snakemake, and those that there are already move there."""
    kept = results / ".snakemake"
    for name in RECORDS:
        link, folder = OWN / name, kept / name
        folder.mkdir(parents=True, exist_ok=True)
        OWN.mkdir(exist_ok=True)
        if link.is_symlink() and link.exists() and link.samefile(folder):
            continue
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.copytree(link, folder, dirs_exist_ok=True)
            shutil.rmtree(link)
        link.symlink_to(os.path.relpath(folder, OWN), target_is_directory=True)


_held: list[TextIO] = []  # open as long as this process lives, and with them the locks on them


def claim(results: Path, leads: bool) -> None:
    """Say that this process works on `results`, until it ends; remove locks of Snakemake's that a kill has left there.

    leads: whether this process is the one that the user has called, and not one of its jobs.

    The claim is a lock of the operating system's, which goes with its process, whatever ends that. While anybody else
    holds one, a job of a killed Snakemake for instance, Snakemake's own locks stay.
    """
    if not in_use(results).parent.is_dir():  # a script that somebody has called by hand
        return
    file = open(in_use(results), "a+")  # noqa: SIM115
    _held.append(file)
    try:
        if leads and alone(file):
            file.seek(0)
            if file.read() in ("", socket.gethostname()):  # some file systems show locks only to their own machine
                remove_locks(OWN / "locks")
                file.truncate(0)
                file.write(socket.gethostname())
                file.flush()
        fcntl.flock(file, fcntl.LOCK_SH)
    except OSError:
        pass  # a file system without locks: Snakemake's stay, and its message names --unlock


def alone(file: TextIO) -> bool:
    """Whether no other process has a claim; if so, none gets one until this one has chosen what to hold."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def remove_locks(folder: Path) -> None:
    """Remove the locks of a Snakemake that is no longer there, and say so."""
    locks = list(folder.glob("*"))
    for lock in locks:
        lock.unlink()
    if locks:
        print(
            "Easel: an earlier snakemake was cut off here; its lock is removed, and the work goes on.", file=sys.stderr
        )


def who_works_on(results: Path) -> str:
    """One line for a Snakemake that finds `results` locked: by whom, and what to do."""
    file = in_use(results)
    others = [
        process for process in psutil.process_iter(["cmdline"]) if process.pid != os.getpid() and holds(process, file)
    ]
    if others:
        first = min(others, key=lambda process: process.create_time())
        called = shlex.join(first.info["cmdline"] or [])
        return (
            f"Another snakemake is at work on {results}/ (process {first.pid}: {called[:200]}). "
            "This one leaves, and has changed nothing. Wait for the other, or stop it."
        )
    host = file.read_text() if file.exists() else ""
    where = f" on {host}" if host not in ("", socket.gethostname()) else ""
    return f"{results}/ is locked by another snakemake{where}. If none runs there any more: snakemake --unlock"


def holds(process: psutil.Process, file: Path) -> bool:
    """Whether a process has a file open, as far as one may know."""
    try:
        return any(Path(opened.path) == file for opened in process.open_files())
    except psutil.Error:
        return False


def in_use(results: Path) -> Path:
    """The file that everybody who works on `results` has open."""
    return (results / ".snakemake" / "in_use").resolve()
