"""Commands that the notebook's stop button stops."""

import signal
import subprocess
import sys
import threading
import time

import pytest
from helpers.patience import PATIENCE

from easel.notebook.commands import Command, end_earlier, environment

STOPPABLE = """\
import signal, sys, time
try:
    print("ready", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.1)
    print("saved", flush=True)
    sys.exit(1)
"""


def command(tmp_path, code):
    return Command([sys.executable, "-ISs", "-c", code], tmp_path, tmp_path / "output")


def test_output_is_seen_while_it_comes_and_at_the_end(tmp_path):
    seen = []
    code = "import sys, time; print('é', flush=True); time.sleep(0.3); print('b', file=sys.stderr); sys.exit(3)"
    assert command(tmp_path, code).watch(seen.append, every=0.05) == 3
    assert "é\n" in seen
    assert seen[-1] == "é\nb\n"


def test_an_interrupted_command_ends_by_itself(tmp_path):
    """As at Ctrl-C on a terminal: it saves what it has, and the notebook waits for that."""
    running = command(tmp_path, STOPPABLE)
    wait_for(lambda: running.text() == "ready\n")
    press_stop(0.2)
    with pytest.raises(KeyboardInterrupt):
        running.watch(lambda said: None, every=5)
    assert (running.process.returncode, running.text()) == (1, "ready\nsaved\n")


def test_a_command_ends_with_the_cell_that_watches_it(tmp_path):
    running = command(tmp_path, STOPPABLE)
    wait_for(lambda: running.text() == "ready\n")
    with pytest.raises(ZeroDivisionError):
        running.watch(lambda said: 1 / 0, every=0.01)
    assert running.process.returncode == 1


def test_a_second_interrupt_ends_it_at_once(tmp_path):
    running = command(tmp_path, "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)")
    for delay in (0.2, 0.6):
        press_stop(delay)
    with pytest.raises(KeyboardInterrupt):
        running.watch(lambda said: None, every=5)
    assert running.process.returncode == -signal.SIGKILL


def test_a_snakemake_that_a_restarted_notebook_left_is_ended(tmp_path):
    note = tmp_path / "process"
    assert not end_earlier(note)
    left = subprocess.Popen(
        [sys.executable, "-ISs", "-c", STOPPABLE, "snakemake"], stdout=subprocess.PIPE, start_new_session=True
    )
    assert left.stdout.readline() == b"ready\n"
    note.write_text(str(left.pid))
    threading.Thread(target=left.wait).start()
    assert end_earlier(note)
    assert left.stdout.read() == b"saved\n"
    left.stdout.close()
    assert not end_earlier(note)


@pytest.mark.parametrize(("name", "leads"), [("other", True), ("snakemake", False)])
def test_another_process_of_that_number_is_left_alone(tmp_path, name, leads):
    sleep = [sys.executable, "-ISs", "-c", "import time; time.sleep(60)", name]
    other = subprocess.Popen(sleep, start_new_session=leads)
    (tmp_path / "process").write_text(str(other.pid))
    assert not end_earlier(tmp_path / "process")
    assert other.poll() is None
    other.kill()
    other.wait()


def test_another_python_does_not_get_what_is_meant_for_the_notebooks(monkeypatch):
    for name in ("PYTHONPATH", "MPLBACKEND", "EASEL_TEST"):
        monkeypatch.setenv(name, "value")
    assert "EASEL_TEST" in environment()
    assert not {"PYTHONPATH", "MPLBACKEND"} & environment().keys()


def press_stop(delay):
    """Interrupt the notebook's main thread after so many seconds."""
    threading.Timer(delay, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT]).start()


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
