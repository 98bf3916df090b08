"""Outputs that were changed, lost or badly recorded run again, decided by the real Snakemake."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from helpers.warm_python import warm_python

from easel.runtime import receipts
from easel.runtime.files import sha256

RESULTS = Path("results")
RECORDS = Path(".snakemake/metadata")
SNAKEFILE = """\
from pathlib import Path
from easel.tracking import snakemake_internals as internals
from easel.tracking.changed_outputs import ChangedOutputs
from easel.tracking.snakemake_records import keep_records

if internals.is_main_process(workflow):
    keep_records(Path("results"))
    internals.read_records_with_care(workflow)
    ChangedOutputs(workflow, Path("results"))

rule all:
    input: "results/c"

rule a:
    output: "results/a", "results/large"
    params: spec={"n": 1}
    shell: "for file in {output}; do echo a > $file; done"

rule b:
    input: "results/a"
    output: directory("results/b")
    shell: "mkdir -p {output}; echo b > {output}/1; echo b > {output}/2"

rule c:
    input: "results/b"
    output: "results/c"
    shell: "echo c > {output}"
"""
OUTPUTS = ("results/a", "results/large", "results/b", "results/c")
PATIENCE = {"capture_output": True, "text": True, "timeout": 60, "check": False}


def snakemake(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [warm_python(), "-m", "snakemake", "--cores", "1", "--rerun-incomplete", *arguments], **PATIENCE
    )


def outdated(*targets: str) -> dict[str, str]:
    """The jobs of a dry run, each with its reason."""
    done = subprocess.run([warm_python(), "-m", "easel.tracking.dry_run", "jobs", "--cores", "1", "--rerun-incomplete",
                           *targets], **PATIENCE)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return {
        job["rule"]: job["reason"] for job in map(json.loads, Path("jobs").read_text().splitlines()) if job["outputs"]
    }


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished workflow, with receipts as its jobs would have left them."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "Snakefile").write_text(SNAKEFILE)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert snakemake().returncode == 0
        receipts.write(RESULTS, OUTPUTS)
    return folder


@pytest.fixture(autouse=True)
def folder(finished, tmp_path, monkeypatch):
    shutil.copytree(finished, tmp_path / "copy", symlinks=True)
    monkeypatch.chdir(tmp_path / "copy")


def record_of(output: str) -> Path:
    """Snakemake's record of an output."""
    return RECORDS / base64.urlsafe_b64encode(output.encode()).decode()


@pytest.mark.parametrize(("file", "rules"), [("large", "abc"), ("b/1", "bc")])
def test_a_changed_file_is_made_again_with_what_follows(file, rules):
    (RESULTS / file).write_text("changed")
    jobs = outdated()
    assert "".join(jobs) == rules
    assert jobs[rules[0]] == f"Output files that are not as this step wrote them: results/{file}"


def test_a_changed_file_that_is_not_asked_for_is_left_alone():
    (RESULTS / "c").write_text("changed")
    assert outdated("results/b") == {}


def test_a_file_without_a_receipt_is_compared_with_the_manifest():
    """Here the manifest is a constant of the Snakefile."""
    shutil.rmtree(RESULTS / ".snakemake/written")
    known = f"{{'c': Written('{sha256('results/c')}', 2, 0)}}"
    text = SNAKEFILE.replace(
        'ChangedOutputs(workflow, Path("results"))', f'ChangedOutputs(workflow, Path("results"), lambda: {known})'
    )
    Path("Snakefile").write_text("from easel.runtime.receipts import Written\n" + text)
    (RESULTS / "c").write_text("changed")
    assert list(outdated()) == ["c"]


def test_touching_does_not_accept_a_changed_file_and_running_again_restores_it():
    (RESULTS / "c").write_text("changed")
    assert snakemake("--touch").returncode == 0
    assert list(outdated()) == ["c"]
    assert snakemake().returncode == 0
    assert (RESULTS / "c").read_text() == "c\n"
    receipts.check(RESULTS, OUTPUTS)
    times = {file: written.mtime_ns for file, written in receipts.read(RESULTS, "results/c").items()}
    assert times == {"c": (RESULTS / "c").stat().st_mtime_ns}  # those that Snakemake gave it after the job


def test_a_deleted_output_is_not_made_again():
    """It may have been deleted to save space."""
    Path("results/a").unlink()
    assert outdated() == {}


@pytest.mark.parametrize("lost", ["its record", "its end"])
def test_the_outputs_of_a_stopped_job_are_made_again(lost):
    """Ctrl-C and an error remove Snakemake's record of a job; a kill leaves the mark of its beginning."""
    Path("results/a").unlink()
    if lost == "its record":
        record_of("results/a").unlink()
    else:
        shutil.copy(record_of("results/a"), RESULTS / ".snakemake/incomplete")
    assert outdated() == {
        "a": "Incomplete output files: results/a",
        "b": "Input files updated by another job: results/a",
        "c": "Input files updated by another job: results/b",
    }


def test_a_damaged_record_lets_its_job_run_again():
    record_of("results/b").write_bytes(b"\x93NUMPY\xff")
    jobs = outdated()
    assert "".join(jobs) == "bc"
    assert jobs["b"] == "Snakemake's record of how it was made is damaged"


def test_a_record_that_cannot_be_read_is_named_in_one_line():
    record = record_of("results/a")
    record.unlink()
    record.mkdir()
    done = snakemake()
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{record}: this record of Snakemake cannot be read: Is a directory" in done.stderr
