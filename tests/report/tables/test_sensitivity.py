"""What each judge sees: the rise of its FID, what is noticed, and the metrics that show it."""

from helpers.fake_results import sensitivity, write_study
from helpers.page_text import rows_of

from easel.report import cells as report
from easel.report.tables import sensitivity as tables
from easel.runtime.files import write_json


def test_a_table_for_each_judge_that_was_measured(tmp_path):
    folder = write_study(tmp_path, judges=("inception", "classifier"))
    (tmp_path / "judges/shapes/inception/sensitivity.json").unlink()
    found = report.sensitivity_tables(report.read_study(folder))
    assert found.count("<table") == 1
    assert "What classifier sees, in numbers" in found
    (tmp_path / "judges/shapes/classifier/sensitivity.json").unlink()
    assert report.sensitivity_tables(report.read_study(folder)) is None
    assert report.sensitivity_panels(report.read_study(folder)) is None


def test_rises_are_above_the_undamaged_images_and_bold_where_noticed():
    found = tables.sensitivity_table(sensitivity("classifier"))
    rows = {row[0]: row[1:] for row in rows_of(found)}
    seen = "FID, KID, precision, recall, coverage from "
    assert rows["blur"] == ["4.76 σ 0.5 px", "14.28 σ 1 px", "47.60 σ 2 px", f"{seen}σ 0.5 px"]
    assert rows["checkerboard"] == ["0.00 ±8", "0.02 ±16", "47.60 ±32", f"{seen}±32"]
    assert rows["Gaussian noise"][-1] == "no metric"
    assert rows["dropped classes"][1].endswith("30 %")
    assert found.count("<strong>") == 10 * 3 - 3 - 3 - 2
    assert "0.02</span>" in found
    assert "<strong>47.60</strong>" in found


def test_metrics_that_notice_different_severities_stand_apart():
    record = sensitivity("classifier")
    damage = next(each for each in record["damages"] if each["damage"] == "checkerboard")
    damage["verdicts"]["precision"] = {"seen": True, "steady": True, "noticed_from": 8}
    damage["verdicts"]["recall"] = {"seen": False, "steady": False, "noticed_from": 8}
    assert tables.seen_by(damage) == "precision from ±8; FID, KID, coverage from ±32; not steadily: recall"


def test_notes_on_what_a_dataset_has_nothing_of():
    record = sensitivity("classifier")
    assert tables.notes_on(record) == [tables.say("sensitivity.mirrorable")]
    left_out = [{"damage": damage, "why": "colourless"} for damage in ("grey", "shifted_hue")]
    notes = tables.notes_on(record | {"left_out": left_out, "mirrorable": False})
    assert notes == ["Left out, because the images have no colours: grey and shifted hue."]


def test_a_study_may_have_other_records(tmp_path):
    folder = write_study(tmp_path, judges=("classifier",))
    record = sensitivity("classifier") | {"damages": [], "left_out": [{"damage": "grey", "why": "one_class"}]}
    write_json(tmp_path / "judges/shapes/classifier/sensitivity.json", record)
    assert "one class" in report.sensitivity_tables(report.read_study(folder))
