"""The last Snakemake of each study that ran jobs: whether it is still running, has finished or has failed.

One file per study in `<results>/.snakemake/studies/`, written by Snakemake's main process. A Snakemake that is killed
leaves the state `running`; `last_run` then finds that its process has gone.
"""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from easel.runtime.files import read_if_whole, write_json


class RunState(StrEnum):
    """How the last Snakemake of a study stands."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    """A job failed, or the user interrupted it."""
    STOPPED = "stopped"
    """It was killed. Never written."""


class LastRun(NamedTuple):
    """The last Snakemake of a study, and when it came into that state."""

    state: RunState
    time: datetime


def note_run(results: Path, study: str, state: RunState) -> None:
    """Note the state of this process's work on a study. Raises OSError where results cannot be written to.

    The study gets its folder, so that it is listed even if its first job fails, and no longer once it is deleted.
    """
    (results / study).mkdir(parents=True, exist_ok=True)
    process = psutil.Process()
    record = {
        "study": study,
        "state": state,
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "process": process.pid,
        "process_started": process.create_time(),
        "host": socket.gethostname(),
    }
    write_json(record_file(results, study), record)


def last_run(results: Path, study: str) -> LastRun | None:
    """The last Snakemake of a study; None if there is no record of one, or none that can be understood."""
    record = read_if_whole(record_file(results, study))
    try:
        found = LastRun(RunState(record["state"]), datetime.fromisoformat(record["time"]))
        gone = found.state is RunState.RUNNING and has_ended(record)
    except (LookupError, ValueError, TypeError):
        return None
    return found._replace(state=RunState.STOPPED) if gone else found


def has_ended(record: Mapping[str, Any]) -> bool:
    """True if the process of a record is known to have ended. One of another machine cannot be seen."""
    if record["host"] != socket.gethostname():
        return False
    try:
        return abs(psutil.Process(record["process"]).create_time() - record["process_started"]) > 2  # seconds
    except psutil.AccessDenied:
        return False
    except psutil.Error:
        return True


def record_file(results: Path, study: str) -> Path:
    """The file of a study's record."""
    return results / ".snakemake" / "studies" / f"{study}.json"
