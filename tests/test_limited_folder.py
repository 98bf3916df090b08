"""The folder that stands for a mounted cloud drive in other tests has the limits that it promises."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers.limited_folder import limited_folder_library, limits

TRIES = """\
import errno, fcntl, json, os, sys
from pathlib import Path

def attempt(what, *arguments):
    try:
        return what(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]

folder = Path(sys.argv[1])
file = folder / "file"
file.write_text("x")
os.chmod(file, 0o444)
os.chdir(folder)
with open(file) as opened:
    found = {
        "flock": attempt(fcntl.flock, opened, fcntl.LOCK_SH),
        "lockf": attempt(fcntl.lockf, opened, fcntl.LOCK_SH),
        "symlink": attempt(os.symlink, "file", "link"),
        "hard link": attempt(os.link, file, folder / "link"),
        "pipe": attempt(os.mkfifo, folder / "link"),
        "mode": oct(file.stat().st_mode & 0o777),
        "times": sorted({file.stat().st_mtime, os.stat("file").st_mtime, os.fstat(opened.fileno()).st_mtime,
                         next(os.scandir()).stat().st_mtime}),
    }
os.replace(file, folder / "renamed")
print(json.dumps(found | {"content": (folder / "renamed").read_text(), "files": os.listdir()}))
"""


def tries(folder: Path, environment: dict[str, str]) -> dict:
    folder.mkdir(exist_ok=True)
    command = [sys.executable, "-IS", "-c", TRIES, str(folder)]
    said = subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True)
    return json.loads(said.stdout)


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """A limited folder."""
    folder = tmp_path / "drive"
    folder.mkdir()
    return folder


def test_has_neither_locks_nor_links_and_late_times(drive, tmp_path_factory):
    before = time.time()
    found = tries(drive / "results", limits(drive, limited_folder_library(tmp_path_factory)))
    (changed,) = found.pop("times")
    assert found == {
        "flock": "ENOTSUP", "lockf": "ENOLCK", "symlink": "ENOTSUP", "hard link": "ENOTSUP",
        "pipe": "ENOTSUP", "mode": "0o600", "content": "x", "files": ["renamed"],
    }  # fmt: skip
    assert changed % 2 == 0
    assert changed >= before + 3


def test_other_folders_are_as_ever(drive, tmp_path, tmp_path_factory):
    found = tries(tmp_path / "drive-in", limits(drive, limited_folder_library(tmp_path_factory)))
    assert found["times"][-1] <= time.time()
    assert [found[what] for what in ("flock", "lockf", "symlink", "mode")] == [None, None, None, "0o444"]
