"""The last Snakemake of a study."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from easel.tracking.study_states import RunState, last_run, note_run, record_file


@pytest.mark.parametrize("state", [RunState.RUNNING, RunState.FINISHED, RunState.FAILED])
def test_a_state_is_read_as_it_was_noted(tmp_path, state):
    note_run(tmp_path, "mine", state)
    found = last_run(tmp_path, "mine")
    assert found.state is state
    assert timedelta() <= datetime.now(UTC) - found.time < timedelta(minutes=1)


def change(results, **values):
    file = record_file(results, "mine")
    file.write_text(json.dumps(json.loads(file.read_text()) | values))


def test_a_process_that_has_gone_was_stopped(tmp_path):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    note_run(tmp_path, "mine", RunState.RUNNING)
    change(tmp_path, process=gone.pid)
    assert last_run(tmp_path, "mine").state is RunState.STOPPED


def test_a_process_with_the_number_of_an_earlier_one_is_another(tmp_path):
    note_run(tmp_path, "mine", RunState.RUNNING)
    change(tmp_path, process_started=0.0)
    assert last_run(tmp_path, "mine").state is RunState.STOPPED


def test_a_process_of_another_machine_may_still_run(tmp_path):
    note_run(tmp_path, "mine", RunState.RUNNING)
    change(tmp_path, process_started=0.0, host="elsewhere")
    assert last_run(tmp_path, "mine").state is RunState.RUNNING


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state": "dancing"}', '{"state": "failed", "time": "yesterday"}',
                                  '{"state": "failed", "time": 3}',
                                  '{"state": "running", "time": "2026-01-31T12:00:00+00:00"}'])  # fmt: skip
def test_a_record_that_cannot_be_understood_is_none(tmp_path, text):
    file = record_file(tmp_path, "mine")
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert last_run(tmp_path, "mine") is None


def test_without_a_record_there_is_none(tmp_path):
    assert last_run(tmp_path, "mine") is None
