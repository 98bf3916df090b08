"""Samples per class."""

from helpers.fake_results import classes, write_study
from helpers.page_text import rows_of

from easel.report import cells as report


def test_classes_table_has_counts_and_fid_per_class(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan"})
    run = report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")
    rows = rows_of(report.classes_table(run))
    assert rows[0] == ["disc", str(classes(["classifier"])[0]["samples"][0]), "200", "20"]
    assert rows[-1][-1] == ""
    run.metrics_record["classes"] = []
    assert report.classes_table(run) is None
