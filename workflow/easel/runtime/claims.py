"""Claims to a results folder: which processes use it, and which working folder's Snakemake changes it.

Both are shared locks on files in `<results>/.snakemake/`, held as long as a process lives. The operating system
releases a lock when the process ends, however it ends.

in_use: of every Snakemake, a dry run included, and of every job.
worked_on: of every Snakemake that runs jobs, and of the jobs. Its content is the `Worker` that came first. Several from
    one working folder may hold it, as Snakemake's own locks keep them apart; those of another folder may not. A folder
    in results that is a link, which several results may share, has one of its own.

Where the results' file system has no locks, as a cloud drive may, `in_use` is locked in the working folder instead,
which is enough to find out whether Snakemake's own locks there were left behind. `worked_on` then keeps off another
worker only while the one that it names is a living process of the same machine.
"""

import atexit
import fcntl
import json
import os
import shlex
import socket
import sys
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

import psutil

_held: list[TextIO] = []  # kept open until this process ends, and the locks with them


@dataclass(frozen=True)
class Worker:
    """A Snakemake that changes results."""

    process: int  # its id
    host: str
    command: str
    folder: str  # its working folder: a checkout, or the folder of --directory
    since: str  # local time
    folder_id: str = ""  # of the working folder: two machines, or containers, may have different ones at one path

    @classmethod
    def this_process(cls) -> "Worker":
        """The worker that this process is."""
        command = shlex.join(sys.orig_argv)
        since = datetime.now().isoformat(" ", "minutes")
        return cls(os.getpid(), socket.gethostname(), command, str(Path.cwd().resolve()), since, id_of_folder())

    def shares_folder_with(self, other: "Worker") -> bool:
        """True if both work in one folder. A copy of a checkout has the same id, and another path."""
        return (self.folder, self.folder_id) == (other.folder, other.folder_id)

    def runs_here(self) -> bool:
        """True if it is another process of this machine, and has not ended."""
        if self.host != socket.gethostname() or self.process == os.getpid():
            return False
        try:
            command = psutil.Process(self.process).cmdline()
        except psutil.Error:
            return False
        return shlex.join(command) == self.command  # else it has ended, and its id is another's now

    def __str__(self) -> str:
        where = f" on {self.host}" if self.host != socket.gethostname() else ""
        return f"process {self.process}{where}, since {self.since}, in {self.folder}: {self.command[:200]}"


def id_of_folder() -> str:
    """A random id of the working folder, kept in Snakemake's folder there; "" if that is missing or read-only."""
    file = Path(".snakemake/id_of_folder")
    with suppress(OSError), open(file, "x", encoding="ascii") as new:
        new.write(uuid.uuid4().hex)
    try:
        return file.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def claim_results(results: Path, if_alone: Callable[[TextIO], None] | None = None) -> None:
    """Claim `results` until this process ends.

    if_alone: called with the open claim file if no other process has a claim, before any other can get one.
    Does nothing where `results` has no folder for claims (a script that was called by hand), or a read-only one.
    """
    for path in (claim_file(results), Path(".snakemake/in_use").resolve()):
        file = _open(path)
        if file is None:
            return
        with suppress(OSError):  # the file system has no locks
            if if_alone is not None and locked_alone(file):
                if_alone(file)
            fcntl.flock(file, fcntl.LOCK_SH)
            return


def claim_for_a_job(results: Path, outputs: Iterable[str | Path] = ()) -> None:
    """Claim `results`, and folders in it that are links, for a job, which outlives its Snakemake where that is killed.

    outputs: that the job writes.
    """
    claim_results(results)
    for folder in worked_folders(results, outputs):
        file = _open(work_file(folder))
        with suppress(OSError):
            if file:
                fcntl.flock(file, fcntl.LOCK_SH)


def worked_folders(results: Path, files: Iterable[str | Path]) -> list[Path]:
    """The folders that are claimed to write some files: `results`, and the links to folders in it that lead to them."""
    parents = {parent for file in files for parent in Path(file).parents}
    linked = {parent for parent in parents if parent.is_symlink() and parent.is_relative_to(results)}
    return [results, *sorted(linked - {results})]


def claim_work(folder: Path, worker: Worker) -> Worker | None:
    """Claim a folder of results for a Snakemake that is about to change it.

    Returns the worker of another working folder that has it; None if this process now has the claim. Raises OSError if
    the folder cannot be written to. On a file system without locks, a worker of another machine that left no word of
    its end is only named on standard error.
    """
    work_file(folder).parent.mkdir(exist_ok=True)
    file = open(work_file(folder), "a+", encoding="utf-8")  # noqa: SIM115
    _held.append(file)
    try:
        is_alone = locked_alone(file)
        has_locks = True
    except OSError:
        named = read_worker(file)
        is_alone = named is None or not named.runs_here()
        has_locks = False
    if is_alone:
        _note_unseen(folder, read_worker(file), worker)
        replace_content(file, json.dumps(asdict(worker)))
    if has_locks:
        fcntl.flock(file, fcntl.LOCK_SH)
    first = read_worker(file)
    if first is not None and not first.shares_folder_with(worker):
        _held.remove(file)
        file.close()
        return first
    atexit.register(_clear, file, worker)
    return None


def _open(path: Path) -> TextIO | None:
    """Open a file for claims until this process ends; None where there is no folder for it, or none to write in."""
    try:
        file = open(path, "a+", encoding="utf-8")  # noqa: SIM115
    except OSError:
        return None
    _held.append(file)
    return file


def _note_unseen(folder: Path, earlier: Worker | None, worker: Worker) -> None:
    """Say that a worker of another machine and folder left no word of its end, as some file systems hide its lock."""
    if earlier and earlier.host != worker.host and not earlier.shares_folder_with(worker):
        print(
            f"Easel: {folder}/ may be in use elsewhere ({earlier}). Unless that machine is gone, stop one of the two: "
            "both at once would damage it.",
            file=sys.stderr,
        )


def _clear(file: TextIO, worker: Worker) -> None:
    """Note that the work of `worker`, this process, has ended, unless others go on."""
    with suppress(OSError):
        if not file.closed and _was_last(file, worker):
            replace_content(file, "")


def _was_last(file: TextIO, worker: Worker) -> bool:
    """True if nobody else has this claim; on a file system without locks, if nobody else is named in it."""
    try:
        return locked_alone(file)
    except OSError:
        return read_worker(file) == worker


def replace_content(file: TextIO, text: str) -> None:
    """Write `text` in place of what is in an open claim file. Raises OSError."""
    file.truncate(0)
    os.write(file.fileno(), text.encode())  # nothing is left in a buffer where the disk is full


def read_worker(file: TextIO) -> Worker | None:
    """The worker in an open file `worked_on`; None if there is none, or nothing that can be read."""
    file.seek(0)
    try:
        return Worker(**json.loads(file.read()))
    except (ValueError, TypeError):
        return None


def locked_alone(file: TextIO) -> bool:
    """Lock a claim file exclusively; False if another process has a claim."""
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


def work_file(folder: Path) -> Path:
    """The file that names who changes a folder of results."""
    return folder / ".snakemake" / "worked_on"
