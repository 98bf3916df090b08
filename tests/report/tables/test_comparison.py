"""Comparison tables: no column mixes incomparable values, and only significant winners are bold."""

import re

from helpers.altered_results import failed, made_up_study, uneven
from helpers.fake_results import collapse, metrics, write_study
from helpers.page_text import in_language, rows_of, text_of

from easel.evaluation.comparison import summary
from easel.report import cells as report
from easel.report.load import StudyResults
from easel.report.page import numbers


def test_several_seeds_give_mean_and_half_interval():
    got = report.comparison_tables(made_up_study("dcgan", "vae", seeds=3))
    assert [row[:2] for row in rows_of(got)[:2]] == [["dcgan", "42 ± 3"], ["vae", "120 ± 3"]]
    assert rows_of(got)[2][1] == "2.1 ± 0.1"  # fewer decimals would show nothing of its uncertainty
    assert rows_of(got)[2][0] == "test images (real)"
    assert (
        "± is half the width of an interval, as on all pages: 95 % interval of the mean over seeds (Student&#x27;s t)"
        in text_of(got)
    )


def test_a_study_judged_on_several_devices_has_a_note():
    study = made_up_study("dcgan", "vae")
    note = "Sampled and judged on different devices: Tesla T4 and AMD EPYC"
    assert note not in text_of(report.comparison_tables(study))
    study.runs[0]["seeds"][0]["samples"]["device"] = {"kind": "gpu", "name": "Tesla T4"}
    assert note in text_of(report.comparison_tables(study))


def test_single_seed_has_sampling_uncertainty():
    got = report.comparison_tables(made_up_study("dcgan", "vae"))
    assert rows_of(got)[0][1] == "41.2 ± 1.6"
    assert "over the samples of one training" in got


def test_best_run_is_bold_only_if_significant():
    def strong(study):
        return re.findall(r"<strong>(.*?)</strong>", report.comparison_tables(study).split("<table")[1])

    assert "42 ± 3" in map(text_of, strong(made_up_study("vae", "dcgan", seeds=3, change=uneven)))
    assert strong(made_up_study("vae", seeds=3)) == []

    def close(runs):
        uneven(runs)
        runs[0]["seeds"][0]["metrics"][0]["value"] = 42.0

    assert strong(made_up_study("vae", "dcgan", seeds=3, change=close))[1:2] != ["42 ± 3"]


def test_one_seed_makes_no_run_bold_and_says_that_a_second_is_needed():
    study = made_up_study("vae", "dcgan")
    got = report.comparison_tables(study)
    assert "<strong>" not in got.split("<table")[1]
    assert "dcgan has the lowest FID (judge classifier), but no run is called best while" in text_of(got)
    several = report.comparison_tables(made_up_study("vae", "dcgan", seeds=2, change=uneven))
    assert "second seed" not in text_of(several)


def test_the_verdict_says_whether_the_best_run_could_be_chance():
    decided = text_of(report.comparison_tables(made_up_study("vae", "dcgan", seeds=3, change=uneven)))
    assert decided.startswith("dcgan has the best FID (judge classifier): it is lower than that of every other run")

    def close(runs):
        uneven(runs)
        for run in runs[1:]:
            for seed, other in zip(run["seeds"], runs[0]["seeds"], strict=True):
                noise = 0.5 - seed["seed"] + 0.1 * len(run["run"])
                seed["metrics"] = [row | {"value": row["value"] + noise} for row in other["metrics"]]

    undecided = text_of(report.comparison_tables(made_up_study("dcgan", "vae", "vae_gan", seeds=2, change=close)))
    assert "has the lowest FID (judge classifier), but the difference from" in undecided
    assert "may be chance." in undecided
    assert "verdict" not in text_of(report.comparison_tables(made_up_study("dcgan")))


def test_a_judge_that_failed_its_check_ranks_nothing():
    study = made_up_study("vae", "dcgan", seeds=3, change=failed)
    got = report.comparison_tables(study)
    assert [row[0] for row in rows_of(got)[:2]] == ["vae", "dcgan"]  # in their order, not by their values
    assert "<strong>" not in got.split("<details")[0]
    assert "recall: the judge failed its check: it classifies 5 of 51 test images correctly" in text_of(got)
    assert report.differences_table(study) is None
    assert report.score_panels(study) is None


def test_other_metrics_are_folded_away_by_subject():
    first, folded, _ = report.comparison_tables(made_up_study("dcgan", "vae")).split("<details>")
    folded = folded.split("</details>")[0]
    assert re.findall(r'data-label="(\w+) [↓↑]"', first)[:4] == ["FID", "KID", "precision", "recall"]
    assert "Inception" not in first
    assert [text_of(each) for each in re.findall(r"<h3>(.*?)</h3>", folded)] == [
        "Quality and variety", "Memorisation", "Reconstructions"
    ]  # fmt: skip
    assert "Inception Score" in text_of(folded)


def test_runs_are_linked_to_their_pages():
    got = report.comparison_tables(made_up_study("dcgan"))
    assert '<th scope="row"><a href="dcgan/seed-0/report.html">dcgan</a></th>' in got


def test_different_sample_counts_share_no_table():
    def fewer(runs):
        for row in runs[1]["seeds"][0]["metrics"]:
            row["n"] = 500

    got = report.comparison_tables(made_up_study("dcgan", "vae", change=fewer))
    tables = got.split("<table")[1:]
    assert not [each for each in tables if ">dcgan<" in each and ">vae<" in each]
    assert "500 images" in text_of(got)


def test_nan_is_not_shown_and_never_best():
    def broken(runs):
        runs[0]["seeds"][0]["metrics"][0]["value"] = None

    study = made_up_study("dcgan", "vae", change=broken)
    got = report.comparison_tables(study)
    assert numbers.format_value(41.2, 1.568) not in got
    assert numbers.format_value(118.6, 1.568) in got
    assert [column["is_best"] for column in study.summary if column["metric"] == "fid"] == [False]
    assert "nan" not in report.score_panels(study).lower()


def test_unjudged_study_has_no_tables():
    study = made_up_study("dcgan", judges=())
    assert report.comparison_tables(study) is None
    assert report.score_panels(study) is None
    assert report.differences_table(study) is None


def test_comparison_marks_collapsed_runs():
    def collapsed(runs):
        runs[0]["seeds"][1]["collapse"] = collapse("vae_gan", 0, 60)

    rows = rows_of(report.comparison_tables(made_up_study("dcgan", "vae", seeds=2, change=collapsed)))
    assert [row[0] for row in rows[:2]] == ["dcgan collapsed (seed 1)", "vae"]


def test_external_samples_are_compared_with_runs(tmp_path):
    rows = metrics("vae", 0, ["classifier"])[:6]
    origin = {"kind": "external", "path": "/data/theirs", "found": 3000, "caveats": [{"kind": "grey_images", "n": 400}]}
    made = {
        "run": "theirs",
        "path": "/data/theirs",
        "description": "",
        "seeds": [{"seed": 0, "samples": origin, "metrics": rows}],
    }
    study = made_up_study("dcgan")
    comparison = study.comparison | {"external": [made], "summary": summary([*study.runs, made])}
    got = rows_of(report.comparison_tables(StudyResults(study.folder, comparison)))
    assert [row[0] for row in got[:2]] == ["dcgan", "theirs"]
    full = report.read_study(write_study(tmp_path, runs={"dcgan": "dcgan"}))
    full.comparison.update(external=[made], summary=summary([*full.runs, made]))
    cards = text_of(report.study_gallery(full))
    assert (
        "theirsFID 118.6 ± 1.6External samples, 3,000 images in /data/theirs. 400 grey images were converted" in cards
    )


def test_sampling_before_the_collapse_is_noted(tmp_path):
    study = report.read_study(write_study(tmp_path, runs={"a": "vae_gan"}))
    seed = study.runs[0]["seeds"][0]
    assert "a collapsed" in text_of(report.comparison_tables(study))
    seed["samples"].update(step=157, epoch=2.0)
    assert "a collapsed after the sampled snapshot" in text_of(report.comparison_tables(study))
    assert "Sampled at epoch 2, before the collapse" in text_of(report.study_gallery(study))
    run = report.read_run(study.run_folder("a", 0), study.dataset_folder)
    assert "an earlier snapshot, probably better than the final one" in text_of(report.run_header(run))
    run.metrics_record["samples"]["step"] = 157
    assert "an earlier snapshot" not in text_of(report.run_header(run))


def truncated(runs):
    """The second run's samples are drawn with a truncation."""
    for row in runs[1]["seeds"][0]["metrics"]:
        if row["of"] == "samples":
            row["truncation"] = 0.7


def test_other_sampling_settings_have_their_own_table():
    study = made_up_study("dcgan", "vae", change=truncated)
    got = text_of(report.comparison_tables(study))
    assert "2,000 images, reference:" in got
    assert "2,000 images, truncation 0.7, reference:" in got
    assert report.differences_table(study) is None  # each run is alone in its columns
    panels = in_language(report.score_panels(study))
    assert panels.count("2,000 images, truncation 0.7") >= 3  # FID, precision and recall ...
    assert text_of(panels).count("test images") >= 6  # ... each with the baseline


def test_the_caption_says_which_reference_is_whose():
    got = text_of(report.comparison_tables(made_up_study("dcgan")))
    assert "reference: 10,000 training images for FID and KID; 2,000 training images for precision and recall" in got
