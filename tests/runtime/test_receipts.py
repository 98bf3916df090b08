"""Receipts of the files that steps wrote."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from easel.runtime import receipts
from easel.runtime.console import job
from easel.runtime.errors import EaselError


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A results folder in which a step has written a file and a folder."""
    monkeypatch.chdir(tmp_path)
    folder = Path("results")
    (folder / ".snakemake").mkdir(parents=True)
    with job("log", [], [folder / "q/metrics.json", folder / "q/snapshots"]):
        (folder / "q/snapshots").mkdir(parents=True)
        (folder / "q/metrics.json").write_text("0.5")
        (folder / "q/snapshots/step-1.keras").write_bytes(b"network")
    (folder / "q/snapshots/.snakemake_timestamp").touch()
    return folder


def rewrite(file, content: bytes) -> None:
    """Change a file and keep its times."""
    about = file.stat()
    file.write_bytes(content)
    os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))


OUTPUTS = ("q/metrics.json", "q/snapshots")
"""The outputs in the fixture, each with a file of its own."""


def altered(results) -> dict[str, list[str]]:
    found = receipts.altered(results, [results / output for output in OUTPUTS])
    return {
        os.path.relpath(output, results): [os.path.relpath(file, results) for file in files]
        for output, files in found.items()
    }


def test_what_is_as_it_was_written_is_accepted(results):
    receipts.check(results, [results / output for output in OUTPUTS])
    assert altered(results) == {}


@pytest.mark.parametrize(
    ("output", "file"), [("q/metrics.json", "q/metrics.json"), ("q/snapshots", "q/snapshots/step-1.keras")]
)
def test_a_changed_input_is_named_in_one_line_and_noticed_by_the_next_snakemake(results, output, file, caplog):
    rewrite(results / file, b"x" * (results / file).stat().st_size)
    assert altered(results) == {}  # by size and time it is the same
    with pytest.raises(SystemExit), job("log", [results / output]):
        raise AssertionError("the work must not begin")
    (line,) = caplog.messages
    assert line.startswith(f"{results / file}: not as its step wrote it: expected SHA-256 ")
    assert altered(results) == {output: [file]}


def test_a_changed_input_is_named_where_receipts_are_read_only(results, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    rewrite(results / "q/metrics.json", b"0.4")
    monkeypatch.setattr(receipts, "write_json", refuse)
    with pytest.raises(EaselError, match="not as its step wrote it"):
        receipts.check(results, [results / "q/metrics.json"])


def test_new_times_alone_change_nothing_and_are_read_once(results, monkeypatch):
    for file in results.rglob("*.*"):
        os.utime(file, ns=(1, 1))
    assert altered(results) == {}
    monkeypatch.setattr(receipts, "sha256", lambda file: pytest.fail("read again"))
    assert altered(results) == {}


def test_a_receipt_that_a_job_writes_meanwhile_stays(results, monkeypatch):
    """As where a dry run looks at results that jobs are making."""
    output = results / "q/metrics.json"
    os.utime(output, ns=(1, 1))
    digests_of = receipts.digests_of

    def slowly(files):
        found = digests_of(files)
        monkeypatch.setattr(receipts, "digests_of", digests_of)
        output.write_text("0.4")
        receipts.write(results, [output])
        return found

    monkeypatch.setattr(receipts, "digests_of", slowly)
    altered(results)
    receipts.check(results, [output])
    assert altered(results) == {}


def test_a_changed_file_with_a_new_time_is_found(results):
    (results / "q/metrics.json").write_text("0.4")
    os.utime(results / "q/metrics.json", ns=(1, 1))
    assert altered(results) == {"q/metrics.json": ["q/metrics.json"]}


def test_a_deleted_file_counts_only_after_a_job_missed_it(results):
    (results / "q/snapshots/step-1.keras").unlink()
    assert altered(results) == {}
    with pytest.raises(EaselError, match=r"step-1\.keras: not as its step wrote it: it is gone"):
        receipts.check(results, [results / "q/snapshots"])
    assert altered(results) == {"q/snapshots": ["q/snapshots/step-1.keras"]}


def test_results_can_be_moved(results):
    moved = results.with_name("elsewhere")
    shutil.copytree(results, moved)
    assert altered(moved) == {}
    (moved / "q/metrics.json").write_text("0.4")
    assert altered(moved) == {"q/metrics.json": ["q/metrics.json"]}


def test_what_a_manifest_lists_stands_in_for_a_lost_receipt(results):
    outputs = [results / output for output in OUTPUTS]
    known = {
        file: replace(written, mtime_ns=0)
        for output in outputs
        for file, written in receipts.read(results, output).items()
    }
    shutil.rmtree(results / ".snakemake/written")
    assert receipts.altered(results, outputs, lambda: known) == {}
    assert all(receipts.read(results, output) for output in outputs)  # read once, and known from now on
    receipts.place_of(results, outputs[0]).unlink()
    outputs[0].write_text("0.4")
    assert receipts.altered(results, outputs, lambda: known) == {str(outputs[0]): [str(outputs[0])]}


@pytest.mark.parametrize("content", [b"", b"\x00\xff\x9c", b"[1, 2]", b'{"q/metrics.json": {"sha256": 5}}', None])
def test_a_damaged_receipt_is_no_receipt(results, content):
    place = receipts.place_of(results, results / "q/metrics.json")
    place.unlink()
    if content is None:
        place.mkdir()
    else:
        place.write_bytes(content)
    (results / "q/metrics.json").write_text("0.4")
    assert altered(results) == {}
    receipts.check(results, [results / "q/metrics.json"])


def test_a_receipt_that_cannot_be_written_is_one_line(results):
    shutil.rmtree(results / ".snakemake/written")
    (results / ".snakemake/written").write_text("not a folder")
    assert altered(results) == {}
    with pytest.raises(EaselError, match=r"written/q/metrics\.json\.json: this receipt cannot be written: "):
        receipts.write(results, [results / "q/metrics.json"])


def test_without_snakemake_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with job("log", [], [tmp_path / "samples.png"]):
        (tmp_path / "samples.png").touch()
    assert not (tmp_path / "results").exists()


def test_a_failed_job_leaves_no_receipt(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("results/.snakemake").mkdir(parents=True)
    Path("results/a.json").write_text("half")
    with pytest.raises(SystemExit), job("log", [], ["results/a.json"]):
        raise EaselError("the disk is full")
    assert receipts.read(Path("results"), "results/a.json") == {}
