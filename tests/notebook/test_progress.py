"""Pictures and progress bars while a study runs."""

import os
from pathlib import Path

import pytest

from easel.notebook.progress import View, newest_pictures, training_message

SAID = """\
total            3
[Mon Nov 30 09:29:47 2026]
Job 2: Training dcgan with seed 0
dcgan seed 0: 6048 of 24992 images (24 %), 192 images/s, 01:38 left, generator_loss 1.8
[Mon Nov 30 09:29:48 2026]
Job 3: Making the judge <small> of shapes
<small> on shapes: 11712 of 19968 images (59 %), 389 images/s, 00:21 left, loss 0.52
"""


@pytest.fixture
def picture(tmp_path):
    """picture("dcgan/seed-0/state/abc", 400): a progress picture, whose content is its place."""

    def make(folder, step):
        file = tmp_path / folder / "progress" / f"step-{step:06d}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{folder} {step}")
        return file

    return make


def test_the_newest_picture_of_each_run_is_shown(tmp_path, picture):
    for step in (200, 1_000_000, 999_800):
        newest = picture("dcgan/seed-0/state/abc", step)
    old = picture("dcgan/seed-0/state/old", 5_000_000)
    os.utime(old.parent, (1, 1))
    finished = picture("vae/seed-1", 400)
    found = list(newest_pictures(tmp_path))
    assert [(each.run, each.seed) for each in found] == [("dcgan", "0"), ("vae", "1")]
    assert [each.file for each in found] == [newest.with_name("step-1000000.png"), finished]


def test_a_view_shows_pictures_jobs_and_progress(tmp_path, picture, shown):
    picture("dcgan/seed-0/state/abc", 400)
    view = View(tmp_path, "Training:")
    view.update(SAID)
    assert shown.html.count("<img ") == 1
    for part in ("0 of 3 steps", "after 400 steps", 'value="24"', "192 images/s, 01:38 left", 'value="59"',
                 "Making the judge &lt;small&gt; of shapes"):  # fmt: skip
        assert part in shown.html


def test_a_picture_is_sent_once(tmp_path, picture, shown):
    picture("dcgan/seed-0/state/abc", 400)
    view = View(tmp_path, "Training:")
    view.update(SAID)
    view.update(f"{SAID}\nFinished jobid: 3 (Rule: make_classifier)\n")
    assert [html.count("<img ") for html in shown.sent] == [0, 1, 0]
    picture("dcgan/seed-0/state/abc", 600)
    view.update(SAID)
    assert "after 600 steps" in shown.sent[-1]


@pytest.mark.parametrize("other", ["", "Job 4: Training dcgan with seed 1\n"])
def test_only_a_training_at_work_has_a_bar(tmp_path, shown, other):
    View(tmp_path, "Training:").update(f"{SAID}\n{other}Finished jobid: 2 (Rule: train_run)\n")
    assert 'value="59"' in shown.html
    assert "192 images/s" not in shown.html


def test_a_training_is_called_as_its_rule_calls_it():
    called = training_message("{wildcards.run}", "{wildcards.seed}")
    assert f'"{called}"' in (Path(__file__).parents[2] / "workflow/rules/train.smk").read_text()


def test_a_view_ends_with_its_sentence_or_an_error(tmp_path, shown):
    view = View(tmp_path, "Training:")
    view.end(SAID, "Done.")
    assert "<b>Done.</b>" in shown.html
    assert "Making the judge" not in shown.html
    view.end(SAID, "Stopped by an error:", "a < b\nLog: c")
    assert '<p class="error">a &lt; b\nLog: c</p>' in shown.html
    view.end("Nothing to be done (all requested files are present and up to date).", "Done.")
    assert "Everything was there already" in shown.html


def test_a_drive_that_does_not_answer_is_only_without_pictures(tmp_path, picture, shown, monkeypatch):
    picture("dcgan/seed-0", 400)

    def fail(path):
        raise OSError(107, "Transport endpoint is not connected")

    monkeypatch.setattr("pathlib.Path.read_bytes", fail)
    View(tmp_path, "Training:").update(SAID)
    assert "0 of 3 steps" in shown.html
    assert "<img" not in shown.html
