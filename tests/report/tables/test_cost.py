"""Cost of runs: means over seeds, hardware, early stops."""

from helpers.fake_results import write_study
from helpers.page_text import in_language, rows_of, text_of

from easel.report import cells as report
from easel.report.page import numbers


def test_stopped_seed_shows_in_epochs_and_cost(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "vae_gan"}, seeds=(0, 1)))
    assert "stopped" not in report.cost_table(study)
    first = study.runs[0]["seeds"][0]
    first["epochs"], first["collapse"]["stopped"] = 2.875, True
    assert "trained for 2.88 to 4 epochs" in text_of(report.study_gallery(study))
    got = report.cost_table(study)
    assert rows_of(got)[0][:2] == ["a", "2.88 to 4 epochs"]
    assert "A collapsed training was stopped early" in got


def test_cost_is_a_mean_over_seeds_and_names_the_machine_once(study):
    got = report.cost_table(study)
    assert rows_of(got)[0] == ["dcgan", "4 epochs", "1 min 2 s", "2 min 3 s", "0.03 h", "649", "3.58 M", "4.24 M"]
    assert in_language(got).count("AMD EPYC") == 1
    study.runs[0]["seeds"][0]["precision"] = "float32"
    assert rows_of(report.cost_table(study))[0][-1] == "float32"
    assert numbers.mean([1.0, 3.0]) == 2.0
