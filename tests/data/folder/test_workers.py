"""Processes that decode: what they do about a file that takes them down, and that none of them is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
from helpers.patience import PATIENCE
from helpers.photographs import photograph, write_photographs

from easel.data.folder.workers import decode_all

ROOT = Path(__file__).parents[3]

# What the processes import first: with it, some names take down whoever opens them.
SITECUSTOMIZE = """
import os, signal, time
from PIL import Image
opened, set_alarm = Image.open, signal.setitimer
signal.setitimer = lambda which, seconds: set_alarm(which, seconds / 100)

def open_(stream, **options):
    name = os.path.basename(stream.name)
    if name.startswith("segfault"):
        os.kill(os.getpid(), signal.SIGSEGV)
    if name.startswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    if name.startswith("hang"):
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        time.sleep(600)
    if name.startswith("memory"):
        raise MemoryError
    return opened(stream, **options)

Image.open = open_
"""


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(SITECUSTOMIZE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"))


@pytest.fixture
def pixels(tmp_path):
    """A function that makes the .npy file that is written into."""

    def pixels(count):
        np.lib.format.open_memmap(tmp_path / "pixels.npy", "w+", np.uint8, (count, 32, 32, 3)).flush()
        return tmp_path / "pixels.npy"

    return pixels


def processes() -> set[int]:
    """This process's children; another test may have left a cluster running."""
    return {child.pid for child in psutil.Process().children()}


def names_of(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))


@pytest.mark.usefixtures("hostile")
def test_a_file_that_takes_the_decoder_down_is_a_finding(tmp_path, pixels, settings):
    folder = tmp_path / "pictures"
    folder.mkdir()
    bad = ["hang.png", "killed 1.png", "killed 2.png", "memory.png", "segfault.png"]
    for i, name in enumerate([*(f"good {i}.png" for i in range(30)), *bad]):
        photograph(i).save(folder / name)
    names = names_of(folder)
    file, done, before = pixels(len(names)), [], processes()
    found = decode_all(folder, names, file, settings(), 2, done.append)
    assert {name for name, outcome in zip(names, found, strict=True) if not outcome.taken} == set(bad)
    assert {tuple(outcome.kinds) for outcome in found if not outcome.taken} == {("crashed",)}
    assert sum(done) == len(names)
    written = np.load(file)
    assert all(written[row].any() == outcome.taken for row, outcome in enumerate(found))
    assert processes() <= before


def test_a_process_that_cannot_start_is_an_error_and_no_finding(tmp_path, pixels, settings):
    write_photographs(tmp_path / "pictures", 8)
    before = processes()
    with pytest.raises(RuntimeError, match="ended at its start with exit code 1"):
        decode_all(tmp_path / "pictures", names_of(tmp_path / "pictures"), tmp_path / "no.npy", settings(), 2, print)
    assert processes() <= before


def test_an_exception_meanwhile_leaves_no_process(tmp_path, pixels, settings):
    write_photographs(tmp_path / "pictures", 400)
    names, before = names_of(tmp_path / "pictures"), processes()

    def advance(count):
        if count:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode_all(tmp_path / "pictures", names, pixels(400), settings(), 2, advance)
    assert processes() <= before


PREPARE = """
import sys
from pathlib import Path
from scripts.prepare_folder import prepare_folder
from easel.config.datasets import Folder
from easel.runtime.interruption import stopped_cleanly
folder, into = map(Path, sys.argv[1:])
arrays = (f"{split}_{kind}.npy" for split in ("train", "test") for kind in ("images", "labels"))
names = (*arrays, "files.tsv", "near_duplicates.tsv", "dataset.json")
with stopped_cleanly("nothing is kept"):
    settings = Folder(format="folder", path="x").model_dump()
    prepare_folder(folder, *(into / name for name in names), name="mine", settings=settings, processes=2)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.usefixtures("hostile")
def test_a_signal_leaves_neither_files_nor_processes(tmp_path, number):
    folder, into = tmp_path / "pictures", tmp_path / "mine"
    write_photographs(folder, 100)
    photograph(1).save(folder / "barn" / "hang.png")  # for 0.6 s: so it is still at work
    photograph(2).save(folder / "barn" / "hang too.png")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'workflow'}:{ROOT}:{os.environ['PYTHONPATH']}"}
    process = subprocess.Popen([sys.executable, "-c", PREPARE, folder, into], env=environment, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE
        while len(children := psutil.Process(process.pid).children()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        process.send_signal(number)
        code = process.wait(20)
        psutil.wait_procs(children, timeout=10)
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        assert code == (-number if number == signal.SIGKILL else 128 + number)
        if number != signal.SIGKILL:
            assert list(into.iterdir()) == []
    finally:
        process.kill()


def test_few_files_are_shared_out(tmp_path, pixels, settings):
    write_photographs(tmp_path / "pictures", 5)
    names = names_of(tmp_path / "pictures")
    assert all(each.taken for each in decode_all(tmp_path / "pictures", names, pixels(5), settings(), 8, print))
