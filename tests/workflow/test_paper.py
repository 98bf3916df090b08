"""A paper of a finished study: one job, only on request, from the records of real runs."""

import csv
import json
import shutil

from helpers.latex_tables import tables_in

from easel.report.paper.folder import FILES


def test_a_paper_is_written_on_request_only(finished):
    assert finished.jobs() == {}
    assert finished.jobs("paper") == {"write_paper": 1}
    done = finished.snakemake("paper")
    assert done.returncode == 0, done.stdout
    assert finished.jobs("paper") == {}
    paper = finished / "results/tiny/paper"
    assert {file.name for file in paper.iterdir()} == set(FILES)

    compared = json.loads((finished / "results/tiny/comparison.json").read_text())
    means = [mean["mean"] for column in compared["summary"] for mean in column["runs"]]
    with open(paper / "results.csv", newline="") as file:
        assert [float(row["mean"]) for row in csv.DictReader(file) if row["run"]] == means
    tables = tables_in((paper / "results.tex").read_text())
    shown = sum(row[0].text in {run["run"] for run in compared["runs"]} for table in tables for row in table.rows)
    assert shown > len(compared["runs"])
    manifest_sha256 = (finished / "results/tiny/manifest.sha256").read_text().split()[0]
    assert manifest_sha256 in (paper / "methods.tex").read_text()
    shutil.rmtree(paper)
