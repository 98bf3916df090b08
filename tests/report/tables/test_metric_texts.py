"""Texts of metrics: complete, with sources."""

from helpers.fake_results import metrics
from helpers.page_text import text_of

from easel.metrics.catalogue import METRICS
from easel.report import cells as report
from easel.report.tables import metric_texts


def test_every_metric_has_texts():
    assert all(metric_texts.metric_meaning(metric) and metric_texts.better_values(metric) for metric in METRICS)
    shown = [
        metric
        for table in (metric_texts.MAIN_TABLE, *metric_texts.FOLDED_TABLES)
        for metric in metric_texts.metrics_in(table)
    ]
    assert sorted(shown) == sorted(METRICS)


def test_every_published_metric_cites_its_paper():
    own = {
        "near_copy_rate", "class_tv_distance", "class_coverage", "predicted_class_fid", "reconstruction_mse", "psnr",
    }  # fmt: skip
    assert {metric for metric in METRICS if not metric_texts.metric_source(metric)} == own
    page = text_of(report.metrics_table(metrics("dcgan", 0, ["classifier"])))
    assert "only values that share all three are comparable. (Heusel et al. 2017, arXiv 1706.08500)" in page
