"""What differs between the runs' settings, and whose samples are of the same latents."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from helpers.fake_results import train_record
from helpers.page_text import in_language

from easel import report
from easel.report.load import StudyResults
from easel.report.page import numbers
from easel.report.tables import settings
from easel.runtime.files import write_json


def trained(folder: Path, presets: Mapping[str, str], **changes: Mapping[str, object]) -> StudyResults:
    """A study of these runs, of which nothing but train.json is there. changes: of a run's settings."""
    for run, preset in presets.items():
        (folder / run / "seed-0").mkdir(parents=True)
        record = train_record(run, preset, 0, "study")
        record["settings"] |= changes.get(run, {})
        write_json(folder / run / "seed-0/train.json", record)
    runs = [{"run": run, "seeds": [{"seed": 0, "samples": {}}]} for run in presets]
    return StudyResults(folder, {"runs": runs, "external": []})


def cells(html: str) -> list[list[str]]:
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", html)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", said_in_english(row)) for row in rows]


def said_in_english(html: str) -> str:
    return in_language(html).replace(numbers.NBSP, " ")


def test_a_row_for_each_setting_that_differs_and_the_others_counted(tmp_path):
    changes = {"learning_rate": 1e-4, "n_dis": 2, "description": "another"}
    got = report.differing_settings(trained(tmp_path, {"a": "dcgan", "b": "dcgan"}, b=changes))
    assert cells(got) == [["setting", "a", "b"], ["learning_rate", "0.0002", "0.0001"], ["n_dis", "1", "2"]]
    assert "17 further settings are the same in all runs." in said_in_english(got)
    assert "dash" not in said_in_english(got)


def test_a_setting_that_a_family_lacks_is_a_dash(tmp_path):
    got = report.differing_settings(trained(tmp_path, {"a": "dcgan", "b": "vae"}))
    rows = {row[0]: row[1:] for row in cells(got)}
    assert rows["beta"] == ["–", "1"]
    assert rows["loss"] == ["non_saturating", "–"]
    assert rows["preset"] == ["dcgan", "vae"]
    assert "flip" not in rows
    assert "A dash means that the model family does not have" in said_in_english(got).replace("&#x27;", "'")


@pytest.mark.parametrize(("runs", "rows", "columns"), [(5, 2, 6), (6, 7, 2), (30, 31, 2)])
def test_many_runs_are_rows(tmp_path, runs, rows, columns):
    presets = {f"run-{i}": "vae" for i in range(runs)}
    got = cells(
        report.differing_settings(trained(tmp_path, presets, **{run: {"beta": i} for i, run in enumerate(presets)}))
    )
    assert (len(got), len(got[0])) == (rows, columns)


def test_runs_that_are_set_alike_are_told_so(tmp_path):
    got = report.differing_settings(trained(tmp_path, {"a": "vae", "b": "vae"}))
    assert "<table" not in got
    assert "settings are the same in all runs" in said_in_english(got)


def test_nothing_to_compare_shows_nothing(tmp_path):
    study = trained(tmp_path, {"a": "vae", "b": "dcgan"})
    (tmp_path / "b/seed-0/train.json").unlink()
    assert report.differing_settings(study) is None
    (tmp_path / "a/seed-0/train.json").unlink()
    assert report.latents_note(study) is None


def test_how_samples_are_drawn_is_compared(tmp_path):
    study = trained(tmp_path, {"a": "dcgan", "b": "dcgan"})
    for run, truncation in zip(study.runs, (0.5, None), strict=True):
        run["seeds"][0]["samples"]["sampling"] = {"truncation": truncation, "label": None, "seed": 0}
    assert cells(report.differing_settings(study)) == [["setting", "a", "b"], ["sampling.truncation", "0.5", "–"]]
    got = said_in_english(report.latents_note(study))
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
def test_settings_are_short(value, said):
    assert settings.setting_cell(value) == said


def test_true_is_not_one():
    assert not settings.all_equal([True, 1])
    assert settings.all_equal([1, 1.0])


def test_runs_of_equally_long_latents_share_them(tmp_path):
    study = trained(tmp_path, {"a": "dcgan", "b": "vae", "c": "dcgan"})
    got = said_in_english(report.latents_note(study))
    assert "a and c share their latent vectors, image by image (length 100)." in got
    assert "b: latent vectors of length 64." in got
    study.external.append({"run": "theirs"})
    assert "theirs: external samples" in said_in_english(report.latents_note(study))
