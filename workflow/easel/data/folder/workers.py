"""Decode the files of a folder in several processes. A file that crashes its process is one more finding.

Each process has a thread here that hands it files and reads its answers one by one, so it is known at which file a
process ended.
"""

import json
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from easel.data.folder import worker
from easel.data.folder.decode import Outcome

MOST = 64  # files handed to a process at a time
LOOK = 0.1  # seconds between progress updates
PACKAGES = str(Path(__file__).parents[3])


def decode_all(
    folder: Path,
    names: Sequence[str],  # of files, relative to the folder
    pixels: Path,  # an existing .npy file of uint8 (N, side, side, 3); row i becomes the pixels of file i
    settings: Mapping[str, Any],  # those of `easel.config.datasets.Folder`
    processes: int,
    advance: Callable[[int], Any],  # called with the number of files done since the last call
) -> list[Outcome]:
    """Decode all files. Returns the result of each. No process is left afterwards, even after an exception."""
    task = json.dumps({**settings, "folder": os.fspath(folder), "pixels": os.fspath(pixels)})
    size = max(1, min(MOST, len(names) // (4 * processes)))
    rows = list(enumerate(names))
    team = Team(task, deque(rows[start : start + size] for start in range(0, len(rows), size)), len(rows))
    with ThreadPoolExecutor(processes) as threads:
        try:
            working = {threads.submit(team.serve) for _ in range(processes)}
            reported = 0
            while working:
                done, working = wait(working, LOOK)
                for each in done:
                    each.result()
                advance(team.done - reported)
                reported = team.done
        finally:
            team.end()
    return team.outcomes


class Team:
    """The processes that decode one folder."""

    def __init__(self, task: str, waiting: deque[list[tuple[int, str]]], files: int):
        self.task, self.waiting = task, waiting
        self.outcomes: list[Outcome] = [Outcome(False, ["crashed"])] * files
        self.done = 0
        self.processes: set[subprocess.Popen] = set()
        self.ended = False
        self.lock = threading.Lock()

    def serve(self) -> None:
        """Hand files to a process, and to a new one if it ends, until no files are left."""
        process = None
        while not self.ended:
            try:
                files = self.waiting.popleft()
            except IndexError:
                break
            while files and not self.ended:
                process = process or self.start()
                answered = self.ask(process, files)
                if answered < len(files):  # it ended at that file, whose result stays `crashed`
                    self.leave(process)
                    process = None
                    self.count(1)
                files = files[answered + 1 :]
        if process:
            self.leave(process)

    def ask(self, process: subprocess.Popen, files: Sequence[tuple[int, str]]) -> int:
        """Have a process decode files. Returns the number of answers before it ended."""
        stdin, stdout = pipes_of(process)
        try:
            stdin.write(json.dumps(files) + "\n")
            stdin.flush()
        except OSError:
            return 0
        for place, (row, _) in enumerate(files):
            line = stdout.readline()
            if not line.endswith("\n"):
                return place
            self.outcomes[row] = Outcome(*json.loads(line))
            self.count(1)
        return len(files)

    def count(self, files: int) -> None:
        """Add files to those done."""
        with self.lock:
            self.done += files

    def start(self) -> subprocess.Popen:
        """Start a process and wait until it is ready."""
        path = os.pathsep.join(filter(None, [PACKAGES, os.environ.get("PYTHONPATH")]))
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", worker.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            encoding="ascii", env=os.environ | {"PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        with self.lock:
            self.processes.add(process)
            if self.ended:
                process.kill()
        stdin, stdout = pipes_of(process)
        try:
            stdin.write(self.task + "\n")
            stdin.flush()
            is_ready = stdout.readline()
        except OSError:
            is_ready = ""
        if not is_ready and not self.ended:
            code = process.wait()
            self.leave(process)
            raise RuntimeError(f"{worker.__name__} ended at its start with exit code {code}; the reason is above")
        return process

    def leave(self, process: subprocess.Popen) -> None:
        """End a process."""
        process.kill()
        process.wait()
        for stream in pipes_of(process):
            with suppress(OSError):  # unread or unwritten data
                stream.close()
        with self.lock:
            self.processes.discard(process)

    def end(self) -> None:
        """End all processes, and so the threads that wait for their answers."""
        with self.lock:
            self.ended = True
            for process in self.processes:
                process.kill()


def pipes_of(process: subprocess.Popen) -> tuple[IO[str], IO[str]]:
    """Standard input and output of a process that was started with pipes for both."""
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout
