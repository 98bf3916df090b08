"""Snakemake's records next to the results, and its locks."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from helpers.limited_folder import limited_folder_library, limits
from helpers.ordinary_user import as_ordinary_user

from easel.runtime import claims
from easel.runtime.claims import Worker, claim_for_a_job, claim_results, read_worker
from easel.runtime.errors import EaselError
from easel.tracking.snakemake_records import (
    check_writable,
    claim_as_main_process,
    keep_records,
    lock_message,
    start_work,
)

RESULTS = Path("results")
FILES = [RESULTS / "a" / "b.json"]
OTHER = """\
import os, sys, time
from pathlib import Path
from easel.runtime import claims
from easel.runtime.claims import claim_for_a_job
from easel.tracking.snakemake_records import claim_as_main_process, keep_records, start_work
results = Path("results")
keep_records(results)
claim_as_main_process(results)
if "work" in sys.argv:
    start_work(results, [results / "a" / "b.json"])
if "job" in sys.argv and os.fork() == 0:  # which outlives its Snakemake, and inherits no claim of it
    for file in claims._held:
        file.close()
    claim_for_a_job(results, [results / "a" / "b.json"])
    print("job", os.getpid(), flush=True)
    time.sleep(60)
if "job" not in sys.argv:
    print("claimed", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty working folder; what a test claims is let go after it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(claims, "_held", [])
    yield tmp_path
    for file in claims._held:
        file.close()


@pytest.fixture
def start():
    """start("work", folder=…): another process at work on the results of a working folder; returns it once it is."""
    started = []

    def start(*how, folder=".", environment=None):
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER, *how], stdout=subprocess.PIPE, encoding="utf-8", cwd=folder,
            start_new_session=True, env=environment,
        )  # fmt: skip
        started.append(process)
        process.said = process.stdout.readline()
        assert process.said
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.fixture
def other(start):
    """Another process at work on the same results."""
    return start()


def locks(number: int) -> list[str]:
    """Leave locks as Snakemake does; returns their names."""
    folder = Path(".snakemake/locks")
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(number):
        (folder / f"{index}.input.lock").write_text("results/a\n")
    return sorted(path.name for path in folder.iterdir())


def test_records_lie_with_the_results():
    keep_records(RESULTS)
    Path(".snakemake/metadata/a").write_text("made from b")
    assert Path("results/.snakemake/metadata/a").read_text() == "made from b"


def test_records_of_before_move_there():
    Path(".snakemake/metadata/folder").mkdir(parents=True)
    Path(".snakemake/metadata/folder/a").write_text("made from b")
    keep_records(RESULTS)
    keep_records(RESULTS)
    assert Path("results/.snakemake/metadata/folder/a").read_text() == "made from b"
    assert Path(".snakemake/metadata/folder/a").read_text() == "made from b"


def test_results_may_be_removed_or_be_a_link(tmp_path):
    keep_records(RESULTS)
    shutil.rmtree("results")
    (tmp_path / "disk").mkdir()
    RESULTS.symlink_to(tmp_path / "disk")
    keep_records(RESULTS)
    Path(".snakemake/metadata/a").write_text("made from b")
    assert (tmp_path / "disk/.snakemake/metadata/a").exists()


def test_locks_of_a_killed_snakemake_are_removed(other, capsys):
    other.kill()
    other.wait()
    keep_records(RESULTS)
    locks(2)
    claim_as_main_process(RESULTS)
    assert locks(0) == []
    assert "removed the lock" in capsys.readouterr().err


def test_without_locks_nothing_is_printed(capsys):
    keep_records(RESULTS)
    claim_as_main_process(RESULTS)
    assert capsys.readouterr().err == ""


def test_locks_of_a_living_one_stay_and_it_is_named(other):
    keep_records(RESULTS)
    names = locks(2)
    claim_as_main_process(RESULTS)
    assert locks(0) == names
    said = lock_message(RESULTS)
    assert f"process {other.pid}" in said
    assert "Exiting without changes" in said


def test_a_job_removes_no_locks():
    keep_records(RESULTS)
    names = locks(1)
    claim_results(RESULTS)
    assert locks(0) == names


def test_locks_of_another_machine_stay(monkeypatch):
    keep_records(RESULTS)
    Path("results/.snakemake/in_use").write_text("elsewhere")
    names = locks(1)
    claim_as_main_process(RESULTS)
    assert locks(0) == names
    assert "on elsewhere" in lock_message(RESULTS)
    assert "snakemake --unlock" in lock_message(RESULTS)


def test_a_file_system_without_locks_is_no_error(monkeypatch):
    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(claims.fcntl, "flock", refuse)
    keep_records(RESULTS)
    names = locks(1)
    claim_as_main_process(RESULTS)
    assert locks(0) == names


# --- results on a cloud drive -----------------------------------------------------------------------------------


@pytest.fixture
def drive(tmp_path, tmp_path_factory, monkeypatch):
    """`results` is a link to a folder without file locks, for this process as for others; returns their environment."""
    folder, flock = tmp_path / "drive", claims.fcntl.flock
    folder.mkdir()
    RESULTS.symlink_to(folder)

    def refuse(file, operation):
        if Path(os.readlink(f"/proc/self/fd/{file.fileno()}")).is_relative_to(folder):
            raise OSError(errno.ENOTSUP, "Operation not supported")
        flock(file, operation)

    monkeypatch.setattr(claims.fcntl, "flock", refuse)
    return os.environ | limits(folder, limited_folder_library(tmp_path_factory))


def test_locks_of_a_killed_snakemake_are_removed_beside_a_drive(start, drive, capsys):
    other = start("work", "job", environment=drive)
    names = locks(2)
    job = psutil.Process(int(other.said.removeprefix("job ")))
    os.killpg(other.pid, signal.SIGKILL)
    other.wait()
    job.wait()  # which is no child of this process, and may end a little later
    claim_as_main_process(RESULTS)
    assert names
    assert locks(0) == []
    assert "removed the lock" in capsys.readouterr().err


@pytest.mark.parametrize("how", [["work"], ["work", "job"]])
def test_locks_of_a_living_one_stay_beside_a_drive(start, drive, how):
    """A job counts, too, if its Snakemake was killed."""
    other = start(*how, environment=drive)
    names = locks(2)
    if "job" in how:
        other.kill()
        other.wait()
    claim_as_main_process(RESULTS)
    assert locks(0) == names
    assert "Exiting without changes" in lock_message(RESULTS)


def test_a_machine_that_was_lost_with_its_drive_at_work_is_named(start, drive, capsys):
    other = start("work", environment=drive)
    other.kill()
    other.wait()
    worked_on = RESULTS / ".snakemake" / "worked_on"
    lost = json.loads(worked_on.read_text()) | {"host": "lost", "folder_id": "another"}
    worked_on.write_text(json.dumps(lost))
    start_work(RESULTS, FILES)
    said = capsys.readouterr().err
    assert f"results/ may be in use elsewhere (process {other.pid} on lost" in said
    assert "Unless that machine is gone" in said
    assert read_worker(claims._held[-1]) == Worker.this_process()
    claims._clear(claims._held[-1], Worker.this_process())
    assert worked_on.read_text() == ""


@pytest.mark.parametrize("ended", [False, True])
def test_who_works_on_a_drive_from_another_folder_of_this_machine_keeps_others_off(start, drive, elsewhere, ended):
    other = start("work", folder=elsewhere, environment=drive)
    if ended:
        other.kill()
        other.wait()
        start_work(RESULTS, FILES)
        return
    with pytest.raises(EaselError, match=f"is changing results/, .* from a different folder .process {other.pid}, sin"):
        start_work(RESULTS, FILES)
    assert json.loads((RESULTS / ".snakemake/worked_on").read_text())["process"] == other.pid


def test_a_working_folder_without_symbolic_links_is_refused_in_one_line(tmp_path, drive):
    said = subprocess.run(
        [sys.executable, "-c", READ_ONLY], cwd=tmp_path / "drive", env=drive, capture_output=True, encoding="utf-8"
    ).stdout
    assert said.startswith(f"{tmp_path}/drive: there can be no symbolic links here (Operation not supported)")
    assert said.count("\n") == 1


def test_a_script_called_by_hand_claims_nothing():
    claim_results(RESULTS)
    assert not RESULTS.exists()


# --- one folder of results, several working folders -----------------------------------------------------------


@pytest.fixture
def elsewhere(tmp_path):
    """Another working folder, whose `results` are those of this one."""
    keep_records(RESULTS)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "results").symlink_to(tmp_path / "results")
    return tmp_path / "elsewhere"


def test_who_works_from_another_folder_is_named(start, elsewhere):
    other = start("work", folder=elsewhere)
    with pytest.raises(EaselError) as raised:
        start_work(RESULTS, FILES)
    said = str(raised.value)
    assert said.startswith("Another snakemake is changing results/, which is ")
    assert f"from a different folder (process {other.pid}, since 20" in said
    assert f", in {elsewhere}: {sys.executable} -c" in said
    assert "\n" not in said.partition(sys.executable)[0]
    assert claims._held == []


def test_a_dry_run_elsewhere_keeps_nobody_from_working(start, elsewhere):
    start(folder=elsewhere)
    start_work(RESULTS, FILES)


def test_several_may_work_from_one_folder(start):
    keep_records(RESULTS)
    start("work")
    start_work(RESULTS, FILES)


def test_a_killed_worker_elsewhere_keeps_nobody_from_working(start, elsewhere, capsys):
    other = start("work", folder=elsewhere)
    other.kill()
    other.wait()
    start_work(RESULTS, FILES)
    assert capsys.readouterr().err == ""


def test_the_job_of_a_killed_worker_elsewhere_still_counts(start, elsewhere):
    other = start("work", "job", folder=elsewhere)
    other.kill()
    other.wait()
    with pytest.raises(EaselError, match=f"process {other.pid}"):
        start_work(RESULTS, FILES)


@pytest.fixture
def linked_study(tmp_path):
    """Two checkouts with results of their own, and one disk for a study of both. Returns the second checkout."""
    for folder in (tmp_path, tmp_path / "elsewhere"):
        (folder / "results").mkdir(parents=True)
        (folder / "results" / "a").symlink_to(tmp_path / "disk")
    (tmp_path / "disk").mkdir()
    return tmp_path / "elsewhere"


def test_a_linked_folder_counts_where_it_is_written_to(start, tmp_path, linked_study):
    start("work", folder=linked_study)
    start_work(RESULTS, [RESULTS / "other" / "b.json"])
    with pytest.raises(EaselError, match=f"is changing results/a/, which is {tmp_path}/disk, from a different folder"):
        start_work(RESULTS, FILES)


def test_the_job_of_a_killed_worker_with_a_linked_folder_still_counts(start, linked_study):
    other = start("work", "job", folder=linked_study)
    other.kill()
    other.wait()
    with pytest.raises(EaselError, match=f"is changing results/a/.*process {other.pid}"):
        start_work(RESULTS, FILES)


def test_two_folders_at_one_path_are_two(start):
    """As in two containers, each with a checkout at /app, which share their results."""
    keep_records(RESULTS)
    other = start("work")
    Path(".snakemake/id_of_folder").unlink()  # this process's own .snakemake/ is another one
    with pytest.raises(EaselError, match=f"process {other.pid}"):
        start_work(RESULTS, FILES)


def test_a_copied_checkout_is_another_folder(tmp_path, monkeypatch):
    keep_records(RESULTS)
    worker = Worker.this_process()
    assert worker.folder_id
    assert worker.shares_folder_with(Worker.this_process())
    shutil.copytree(".snakemake", "copy/.snakemake", symlinks=True)
    monkeypatch.chdir("copy")
    assert Worker.this_process().folder_id == worker.folder_id
    assert not worker.shares_folder_with(Worker.this_process())


def test_work_that_ended_leaves_no_name():
    keep_records(RESULTS)
    start_work(RESULTS, FILES)
    (file,) = claims._held
    claims._clear(file, Worker.this_process())
    assert Path("results/.snakemake/worked_on").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("host", "said"), [("elsewhere", "may be in use elsewhere (process 1 on elsewhere"), (None, "")]
)
def test_a_machine_whose_lock_may_be_unseen_is_named(host, said, capsys):
    keep_records(RESULTS)
    worker = Worker.this_process()
    there = {"process": 1, "host": host or worker.host, "command": "snakemake", "folder": "/a", "since": "2026-01-01"}
    Path("results/.snakemake/worked_on").write_text(json.dumps(there), encoding="utf-8")
    start_work(RESULTS, FILES)
    assert said in capsys.readouterr().err
    assert said or not capsys.readouterr().err


@pytest.mark.parametrize("content", ["", "{", "[1]", '{"process": 1}'])
def test_a_damaged_name_is_no_worker(content):
    keep_records(RESULTS)
    Path("results/.snakemake/worked_on").write_text(content, encoding="utf-8")
    start_work(RESULTS, FILES)


def test_a_job_called_by_hand_claims_nothing():
    claim_for_a_job(RESULTS)
    assert not RESULTS.exists()


def test_a_full_disk_is_said_before_any_job(monkeypatch):
    def refuse(*_):
        raise OSError(28, "No space left on device")

    keep_records(RESULTS)
    monkeypatch.setattr(claims.os, "write", refuse)
    with pytest.raises(EaselError, match=r"^results/ cannot be written to: No space left on device$"):
        start_work(RESULTS, FILES)
    claim_as_main_process(RESULTS)  # of a dry run


# --- results that cannot be -------------------------------------------------------------------------------------


def test_results_that_cannot_be_are_refused_in_one_line(tmp_path):
    RESULTS.symlink_to("nowhere")
    with pytest.raises(EaselError, match=r"^results is a link to nowhere, which does not exist: make that folder, or"):
        keep_records(RESULTS)
    RESULTS.unlink()
    RESULTS.touch()
    with pytest.raises(EaselError, match=r"^results is a file, and has to be a folder"):
        keep_records(RESULTS)


@pytest.mark.parametrize("path", ["a", "a/b"])
def test_a_folder_in_results_that_cannot_be_is_named(path):
    wrong = RESULTS / path
    wrong.parent.mkdir(parents=True)
    wrong.symlink_to("nowhere")
    with pytest.raises(EaselError, match=f"^results/{path} is a link to nowhere"):
        check_writable([RESULTS / "a" / "b" / "c.json"])
    wrong.unlink()
    wrong.touch()
    with pytest.raises(EaselError, match=f"^results/{path} is a file"):
        check_writable([RESULTS / "a" / "b" / "c.json"])


READ_ONLY = """\
from pathlib import Path
from easel.runtime.errors import EaselError
from easel.tracking.snakemake_records import check_writable, claim_as_main_process, keep_records
try:
    keep_records(Path("results"))
    claim_as_main_process(Path("results"))
    print("a dry run works")
    check_writable([Path("results/a/b.json")])
except EaselError as error:
    print(error)
"""


@pytest.mark.parametrize("records", [False, True])
def test_read_only_results_are_enough_for_a_dry_run(records, tmp_path):
    keep_records(RESULTS)
    shutil.rmtree(".snakemake" if records else RESULTS)
    RESULTS.mkdir(exist_ok=True)
    RESULTS.chmod(0o555)
    said = as_user(READ_ONLY)
    RESULTS.chmod(0o755)
    assert said == [
        "a dry run works", "results/ cannot be written to, and results/a/b.json belongs there: change its permissions",
    ]  # fmt: skip
    assert [path.name for path in Path(".snakemake").iterdir()] == (["metadata", "incomplete"] if records else [])


def test_a_read_only_working_folder_is_named(tmp_path):
    tmp_path.chmod(0o555)
    (said,) = as_user(READ_ONLY)
    tmp_path.chmod(0o755)
    assert said.startswith(f"{tmp_path}: Snakemake cannot have its folder .snakemake/ here")


def as_user(program: str) -> list[str]:
    """Run a program that permissions bind; returns the lines that it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True,
        preexec_fn=as_ordinary_user,
    )  # fmt: skip
    return done.stdout.splitlines()
