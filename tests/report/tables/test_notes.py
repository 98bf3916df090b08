"""Notes of a study's author on the study and its runs."""

from dataclasses import replace

from helpers.page_text import text_of

from easel.report import cells as report
from easel.report.tables.notes import runs_by_notes


def test_a_studys_notes_come_first_and_those_of_runs_under_their_names(study):
    shown = report.study_notes(replace(study, notes="# Why\n\nTo learn.", notes_of_runs={"vae": "# Seen\n\nBlur."}))
    assert shown == (
        '<div class="notes"><h3>Why</h3><p>To learn.</p>\n</div>'
        '<h3 class="run">vae</h3><div class="notes"><h4>Seen</h4><p>Blur.</p>\n</div>'
    )


def test_runs_with_the_same_notes_share_them(study):
    notes = {"a-epochs-1": "Swept.", "b": "Alone.", "a-epochs-2": "Swept."}
    assert list(runs_by_notes(notes).items()) == [("Swept.", ["a-epochs-1", "a-epochs-2"]), ("Alone.", ["b"])]
    shown = report.study_notes(replace(study, notes="", notes_of_runs=notes))
    assert text_of(shown).split("\n") == ["a-epochs-1, a-epochs-2Swept.", "bAlone.", ""]


def test_without_notes_there_is_no_block(study, run):
    assert report.study_notes(replace(study, notes=" \n", notes_of_runs={"vae": ""})) is None
    assert report.run_notes(replace(run, notes="")) is None


def test_notes_are_read_from_the_results(study, run):
    assert "배운 것" in text_of(report.study_notes(study))
    assert "Collapsed twice" in text_of(report.run_notes(run))


def test_results_of_an_earlier_easel_have_no_notes(study, run):
    for each in (study, run):
        (each.folder / "notes.json").rename(each.folder / "moved")
    try:
        assert report.read_study(study.folder).notes_of_runs == {}
        assert report.read_run(run.folder, run.dataset_folder).notes == ""
    finally:
        for each in (study, run):
            (each.folder / "moved").rename(each.folder / "notes.json")
