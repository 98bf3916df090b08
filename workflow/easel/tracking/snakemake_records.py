"""Snakemake's records, kept with the results that they describe, its locks, and what keeps two of them apart.

Snakemake keeps records in .snakemake/ of its working folder: how each file was made (metadata) and which files are
unfinished (incomplete). Easel replaces these two by links into results/.snakemake/, so that results can be copied,
moved or linked into another checkout without losing them.

Snakemake's own locks stay behind when it is killed. A claim (`easel.runtime.claims`) does not, so it tells whether a
lock is left over, and is removed, or whether somebody is working on the results, and is named. Snakemake's locks lie in
its working folder and are not seen from another one, so a second claim keeps apart two working folders whose results,
or parts of them, are one folder.
"""

import os
import shutil
import socket
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

import psutil

from easel.runtime.addresses import command_line
from easel.runtime.claims import (
    Worker,
    claim_file,
    claim_results,
    claim_work,
    has_claim,
    replace_content,
    worked_folders,
)
from easel.runtime.errors import EaselError
from easel.tracking.snakemake_internals import LOCKS, OWN_FOLDER, RECORDS


def keep_records(results: Path) -> None:
    """Link Snakemake's records into `results`/.snakemake, and move existing records there.

    Where `results` cannot be written to, only links to what is there are made: that is enough for a dry run.
    Raises EaselError if there can be no results, or if Snakemake cannot have its own folder.
    """
    check_can_be_folder(results)
    try:
        OWN_FOLDER.mkdir(exist_ok=True)
    except OSError as error:
        raise EaselError(
            f"{Path.cwd()}: Snakemake cannot have its folder {OWN_FOLDER}/ here, which it needs even for a dry run: "
            f"{error.strerror}. Use a folder that can be written to: --directory FOLDER"
        ) from None
    for name in RECORDS:
        link, folder = OWN_FOLDER / name, results / ".snakemake" / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:  # `check_writable` says so, before any job
            if link.is_symlink() and not link.exists():
                link.unlink()  # to records that are gone
            continue
        if link.is_symlink() and link.exists() and link.samefile(folder):
            continue
        if link.is_symlink():
            link.unlink()
        elif link.exists():
            shutil.copytree(link, folder, dirs_exist_ok=True)
            shutil.rmtree(link)
        try:
            link.symlink_to(os.path.relpath(folder, OWN_FOLDER), target_is_directory=True)
        except OSError as error:
            raise EaselError(
                f"{Path.cwd()}: there can be no symbolic links here ({error.strerror}), and Easel needs some beside "
                "its results. Work in a folder on a local disk, and have `results` in it be a link to the folder for "
                "the results: --directory FOLDER"
            ) from None


def check_can_be_folder(path: Path) -> None:
    """Raise EaselError if `path` is something else than a folder, or nothing."""
    if path.is_symlink() and not path.exists():
        raise EaselError(
            f"{path} is a link to {path.readlink()}, which does not exist: make that folder, or remove the link"
        )
    if path.exists() and not path.is_dir():
        raise EaselError(f"{path} is a file, and has to be a folder: move it away")


def check_writable(files: Iterable[Path]) -> None:
    """Raise EaselError, which names the first of the files that cannot be written, and why."""
    for path in sorted(files):
        folder = nearest_existing(path)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise EaselError(f"{folder}/ cannot be written to, and {path} belongs there: change its permissions")


def start_work(results: Path, files: Iterable[Path]) -> None:
    """Claim the results for jobs that are about to write `files`.

    Raises EaselError if another working folder's Snakemake changes them: `results`, or a link to a folder in it.
    """
    for folder in worked_folders(results, files):
        try:
            other = claim_work(folder, Worker.this_process())
        except OSError as error:
            raise EaselError(f"{folder}/ cannot be written to: {error.strerror}") from None
        if other:
            raise EaselError(
                f"Another snakemake is changing {folder}/, which is {folder.resolve()}, from a different folder "
                f"({other}). Exiting without changes. Wait for it to finish, or stop it and its jobs."
            )


def nearest_existing(path: Path) -> Path:
    """The folder that `path` is in, or in which its missing folders would be made."""
    for parent in path.parents:
        check_can_be_folder(parent)
        if parent.exists():
            return parent
    return Path()


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
    replace_content(file, socket.gethostname())


def lock_message(results: Path) -> str:
    """One line for a Snakemake that finds `results` locked: who holds the lock, and what to do."""
    others = [
        process
        for process in psutil.process_iter(["cmdline"])
        if process.pid != os.getpid() and has_claim(process, results)
    ]
    if others:
        first = min(others, key=lambda process: process.create_time())
        command = command_line(first.info["cmdline"] or [])
        return (
            f"Another snakemake is working on {results}/ (process {first.pid}: {command[:200]}). "
            "Exiting without changes. Wait for it to finish, or stop it."
        )
    file = claim_file(results)
    host = file.read_text(encoding="utf-8") if file.exists() else ""
    where = f" on {host}" if host not in ("", socket.gethostname()) else ""
    return f"{results}/ is locked by another snakemake{where}. If that one is no longer running: snakemake --unlock"
