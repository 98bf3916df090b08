"""Snakemake for many short calls: imported once and forked for each, which saves half of the time of a dry run."""

import json
import os
import subprocess
import sys
from pathlib import Path

SERVER = """
import json, os, sys
import snakemake.cli
for line in sys.stdin:
    folder, log, arguments = json.loads(line)
    child = os.fork()
    if child == 0:
        said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        os.chdir(folder)
        sys.argv = ["snakemake", *arguments]
        snakemake.cli.main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class ForkedSnakemake:
    """Calls of the real Snakemake in one folder, one after the other.

    path: what comes first on the Python path; nothing of it has been imported when a call begins.
    """

    def __init__(self, folder: Path, path: Path, log: Path):
        self.folder, self.log = folder, log
        self.server = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | {"PYTHONPATH": str(path)},
        )  # fmt: skip

    def __call__(self, *arguments: str) -> str:
        """What Snakemake says; it has to succeed."""
        print(json.dumps([str(self.folder), str(self.log), arguments]), file=self.server.stdin, flush=True)
        code = int(self.server.stdout.readline())
        said = self.log.read_text()
        assert code == 0, said
        return said
