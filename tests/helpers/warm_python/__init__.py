"""A Python that starts with TensorFlow and Snakemake imported, which takes most of a small job's time.

A server imports them once and forks a process for every call (`server.py`). The executable that stands in for Python
passes its arguments on and waits (`client.py`). No module of Easel is imported before a call begins. Snakemake starts
its jobs, and those their notebooks' kernels, with the same executable.

Signals reach a call, but its process is no child of the caller: to kill it, use an ordinary Python.
"""

import fcntl
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import psutil

HERE = Path(__file__).parent
_started: list[subprocess.Popen] = []  # kept, so that Python does not complain about a running process


def warm_python() -> str:
    """The executable. All of pytest's processes share one server, which ends with pytest.

    An ordinary Python if the server cannot be started, or if its folder has been deleted.
    """
    try:
        executable = shared_executable()
    except (OSError, RuntimeError):
        return sys.executable
    return str(executable) if executable.exists() else sys.executable


@cache
def shared_executable() -> Path:
    """Start the server, unless another of pytest's processes has."""
    in_worker = "PYTEST_XDIST_WORKER" in os.environ
    pytest = psutil.Process(os.getppid() if in_worker else os.getpid())
    # A short path, because a socket lies in it; and with the time, since process numbers return.
    folder = Path(tempfile.gettempdir()) / f"easel-python-{pytest.pid}-{pytest.create_time():.0f}"
    executable = folder / "python"
    folder.mkdir(exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not executable.exists():
            start_server(folder / "socket", executable, pytest.pid)
    return executable


def start_server(
    address: Path, executable: Path, lives_with: int, environment: Mapping[str, str] | None = None
) -> psutil.Process:
    """Start the server and write the executable. Returns the server, whose children are the calls.

    lives_with: the process with which the server ends. environment: variables of the server, besides its own.
    """
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(address), str(executable), str(lives_with)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"} | dict(environment or {}),
    )  # fmt: skip
    _started.append(server)
    if server.stdout.readline() != b"ready\n":
        raise RuntimeError("the server of the warm Python did not start")
    # A shell script, because a path in Python's own first line must not contain a space.
    client = shlex.join([sys.executable, "-ISs", str(HERE / "client.py"), sys.executable, str(address)])
    executable.write_text(f'#!/bin/sh\nexec {client} "$@"\n')
    executable.chmod(0o755)
    return psutil.Process(server.pid)
