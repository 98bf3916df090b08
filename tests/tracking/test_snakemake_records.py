"""Snakemake's records next to the results, and its locks."""

import subprocess
import sys
from pathlib import Path

import pytest

from easel.runtime import claims
from easel.runtime.claims import claim_results
from easel.tracking import snakemake_records
from easel.tracking.snakemake_records import claim_as_main_process, keep_records, lock_message

RESULTS = Path("results")
OTHER = """\
import sys, time
from pathlib import Path
from easel.tracking.snakemake_records import claim_as_main_process, keep_records
keep_records(Path("results"))
claim_as_main_process(Path("results"))
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
def other():
    """Another process at work on the same results."""
    with subprocess.Popen([sys.executable, "-c", OTHER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "claimed\n"
        yield process
        process.kill()


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
    snakemake_records.shutil.rmtree("results")
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


def test_a_script_called_by_hand_claims_nothing():
    claim_results(RESULTS)
    assert not RESULTS.exists()
