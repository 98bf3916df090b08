"""What Snakemake prints."""

import pytest

from easel.notebook.output import Progress, error, read
from easel.runtime import console

BEGINNING = """\
Using workflow specific profile profiles/default for setting default command line arguments.
Building DAG of jobs...
Job stats:
job          count
---------  -------
train_run        2
all              1
total            3

[Mon Nov 30 09:29:47 2026]
Job 2: Training dcgan with seed 0
Reason: Missing output files: results/tiny/dcgan/seed-0/train.json
dcgan seed 0: 6048 of 24992 images (24 %), 192 images/s, 01:38 left, generator_loss 1.8, discriminator_loss 1.8
"""
SECOND = """\
[Mon Nov 30 09:30:47 2026]
Finished jobid: 2 (Rule: train_run)
1 of 3 steps (33%) done
[Mon Nov  2 09:30:48 2026]
Job 3: Training vae with seed 0
Reason: Missing output files
"""
FAILED = """\
[Mon Nov 30 09:30:49 2026]
Error in rule train_run:
    message: Training vae with seed 0
    jobid: 3
    input: results/datasets/shapes/dataset.json
    log: results/logs/tiny/vae/seed-0/train_run.log (check log file(s) for error details)

Exiting because a job execution failed. Look below for error messages
"""


def test_a_beginning_is_read():
    state = read(BEGINNING)
    assert (state.done, state.steps, state.working) == (0, 3, ["Training dcgan with seed 0"])
    assert state.progress == {"dcgan seed 0": Progress(24, "192 images/s, 01:38 left")}


@pytest.mark.parametrize(("done", "said"), [(2_500, "2,500 images/s, 00:39 left"), (25, "25 images/s, 1:06:39 left")])
def test_progress_is_read_as_jobs_write_it(caplog, monkeypatch, done, said):
    now = [0.0]
    monkeypatch.setattr(console.time, "monotonic", lambda: now[0])
    with caplog.at_level("INFO", logger="easel"), console.Progress(100_000, "images", "dcgan seed 0", 0, 1) as progress:
        now[0] = 1.0
        progress.update(done, "generator_loss 1.8")
    assert read("\n".join(caplog.messages)).progress == {"dcgan seed 0": Progress(done // 1_000, said)}


def test_finished_jobs_are_not_at_work():
    state = read(BEGINNING + SECOND)
    assert (state.done, state.steps, state.working) == (1, 3, ["Training vae with seed 0"])


def test_nothing_to_do_is_read():
    assert read("Building DAG of jobs...\nNothing to be done (all requested files are present and up to date).").nothing
    assert not read(BEGINNING).nothing


TRACEBACK = "Traceback (most recent call last):\n  File x\nValueError: bad\n"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("2026-11-30 09:30:48 starting\n2026-11-30 09:30:49 vae: diverged.\nLower it.\n", "vae: diverged.\nLower it."),
        (f"2026-11-30 09:30:48 {TRACEBACK}", "ValueError: bad"),
        ("", "A job ended without a message. Often it needed more memory than this machine has."),
        (None, "A job failed, and its log cannot be read."),
    ],
)
def test_a_failed_job_is_told_by_the_end_of_its_log(tmp_path, log, said):
    file = tmp_path / "results/logs/tiny/vae/seed-0/train_run.log"
    file.parent.mkdir(parents=True)
    if log is not None:
        file.write_text(log)
    assert error(BEGINNING + SECOND + FAILED, tmp_path) == f"{said}\nLog: {file}"


def test_a_wrong_study_is_told_by_what_snakemake_says(tmp_path):
    said = "Config file config.yaml is extended by additional config\nmine.yaml: dataset: unknown name 'shape'\n\n"
    assert error(said, tmp_path) == "mine.yaml: dataset: unknown name 'shape'"
    assert error("", tmp_path) == "Snakemake ended without a message."
