"""Metrics of one run: baselines, judges, caveats."""

import re

from helpers.fake_results import SAMPLES, metrics
from helpers.page_text import rows_of, text_of

from easel.report import cells as report
from easel.report.tables import metric_texts


def cells(html: str) -> list[list[str]]:
    """The rows of a page's tables, without the notes under the metrics' names."""
    return rows_of(re.sub(r"<small.*?</small>", "", html))


def test_metrics_table_has_samples_and_both_baselines():
    got = report.metrics_table(metrics("dcgan", 0, ["classifier"]))
    assert cells(got)[:3] == [
        ["FID", "41.2 ± 1.6", "2.1 ± 0.1", "312.5 ± 2.2", "lower", "10,000 training images"],
        ["KID", "0.0206", "0.00107", "0.1562", "lower", "10,000 training images"],
        ["precision", "0.88 ± 0.02", "0.99 ± 0.02", "0.05 ± 0.02", "higher", "2,000 training images"],
    ]
    assert cells(got)[4] == ["Inception Score", "8.38", "9.16", "2.95", "higher", ""]
    assert "Inception Score" not in text_of(got.split("<details>")[0])
    assert "Judge: classifier (trained on shapes, 99.1 % test accuracy), 2,000 images each" in text_of(got)
    assert report.metrics_table([]) is None


def test_intervals_are_of_95_per_cent_and_only_where_there_is_a_standard_error():
    got = text_of(report.metrics_table(metrics("dcgan", 0, ["classifier"])))
    assert "± is half the width of the 95 % interval over the images judged" in got
    assert "of FID: bootstrap standard deviation, 20 resamples; of precision and recall: standard error" in got
    assert "No interval of KID: only the spread of parts of the samples is known." in got


def test_each_judge_has_a_table_and_metrics_are_explained_once():
    got = report.metrics_table(metrics("dcgan", 0, ["inception", "classifier"]))
    assert [part.count("<table") for part in got.split("<details>")] == [2, 2, 0]
    assert got.count(metric_texts.metric_meaning("fid")) == 1


def test_numbers_of_several_devices_have_a_note():
    rows = metrics("vae", 0, ["classifier"])
    note = "Sampled and judged on different devices: "
    assert note not in text_of(report.metrics_table(rows))
    gpu = {"kind": "gpu", "name": "Tesla T4"}
    mixed = [row | {"device": gpu} if row["of"] == "samples" else row for row in rows]
    assert f"{note}Tesla T4 and AMD EPYC" in text_of(report.metrics_table(mixed))


def test_baselines_of_other_sample_counts_have_their_own_table():
    rows = metrics("dcgan", 0, ["classifier"])
    for row in rows:
        row["n"] = SAMPLES if row["of"] == "samples" else 500
    got = report.metrics_table(rows)
    assert [part.count("<table") for part in got.split("<details>")] == [2, 2, 0]
    assert cells(got)[0] == ["FID", "41.2 ± 1.6", "lower", "10,000 training images"]


def test_shared_caveat_is_shown_once_with_its_metrics():
    rows = metrics("dcgan", 0, ["classifier"])
    for row in rows[:2]:
        row["caveats"] = [{"kind": "fewer_images", "n": 5, "wanted": 10}, {"kind": "grey_images", "n": 1}]
    both = "FID and KID: 5 images instead of 10; FID is higher for fewer images; 1 grey image was converted to RGB."
    assert text_of(report.metrics_table(rows)).count(both) == 1


def test_metrics_table_notes_sampling_settings():
    rows = metrics("dcgan", 0, ["classifier"])
    assert "Sampling:" not in text_of(report.metrics_table(rows))
    drawn = [row | ({"truncation": 0.7, "label": "star"} if row["of"] == "samples" else {}) for row in rows]
    assert "Sampling: truncation 0.7, class star." in text_of(report.metrics_table(drawn))


def test_metric_without_samples_has_no_row():
    rows = metrics("dcgan", 0, ["classifier"])
    baseline = next(row for row in rows if row["of"] == "test_images")
    assert (
        "class accuracy"
        not in text_of(report.metrics_table([*rows, baseline | {"metric": "class_accuracy"}])).split("What")[0]
    )
