"""Scores on the pages: tables in which no column mixes what cannot be compared, and panels."""

import re
from pathlib import Path

import pytest
from helpers.fake_results import SAMPLES, classes, collapse, metrics, write_study
from helpers.page_text import in_language, rows_of

from easel import report
from easel.evaluation.comparison import summary
from easel.metrics.catalogue import METRICS
from easel.report.figures import quality, score_panels
from easel.report.load import StudyResults
from easel.report.page import numbers
from easel.report.tables import metric_texts
from easel.runtime.files import write_json


def study_of(
    *presets: str, seeds: int = 1, judges: tuple[str, ...] = ("classifier",), change=lambda runs: None
) -> StudyResults:
    """A study whose runs are made up, and changed by `change` before they are compared."""
    runs = [
        {"run": preset, "seeds": [{"seed": seed, "metrics": metrics(preset, seed, judges)} for seed in range(seeds)]}
        for preset in presets
    ]
    change(runs)
    return StudyResults(
        Path("results/q"), {"runs": runs, "external": [], "dataset": "shapes", "summary": summary(runs)}
    )


def said(html: str) -> str:
    return re.sub(r"<[^>]+>", "", in_language(html)).replace(numbers.NBSP, " ")


def cells(html: str) -> list[list[str]]:
    """The rows of a page's tables, without what is said of a metric under its name."""
    return rows_of(re.sub(r"<small.*?</small>", "", html))


# --- one run -------------------------------------------------------------------------------------------


def test_the_metrics_table_has_the_samples_and_both_references():
    got = report.metrics_table(metrics("dcgan", 0, ["classifier"]))
    assert cells(got)[:3] == [
        ["FID", "41.2 ± 0.8", "2.14 ± 0.06", "312.5 ± 1.1", "lower", "10,000 training images"],
        ["KID", "0.0206 ± 0.0004", "0.0011 ± 0.0004", "0.1562 ± 0.0004", "lower", "10,000 training images"],
        ["Inception Score", "8.38 ± 0.05", "9.16 ± 0.05", "2.95 ± 0.05", "higher", ""],
    ]
    assert "Judge: classifier (trained on shapes, 99.1 % test accuracy), 2,000 images each" in said(got)
    assert report.metrics_table([]) is None


def test_every_judge_has_a_table_of_its_own_and_a_metric_is_explained_once():
    got = report.metrics_table(metrics("dcgan", 0, ["inception", "classifier"]))
    assert got.count("<table") == 2
    assert got.count(metric_texts.metric_meaning("fid")) == 1


def test_baselines_of_another_number_of_images_have_a_table_of_their_own():
    rows = metrics("dcgan", 0, ["classifier"])
    for row in rows:
        row["n"] = SAMPLES if row["of"] == "samples" else 500
    got = report.metrics_table(rows)
    assert got.count("<table") == 2
    assert cells(got)[0] == ["FID", "41.2 ± 0.8", "lower", "10,000 training images"]


def test_a_caveat_is_said_once_with_its_metrics():
    rows = metrics("dcgan", 0, ["classifier"])
    for row in rows[:2]:
        row["caveats"] = [{"kind": "fewer_images", "n": 5, "wanted": 10}, {"kind": "grey_images", "n": 1}]
    both = "FID and KID: 5 images instead of 10; FID is higher for fewer images; 1 grey image was converted to RGB."
    assert said(report.metrics_table(rows)).count(both) == 1


def test_every_metric_has_words():
    assert all(metric_texts.metric_meaning(metric) and metric_texts.better_values(metric) for metric in METRICS)
    shown = [metric for table in metric_texts.TABLES for metric in metric_texts.metrics_in(table)]
    assert sorted(shown) == sorted(METRICS)


def test_every_metric_names_its_paper_where_it_has_one():
    own = {"near_copy_rate", "class_tv_distance", "class_coverage", "reconstruction_mse", "psnr"}
    assert {metric for metric in METRICS if not metric_texts.metric_source(metric)} == own
    page = said(report.metrics_table(metrics("dcgan", 0, ["classifier"])))
    assert "only values that share all three are comparable. (Heusel et al. 2017, arXiv 1706.08500)" in page


def test_classes_have_their_counts_and_their_own_fid(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan"})
    run = report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")
    rows = rows_of(report.classes_table(run))
    assert rows[0] == ["disc", str(classes(["classifier"])[0]["samples"][0]), "200", "20"]
    assert rows[-1][-1] == ""
    run.judged["classes"] = []
    assert report.classes_table(run) is None


# --- a study -------------------------------------------------------------------------------------------


def test_a_comparison_of_seeds_gives_the_mean_and_half_its_interval():
    got = report.comparison_tables(study_of("dcgan", "vae", seeds=3))
    assert [row[:2] for row in rows_of(got)[:2]] == [["dcgan", "42 ± 3"], ["vae", "120 ± 3"]]
    assert rows_of(got)[2][0] == "test images (best case)"
    assert "± is half the width of the interval. 95 % interval of the mean over seeds" in said(got)


def test_a_single_seed_has_its_own_uncertainty():
    got = report.comparison_tables(study_of("dcgan", "vae"))
    assert rows_of(got)[0][1] == "41.2 ± 1.6"
    assert "over the samples of one training" in got


def test_the_best_run_is_bold_only_where_it_is_better_by_more_than_chance():
    def strong(study):
        return re.findall(r"<strong>(.*?)</strong>", report.comparison_tables(study).split("<details")[0])

    assert numbers.format_value(41.2, 1.568) in strong(study_of("vae", "dcgan"))
    assert strong(study_of("vae")) == []

    def close(runs):
        runs[0]["seeds"][0]["metrics"][0]["value"] = 42.0

    assert numbers.format_value(41.2, 1.568) not in strong(study_of("vae", "dcgan", change=close))


def test_samples_of_different_number_share_no_table():
    def fewer(runs):
        for row in runs[1]["seeds"][0]["metrics"]:
            row["n"] = 500

    got = report.comparison_tables(study_of("dcgan", "vae", change=fewer))
    tables = got.split("<table")[1:]
    assert not [each for each in tables if ">dcgan<" in each and ">vae<" in each]
    assert "500 images" in said(got)


def test_a_value_that_is_not_a_number_stands_nowhere_and_is_never_best():
    def broken(runs):
        runs[0]["seeds"][0]["metrics"][0]["value"] = None

    study = study_of("dcgan", "vae", change=broken)
    got = report.comparison_tables(study)
    assert numbers.format_value(41.2, 1.568) not in got
    assert numbers.format_value(118.6, 1.568) in got
    assert [column["is_best"] for column in study.summary if column["metric"] == "fid"] == [False]
    assert "nan" not in report.score_panels(study).lower()


def test_a_study_that_was_not_judged_has_no_tables():
    study = study_of("dcgan", judges=())
    assert report.comparison_tables(study) is None
    assert report.score_panels(study) is None
    assert report.differences_table(study) is None


def test_the_table_of_scores_marks_runs_that_collapsed():
    def collapsed(runs):
        runs[0]["seeds"][1]["collapse"] = collapse("vae_gan", 0, 60)

    rows = rows_of(report.comparison_tables(study_of("dcgan", "vae", seeds=2, change=collapsed)))
    assert [row[0] for row in rows[:2]] == ["dcgan collapsed (seed 1)", "vae"]


def test_differences_say_whether_they_are_more_than_chance():
    rows = rows_of(report.differences_table(study_of("dcgan", "vae", "vae_gan", seeds=3)))
    assert [row[0] for row in rows] == ["vae vs. dcgan", "vae_gan vs. dcgan"]
    assert (rows[0][3], rows[0][5], rows[0][-1]) == ("77.4", "3", "yes")


def test_images_made_elsewhere_stand_beside_the_runs(tmp_path):
    rows = metrics("vae", 0, ["classifier"])[:6]
    origin = {"kind": "external", "path": "/data/theirs", "found": 3000, "caveats": [{"kind": "grey_images", "n": 400}]}
    made = {
        "run": "theirs",
        "path": "/data/theirs",
        "description": "",
        "seeds": [{"seed": 0, "samples": origin, "metrics": rows}],
    }
    study = study_of("dcgan")
    comparison = study.comparison | {"external": [made], "summary": summary([*study.runs, made])}
    got = rows_of(report.comparison_tables(StudyResults(study.folder, comparison)))
    assert [row[0] for row in got[:2]] == ["dcgan", "theirs"]
    full = report.read_study(write_study(tmp_path, runs={"dcgan": "dcgan"}))
    full.comparison.update(external=[made], summary=summary([*full.runs, made]))
    sentences = said(report.run_summaries(full))
    assert "theirs: external samples, 3,000 images in /data/theirs; FID 118.6 ± 1.6" in sentences
    assert "400 grey images were converted to RGB." in sentences


# --- panels --------------------------------------------------------------------------------------------


def test_scores_have_a_dot_for_each_seed_and_a_line_for_each_reference():
    drawing = score_panels.score_figure(
        {"a": [40.0, 42.0], "b": [60.0]}, {"test_images": 2.0, "pixel_gaussian": 300.0}, "FID"
    )
    axes = drawing.axes[0]
    assert [list(line.get_xdata()) for line in axes.lines[:2]] == [[40.0, 42.0], [60.0]]
    assert len(axes.lines) == 4
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in axes.texts] == ["test images", "pixel Gaussian"]
    assert axes.get_xscale() == "log"


def test_quality_is_drawn_over_the_time_in_training(tmp_path):
    study = report.read_study(write_study(tmp_path, seeds=(0, 1)))
    got = report.quality_over_time(study)
    assert "from 103.1 to 41.2" in got  # the dcgan's first seed
    assert "against 10,000 training images, judge classifier" in said(got)
    curve = quality.read_curve(study.snapshots("dcgan", 0), study.history("dcgan", 0), "dcgan", 0, 157)
    assert curve.seconds == pytest.approx(60 * curve.step / 313, abs=1)
    assert curve.sampled.tolist() == [False, True, False]


def test_a_run_says_which_snapshot_was_sampled_and_why(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan"})
    run = report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")
    got = said(report.snapshot_curve(run))
    assert "The samples come from the snapshot at step 313 (epoch 4): the lowest FID of 3 snapshots" in got
    (folder / "a/seed-0/snapshots.json").unlink()
    assert report.snapshot_curve(report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")) is None


def test_a_self_check_stands_beside_the_numbers(tmp_path):
    folder = write_study(tmp_path, judges=("inception",))
    assert report.calibration_table(report.read_study(folder)) is None
    answer = {
        "metric": "fid", "split": "test", "value": 3.149, "n": 10_000, "reference_n": 50_000,
        "published": 3.15, "tolerance": 0.02, "source": "somebody", "as_published": True,
    }  # fmt: skip
    record = {"judge": "inception", "dataset": "shapes", "published_for": "CIFAR-10"}
    answers = [answer, answer | {"as_published": False}, answer | {"as_published": None}]
    write_json(tmp_path / "judges/shapes/inception/calibration.json", record | {"answers": answers})
    rows = rows_of(report.calibration_table(report.read_study(folder)))
    assert rows[0] == [
        "FID, inception", "10,000 test images, reference: 50,000 training images", "3.149", "3.15", "somebody",
        "matches",
    ]  # fmt: skip
    assert [row[-1] for row in rows[1:]] == ["does not match", "not comparable: published for CIFAR-10"]


def test_a_training_that_was_sampled_before_it_collapsed_is_not_blamed(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "vae_gan"}))
    seed = study.runs[0]["seeds"][0]
    assert "a collapsed" in said(report.comparison_tables(study))
    seed["samples"].update(step=157, epoch=2.0)
    assert "a collapsed after the sampled snapshot" in said(report.comparison_tables(study))
    assert "sampled at epoch 2, before the collapse" in said(report.samples_of_all_runs(study))
    run = report.read_run(study.run_folder("a", 0), study.dataset_folder)
    assert "an earlier snapshot, probably better than the final one" in said(report.run_header(run))
    run.judged["samples"]["step"] = 157
    assert "an earlier snapshot" not in said(report.run_header(run))


def test_time_is_marked_at_whole_minutes_or_hours():
    assert [quality.tick_interval(longest) for longest in (4, 29, 61, 830, 7200, 90_000)] == [
        1,
        10,
        15,
        300,
        1800,
        18_000,
    ]
    assert quality.tick_interval(1e9) == pytest.approx(1e9 / 5)


def test_an_uncertainty_that_is_only_rounding_is_left_out():
    assert numbers.format_value(0.9, 2.2e-16) == "0.9"
    assert numbers.format_value(0.0, 0.01) == "0.000 ± 0.010".replace(" ", numbers.NBSP)


# --- drawn in another way ------------------------------------------------------------------------------


def truncated(runs):
    """The second run's samples are drawn with a truncation."""
    for row in runs[1]["seeds"][0]["metrics"]:
        if row["of"] == "samples":
            row["truncation"] = 0.7


def test_samples_that_are_drawn_in_another_way_stand_in_a_table_of_their_own():
    study = study_of("dcgan", "vae", change=truncated)
    got = said(report.comparison_tables(study))
    assert "2,000 images, reference:" in got
    assert "2,000 images, truncation 0.7, reference:" in got
    assert report.differences_table(study) is None  # each run is alone in its columns
    panels = in_language(report.score_panels(study))
    assert panels.count("2,000 images, truncation 0.7") >= 3  # FID, precision and recall ...
    assert said(panels).count("test images") >= 6  # ... each with the baseline


def test_a_runs_page_says_how_its_samples_were_drawn():
    rows = metrics("dcgan", 0, ["classifier"])
    assert "Sampling:" not in said(report.metrics_table(rows))
    drawn = [row | ({"truncation": 0.7, "label": "star"} if row["of"] == "samples" else {}) for row in rows]
    assert "Sampling: truncation 0.7, class star." in said(report.metrics_table(drawn))


def test_a_metric_that_only_real_images_have_is_no_row():
    rows = metrics("dcgan", 0, ["classifier"])
    baseline = next(row for row in rows if row["of"] == "test_images")
    assert (
        "class accuracy"
        not in said(report.metrics_table([*rows, baseline | {"metric": "class_accuracy"}])).split("What")[0]
    )
