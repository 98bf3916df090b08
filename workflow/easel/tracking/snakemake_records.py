"""Snakemake's records, kept with the results that they describe, and its locks.

Snakemake keeps records in .snakemake/ of its working folder: how each file was made (metadata) and which files are
unfinished (incomplete). Easel replaces these two by links into results/.snakemake/, so that results can be copied,
moved or linked into another checkout without losing them.

Snakemake's own locks stay behind when it is killed. A claim (`easel.runtime.claims`) does not, so it tells whether a
lock is left over, and is removed, or whether somebody is working on the results, and is named.
"""

import os
import shlex
import shutil
import socket
import sys
from pathlib import Path
from typing import TextIO

import psutil

from easel.runtime.claims import claim_file, claim_results, has_claim
from easel.tracking.snakemake_internals import LOCKS, OWN_FOLDER, RECORDS


def keep_records(results: Path) -> None:
    """Link Snakemake's records into `results`/.snakemake, and move existing records there."""
    for name in RECORDS:
        link, folder = OWN_FOLDER / name, results / ".snakemake" / name
        folder.mkdir(parents=True, exist_ok=True)
        OWN_FOLDER.mkdir(exist_ok=True)
        if link.is_symlink() and link.exists() and link.samefile(folder):
            continue
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.copytree(link, folder, dirs_exist_ok=True)
            shutil.rmtree(link)
        link.symlink_to(os.path.relpath(folder, OWN_FOLDER), target_is_directory=True)


def claim_as_main_process(results: Path) -> None:
    """Claim `results` for the Snakemake that the user started, and remove the locks that a killed one left behind.

    While another process has a claim, for example a job of a killed Snakemake, its locks stay.
    """
    claim_results(results, if_alone=remove_stale_locks)


def remove_stale_locks(file: TextIO) -> None:
    """Remove Snakemake's locks if this machine made them, and note in the claim file which machine this is.

    Some file systems do not show a lock to other machines, so a claim on another machine may go unseen.
    """
    file.seek(0)
    if file.read() not in ("", socket.gethostname()):
        return
    locks = list(LOCKS.glob("*"))
    for lock in locks:
        lock.unlink()
    if locks:
        print("Easel: removed the lock of an earlier snakemake that was killed; continuing.", file=sys.stderr)
    file.truncate(0)
    file.write(socket.gethostname())
    file.flush()


def lock_message(results: Path) -> str:
    """One line for a Snakemake that finds `results` locked: who holds the lock, and what to do."""
    others = [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.pid != os.getpid() and has_claim(process, results)
    ]
    if others:
        first = min(others, key=lambda process: process.create_time())
        command = shlex.join(first.info["cmdline"] or [])
        return (
            f"Another snakemake is working on {results}/ (process {first.pid}: {command[:200]}). "
            "Exiting without changes. Wait for it to finish, or stop it."
        )
    file = claim_file(results)
    host = file.read_text() if file.exists() else ""
    where = f" on {host}" if host not in ("", socket.gethostname()) else ""
    return f"{results}/ is locked by another snakemake{where}. If that one is no longer running: snakemake --unlock"
