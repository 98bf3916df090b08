"""All studies of a results folder: whole, unfinished, damaged, and what is no study."""

import os
import shutil
from datetime import UTC, datetime

import pytest
from helpers.fake_results import write_study

from easel.report.overview import State, leader_of, overview_of, read_overview
from easel.runtime.files import read_json, sha256, write_json
from easel.tracking.study_states import RunState, note_run


@pytest.fixture
def results(tmp_path):
    """A results folder with one study of three runs and its page."""
    folder = write_study(tmp_path / "results", "mine")
    (folder / "report.html").touch()
    return tmp_path / "results"


def only(results):
    (found,) = read_overview(results)
    return found


def later(file):
    """Date a file after all others."""
    newest = max(each.stat().st_mtime for each in file.parent.iterdir())
    os.utime(file, (newest + 1, newest + 1))


def change(file, **values):
    write_json(file, read_json(file) | values)


def test_a_finished_study(results):
    found = only(results)
    assert (found.name, found.title, found.dataset, found.runs, found.seeds) == (
        "mine", "Quickstart", "shapes", ["dcgan", "vae", "vae_gan"], 1,
    )  # fmt: skip
    assert found.state is State.FINISHED
    assert (found.leader.run, found.leader.mean["mean"]) == ("dcgan", 41.2)
    assert found.leader.half_width == pytest.approx(1.96 * 0.8, rel=1e-3)
    assert found.picture == (results / "mine/dcgan/seed-0/samples.png", 10)


def test_the_manifest_tells_when_and_whether_the_page_is_outdated(results):
    comparison = results / "mine/comparison.json"
    outputs = {"mine/comparison.json": {"sha256": sha256(comparison)}}
    write_json(results / "mine/manifest.json", {"made": "2026-01-31T12:00:00+00:00", "outputs": outputs})
    assert (only(results).state, only(results).changed) == (State.FINISHED, datetime(2026, 1, 31, 12, tzinfo=UTC))
    change(comparison, title="New")
    later(comparison)
    assert only(results).state is State.OUTDATED
    later(results / "mine/report.html")  # as the target `report` makes it, without a manifest
    assert only(results).state is State.FINISHED


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.FAILED])
def test_what_snakemake_noted_last_counts(results, state):
    note_run(results, "mine", state)
    assert only(results).state == state
    assert only(results).has_page
    note_run(results, "mine", RunState.FINISHED)
    assert only(results).state is State.FINISHED


def test_a_snakemake_that_finished_with_another_target_left_no_page(results):
    (results / "mine/report.html").unlink()
    note_run(results, "mine", RunState.FINISHED)
    assert (only(results).state, only(results).has_page) == (State.INCOMPLETE, False)


def test_a_study_whose_runs_are_not_compared(results):
    (results / "mine/comparison.json").unlink()
    (results / "mine/report.html").unlink()
    (results / "mine/vae/seed-0/train.json").unlink()
    found = only(results)
    assert (found.state, found.runs, found.trainings) == (State.INCOMPLETE, ["dcgan", "vae", "vae_gan"], 2)
    for run in found.runs:
        (results / "mine" / run / "seed-0/samples.png").unlink()
    assert (only(results).picture.file.name, only(results).picture.columns) == ("step-000313.png", 8)
    for run in found.runs:
        shutil.rmtree(results / "mine" / run / "seed-0/progress")
    assert only(results).picture is None


@pytest.mark.parametrize("text", ["{", "[]", "3", "{}", '{"runs": 3}', '{"runs": [], "external": [], "summary": [{}]}',
                                  "\xff", "[" * 100_000])  # fmt: skip
def test_a_damaged_study(results, text):
    (results / "mine/comparison.json").write_bytes(text.encode("latin-1"))
    found = only(results)
    assert (found.name, found.state, found.has_page) == ("mine", State.DAMAGED, True)


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"outputs": 3}', '{"made": 3}', '{"outputs": {"mine/comparison.json": 1}}']
)
def test_a_damaged_manifest_damages_no_other_study(results, text):
    write_study(results, "other")
    (results / "mine/manifest.json").write_text(text)
    assert {each.name: each.state for each in read_overview(results)}["other"] is State.INCOMPLETE


def test_folders_that_are_no_studies(results):
    for name in ("photos", "datasets", "judges", "logs", "benchmarks", ".snakemake", "photos/deep"):
        (results / name).mkdir(exist_ok=True)
    (results / "file.txt").touch()
    (results / "dangling").symlink_to("nowhere")
    assert [(each.name, each.state) for each in read_overview(results)] == [
        ("mine", State.FINISHED), ("photos", State.FOREIGN),
    ]  # fmt: skip
    (results / "photos/plan.tsv").touch()
    assert read_overview(results)[0].state is State.INCOMPLETE


def test_a_study_that_is_deleted_meanwhile_is_left_out(results):
    assert overview_of(results, results / "gone") is None


def test_the_last_changed_study_comes_first(results):
    write_study(results, "other")
    for name, day in (("mine", 1), ("other", 2)):
        write_json(results / name / "manifest.json", {"made": f"2026-01-0{day}T00:00:00+00:00"})
    assert [each.name for each in read_overview(results)] == ["other", "mine"]


def test_a_failed_judge_names_no_leader(results):
    summary = read_json(results / "mine/comparison.json")["summary"]
    failure = {"kind": "judge_at_chance", "correct": 1, "n": 10, "chance": 0.1}
    for column in summary:
        column["caveats"] = [failure]
    assert leader_of(summary) is None
    assert leader_of([]) is None


def test_without_a_leader_any_picture_is_shown(results):
    change(results / "mine/comparison.json", summary=[])
    assert only(results).picture.file == results / "mine/dcgan/seed-0/samples.png"
    (results / "mine/dcgan/seed-0/samples.png").unlink()
    assert only(results).picture.file == results / "mine/vae/seed-0/samples.png"
