"""Settings: explanations, and those that differ between runs."""

import re

import pytest
from helpers.altered_results import trained_study
from helpers.page_text import in_language, rows_of, text_of

from easel.report import cells as report
from easel.report.page.numbers import NBSP
from easel.report.tables import settings


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", in_language(row).replace(NBSP, " ")) for row in rows]


def test_differing_settings_are_rows_and_others_counted(tmp_path):
    changes = {"learning_rate": 1e-4, "n_dis": 2, "description": "another"}
    got = report.differing_settings(trained_study(tmp_path, {"a": "dcgan", "b": "dcgan"}, b=changes))
    assert cells(got) == [["setting", "a", "b"], ["learning_rate", "0.0002", "0.0001"], ["n_dis", "1", "2"]]
    assert "17 further settings are the same in all runs." in text_of(got)
    assert "dash" not in text_of(got)


def test_missing_setting_is_a_dash(tmp_path):
    got = report.differing_settings(trained_study(tmp_path, {"a": "dcgan", "b": "vae"}))
    rows = {row[0]: row[1:] for row in cells(got)}
    assert rows["beta"] == ["–", "1"]
    assert rows["loss"] == ["non_saturating", "–"]
    assert rows["preset"] == ["dcgan", "vae"]
    assert "flip" not in rows
    assert "A dash means that the model family does not have" in text_of(got).replace("&#x27;", "'")


@pytest.mark.parametrize(("runs", "rows", "columns"), [(5, 2, 6), (6, 7, 2), (30, 31, 2)])
def test_many_runs_become_rows(tmp_path, runs, rows, columns):
    presets = {f"run-{i}": "vae" for i in range(runs)}
    got = cells(
        report.differing_settings(
            trained_study(tmp_path, presets, **{run: {"beta": i} for i, run in enumerate(presets)})
        )
    )
    assert (len(got), len(got[0])) == (rows, columns)


def test_identical_settings_give_a_sentence(tmp_path):
    got = report.differing_settings(trained_study(tmp_path, {"a": "vae", "b": "vae"}))
    assert "<table" not in got
    assert "settings are the same in all runs" in text_of(got)


def test_single_run_has_no_comparison(tmp_path):
    study = trained_study(tmp_path, {"a": "vae", "b": "dcgan"})
    (tmp_path / "b/seed-0/train.json").unlink()
    assert report.differing_settings(study) is None
    (tmp_path / "a/seed-0/train.json").unlink()
    assert report.latents_note(study) is None


def test_sampling_settings_are_compared(tmp_path):
    study = trained_study(tmp_path, {"a": "dcgan", "b": "dcgan"})
    for run, truncation in zip(study.runs, (0.5, None), strict=True):
        run["seeds"][0]["samples"]["sampling"] = {"truncation": truncation, "label": None, "seed": 0}
    assert cells(report.differing_settings(study)) == [["setting", "a", "b"], ["sampling.truncation", "0.5", "–"]]
    got = text_of(report.latents_note(study))
    assert got.count("latent vectors of length 100") == 2
    assert "a (truncation 0.5): latent" in got


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "true"),
        (["colour", "cutout"], "[colour, cutout]"),
        ([], "[]"),
        (2e-4, "0.0002"),
        (50.0, "50"),
        ("auto", "auto"),
        (3, "3"),
        (None, "–"),
    ],
)
def test_setting_cells(value, said):
    assert settings.setting_cell(value) == said


def test_true_does_not_equal_one():
    assert not settings.all_equal([True, 1])
    assert settings.all_equal([1, 1.0])


def test_settings_are_explained_by_the_schema(run):
    rows = {row[0]: row[1:] for row in rows_of(report.settings_table(run))}
    assert rows["learning_rate"] == ["0.0002", "Adam&#x27;s learning rate."]
    assert rows["flip"][0] == "true"
    assert rows["flip"][1].startswith("Mirror each training image")
