"""Messages of a job on the terminal and in its log."""

import os
import pty
import subprocess
import sys
import termios
import textwrap

import pytest
from helpers.patience import PATIENCE

from easel.runtime import console
from easel.runtime.console import Progress, import_quietly, job, log
from easel.runtime.errors import EaselError


def run(code: str, tmp_path) -> subprocess.CompletedProcess:
    """Run code with `job` on a log in tmp_path, in a process of its own."""
    imports = "import os, subprocess\n"
    imports += "from easel.runtime.console import job, log\nfrom easel.runtime.errors import EaselError\n"
    program = imports + "with job('job.log'):\n" + textwrap.indent(textwrap.dedent(code), "    ")
    return subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE
    )


def test_a_users_error_is_its_message_alone_and_exit_code_1(tmp_path):
    done = run("raise EaselError('the archive is torn')", tmp_path)
    assert (done.returncode, done.stderr) == (1, "the archive is torn\n")
    assert (tmp_path / "job.log").read_text().endswith("the archive is torn\n")


def test_a_defect_keeps_its_traceback(tmp_path):
    done = run("{}['missing']", tmp_path)
    assert done.returncode == 1
    assert "Traceback" in done.stderr
    assert "KeyError: 'missing'" in done.stderr
    assert "KeyError: 'missing'" in (tmp_path / "job.log").read_text()


def test_addresses_have_no_secrets(tmp_path):
    address = "http://user:SECRET@host/a?sig=SECRET"
    for code in (f"log.info('from %s', '{address}')", f"raise EaselError('{address}')", f"raise OSError('{address}')"):
        done = run(code, tmp_path)
        said = done.stderr + (tmp_path / "job.log").read_text()
        assert "http://host/a" in said
        assert "SECRET" not in said.replace(code, "")


def test_messages_are_on_the_terminal_and_in_the_log(tmp_path):
    done = run("log.info('halfway')", tmp_path)
    assert (done.returncode, done.stderr) == (0, "halfway\n")
    assert "halfway" in (tmp_path / "job.log").read_text()


def test_output_of_native_code_goes_to_the_log_only(tmp_path):
    done = run("os.write(2, b'noise of a library')\nsubprocess.run(['sh', '-c', 'echo of a child >&2'])", tmp_path)
    assert done.stderr == ""
    said = (tmp_path / "job.log").read_text()
    assert "noise of a library" in said
    assert "of a child" in said


def test_the_log_of_an_earlier_job_is_overwritten(tmp_path):
    run("log.info('first')", tmp_path)
    run("log.info('second')", tmp_path)
    assert "first" not in (tmp_path / "job.log").read_text()


def test_standard_error_is_put_back(tmp_path):
    before = sys.stderr
    with pytest.raises(SystemExit), job(tmp_path / "job.log"):
        raise EaselError("x")
    assert sys.stderr is before
    assert log.handlers == []


def test_a_failed_import_is_not_quiet(tmp_path, monkeypatch):
    code = "import os\nos.write(2, b'why it failed')\nraise ImportError('broken')\n"
    (tmp_path / "loud_and_broken.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)
    read, write = os.pipe()
    saved = os.dup(2)
    os.dup2(write, 2)
    try:
        with pytest.raises(ImportError, match="broken"):
            import_quietly("loud_and_broken")
    finally:
        os.dup2(saved, 2)
        os.close(write)
    assert b"why it failed" in os.read(read, 1000)


def test_without_a_terminal_progress_is_plain_lines(caplog, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    with caplog.at_level("INFO", logger="easel"), Progress(1000, "images", "vae", done=200, interval=30) as progress:
        for _ in range(4):
            now[0] += 20
            progress.update(100, "loss 1.5")
    assert caplog.messages == [
        "vae: 400 of 1000 images (40 %), 5 images/s, 02:00 left, loss 1.5",
        "vae: 600 of 1000 images (60 %), 5 images/s, 01:20 left, loss 1.5",
    ]


def test_on_a_terminal_progress_is_a_bar(tmp_path):
    """In a real pseudo-terminal, through `job`."""
    program = (
        "from easel.runtime.console import Progress, job\n"
        "with job('job.log'), Progress(10, 'images', 'dcgan') as bar:\n"
        "    bar.update(5, 'loss 0.7'); bar.bar.refresh()\n"
    )
    terminal, child = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 120))
    process = subprocess.Popen([sys.executable, "-c", program], cwd=tmp_path, stderr=child, stdin=subprocess.DEVNULL)
    os.close(child)
    said = b""
    while True:
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # how Linux says that the other end was closed
            break
        if not chunk:
            break
        said += chunk
    assert process.wait(timeout=PATIENCE) == 0
    assert b"dcgan:  50%" in said
    assert b"loss 0.7" in said
    assert b"images/s" in said
