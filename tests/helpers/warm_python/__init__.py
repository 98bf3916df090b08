"""A Python that starts with TensorFlow and Snakemake imported, because most of a small job's time goes into that.

A server imports them once and forks a process for every call (`server.py`); the executable that stands in for Python
passes its arguments on and waits (`client.py`). Nothing of Easel is imported when a call begins. Snakemake starts
its jobs, and those their kernels, with the same executable.

Signals reach a call, but its process is no child of the caller: what is to be killed needs an ordinary Python.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent


@cache
def warm_python() -> str:
    """The executable. Its server ends with this process."""
    folder = Path(tempfile.mkdtemp(prefix="easel-python-"))  # its path must be short: a socket lies in it
    python, address = folder / "python", folder / "socket"
    # The shell spares Python the path of another file in its first line, where a space would end it.
    client = shlex.join([sys.executable, "-ISs", str(HERE / "client.py"), sys.executable, str(address)])
    python.write_text(f'#!/bin/sh\nexec {client} "$@"\n')
    python.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, str(HERE / "server.py"), str(address), str(python)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"},
    )  # fmt: skip
    _servers.append(server)
    if server.stdout.readline() != b"ready\n":
        raise RuntimeError("the server of the warm Python did not start")
    return str(python)


_servers: list[subprocess.Popen] = []  # each with an open pipe, whose end tells the server to end
