"""A machine whose results are on a cloud drive, and which can be lost with everything else that is on it."""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psutil

from helpers.limited_folder import limits
from helpers.patience import PATIENCE
from helpers.tiny_study import ROOT, TINY, Checkout
from helpers.warm_python import start_server


class Machines:
    """A drive, and the machines that use it one after the other. `limited_folder.c` says what the drive cannot do."""

    def __init__(self, folder: Path, library: Path):
        """folder: for the drive and the machines; a short path, because a socket lies in it. library: compiled."""
        self.folder, self.library, self.drive, self.count = folder, library, folder / "drive", 0
        self.drive.mkdir(parents=True)
        self.python = folder / "warm" / "python"
        self.python.parent.mkdir()
        self.server = start_server(
            folder / "warm" / "socket", self.python, os.getpid(), {"LD_PRELOAD": str(self.library)}
        )

    def new(self, study: str = TINY) -> "MachineWithDrive":
        """A machine of which nothing is known yet."""
        self.count += 1
        return MachineWithDrive(self, study)


class MachineWithDrive(Checkout):
    """A new folder in which Snakemake runs a study with one thread per job; `results` in it is a link to the drive."""

    def __init__(self, machines: Machines, study: str):
        super().__init__(machines.folder / f"machine-{machines.count}", study)
        self.machines, self.drive = machines, machines.drive
        (self.folder / "results").symlink_to(self.drive)

    def command(self, *arguments: str, python: str = "") -> list[str]:
        return [*super().command(*arguments, python=str(self.machines.python)), "threads=1"]

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | limits(self.drive, self.machines.library)

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=PATIENCE, stdin=subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip

    def lose(self, snakemake: subprocess.Popen | None = None) -> None:
        """Kill everything at once, and delete the machine's folder.

        What is on the drive gets other times, in no order, as where files are uploaded later than they are written.
        """
        for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first: none sees another's end, or starts one more
            processes = self.machines.server.children(recursive=True)
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(number)
        if snakemake:
            snakemake.kill()
            snakemake.wait()
        while any(is_running(process) for process in processes):
            time.sleep(0.01)
        shutil.rmtree(self.folder)
        scatter_times(self.drive)


def is_running(process: psutil.Process) -> bool:
    """True until a killed process has ended, whether or not its parent has taken note of it."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def scatter_times(folder: Path) -> None:
    """Give each file a time of the last hour."""
    chance = random.Random(0)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        changed = file.stat().st_mtime - chance.uniform(0, 3600)
        os.utime(file, (changed, changed))
