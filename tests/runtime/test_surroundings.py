"""Processes in poor surroundings: closed streams, other encodings, few open files."""

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from easel.runtime import surroundings
from easel.runtime.console import job
from easel.runtime.errors import EaselError
from easel.runtime.surroundings import allow_open_files, prepare_process, provide_home

# A child's output must not go to a file that was opened meanwhile, and what libraries write in it is UTF-8.
CHILD = "print('of a child ✓')\nopen('file', 'w').write('✓')"
PROGRAM = f"""\
import subprocess, sys
from easel.runtime.console import job, log
with job("job.log"):
    print("printed é ✓")
    log.info("logged é ✓")
    held = open("held", "w", encoding="utf-8")
    open("child.py", "w", encoding="utf-8").write({CHILD!r})
    subprocess.run([sys.executable, "child.py"], check=True)
"""


@pytest.mark.parametrize("streams", ["", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_job_works_with_closed_streams_and_in_any_locale(streams, locale, tmp_path):
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    environment = {"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        ["sh", "-c", f'exec "$0" program.py {streams}', sys.executable], cwd=tmp_path, env=environment,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "held").read_text(encoding="utf-8") == ""
    assert (tmp_path / "file").read_text(encoding="utf-8") == "✓"
    assert "logged é ✓" in (tmp_path / "job.log").read_text(encoding="utf-8")
    marks = (r"\xe9 \u2713", r"\u2713") if locale == "C" else ("é ✓", "✓")
    assert done.stderr.decode() == ("" if "2>&-" in streams else f"logged {marks[0]}\n")
    if ">&-" not in streams.replace("2>&-", ""):
        assert set(done.stdout.decode().splitlines()) == {"of a child ✓", f"printed {marks[0]}"}


def homeless() -> Path:
    raise RuntimeError("Could not determine home directory.")


@pytest.mark.parametrize(
    ("home", "given"),
    [
        (lambda: Path("writable"), {}),
        (lambda: Path("nowhere"), {"MPLCONFIGDIR": "matplotlib"}),
        (homeless, {"HOME": "", "MPLCONFIGDIR": "matplotlib"}),
    ],
)
def test_who_has_no_home_gets_one(home, given, tmp_path, monkeypatch):
    """Matplotlib would look for all fonts in every job, and Jupyter would not start."""
    Path(tmp_path / "writable").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(surroundings.os, "environ", {})
    monkeypatch.setattr(surroundings.Path, "home", home)
    provide_home()
    assert surroundings.os.environ == {name: str(tmp_path / ".snakemake" / folder) for name, folder in given.items()}


@pytest.fixture
def limits(monkeypatch):
    """The limits of open files, soft and hard, as a list that `setrlimit` changes."""
    limits = [64, 64]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda _, new: limits.__setitem__(slice(None), new))
    return limits


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([64, 4096], [4096, 4096]),
        ([1024, 10**6], [surroundings.MAX_OPEN_FILES, 10**6]),
        ([256, resource.RLIM_INFINITY], [surroundings.MAX_OPEN_FILES, resource.RLIM_INFINITY]),
        ([10**6, 10**6], [10**6, 10**6]),
        ([resource.RLIM_INFINITY, resource.RLIM_INFINITY], [resource.RLIM_INFINITY, resource.RLIM_INFINITY]),
        ([256, 256], [256, 256]),
    ],
)
def test_the_limit_of_open_files_is_raised(limits, before, after):
    limits[:] = before
    allow_open_files()
    assert limits == after


@pytest.mark.parametrize(
    ("error", "most", "after"),
    [(ValueError("not allowed to raise maximum limit"), 20_000, 16_384), (PermissionError(1, "denied"), 0, 300)],
)
def test_a_limit_that_the_system_refuses_is_raised_less(limits, monkeypatch, error, most, after):
    limits[:] = [300, resource.RLIM_INFINITY]

    def refuse(_, new):
        if new[0] > most:
            raise error
        limits[:] = new

    monkeypatch.setattr(resource, "setrlimit", refuse)
    allow_open_files()
    assert limits[0] == after


def test_a_job_with_a_limit_that_is_too_low_ends_with_one_line(limits, tmp_path, capfd):
    with pytest.raises(SystemExit), job(tmp_path / "job.log"):
        raise AssertionError("the work must not begin")
    assert "only 64 files may be open at once" in (tmp_path / "job.log").read_text(encoding="utf-8")
    assert "Traceback" not in capfd.readouterr().err


def test_a_limit_that_is_too_low_is_named(limits):
    with pytest.raises(EaselError, match=r"^only 64 files may be open at once \(ulimit -Hn\); Easel needs 256\. Start"):
        prepare_process()
