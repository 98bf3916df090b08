"""Judges, compute and settings in a paper: every fact of the records, and nothing private."""

from copy import deepcopy
from dataclasses import replace

from helpers.latex_tables import tables_in

from easel.report.paper import setup
from easel.report.paper.setup import (
    compute_rows,
    compute_table,
    judge_rows,
    judge_table,
    settings_rows,
    settings_tables,
)
from easel.report.paper.tables import latex_table


def read_back(*tables):
    return tables_in("".join(map(latex_table, tables)))


def test_judges_and_their_checks_are_described(written):
    records = written((0, 1, 2), ("classifier", "inception"))
    (table,) = read_back(judge_table(records))
    ours, theirs = ({name: cell.text for name, cell in table.column(judge).items()} for judge in records.judges)
    assert ours["kind"] == "classifier"
    assert ours["features"] == "256"
    assert ours["effective dimensions of features"] == "8.74"
    assert ours["accuracy on test images"] == "99.1 %"
    assert (ours["FID of 2,000 test images"], ours["FID of 2,000 images of noise"]) == ("2.14", "312.5")
    assert (ours["made in"], ours["parameters"], ours["setting epochs"]) == ("14.25 s", "1.23 M", "18")
    assert ours["made on"] == "AMD EPYC 9B14 96-Core Processor"
    assert (theirs["made in"], theirs["parameters"]) == ("—", "—")
    assert "example.org" not in latex_table(judge_table(records))
    rows = judge_rows(records)
    assert [row["judge"] for row in rows] == ["classifier", "inception"]
    assert (rows[0]["seconds"], rows[0]["check.noise.pixel_gaussian.fid"]) == (14.25, 312.52)


def test_compute_is_means_over_seeds(written):
    records = written()
    (table,) = read_back(compute_table(records))
    for name, trained in records.trainings.items():
        mean = sum(each["seconds"] for each in trained) / len(trained)
        assert table.column("time (s)")[name].text == f"{mean:.4g}"
        cpu = sum(each["cpu_seconds"] for each in trained) / len(trained)
        assert table.column("CPU time (s)")[name].text == f"{cpu:.4g}"
        speed = sum(each["images_per_second"] for each in trained) / len(trained)
        assert table.column("images/s")[name].text == f"{speed:,.0f}"
        assert table.column("steps")[name].text == f"{trained[0]['steps']:,}"
    assert table.column("parameters, sampling")["dcgan"].text == "3.58 M"
    assert "2 threads of AMD EPYC" in table.caption
    assert "device" not in [cell.text for cell in table.header]
    rows = compute_rows(records)
    assert [(row["run"], row["seed"]) for row in rows[:4]] == [("dcgan", 0), ("dcgan", 1), ("dcgan", 2), ("vae", 0)]
    assert rows[0]["seconds"] == records.trainings["dcgan"][0]["seconds"]
    assert (rows[0]["sampled.step"], rows[0]["sampled.why.kind"], rows[0]["device.threads"]) == (313, "best_at_end", 2)


def test_devices_have_columns_where_they_differ_and_unknown_times_are_dashes(written):
    records = written()
    trainings = deepcopy(dict(records.trainings))
    for each in trainings["vae"]:
        each["device"] = {"kind": "gpu", "name": "NVIDIA T4"}
        del each["cpu_seconds"]
    (table,) = read_back(compute_table(replace(records, trainings=trainings)))
    assert table.column("device")["vae"].text == "NVIDIA T4"
    assert table.column("CPU time (s)")["vae"].text == "—"
    assert "AMD EPYC" not in table.caption


def test_settings_that_differ_have_rows_and_the_others_are_below(written):
    records = written()
    (table,) = read_back(*settings_tables(records))
    assert table.column("vae")["likelihood"].text == "bernoulli"
    assert table.column("dcgan")["likelihood"].text == "—"
    assert "learning_rate" not in table.column("dcgan")
    assert "learning_rate 0.0002" in table.notes[-1]
    rows = {(row["run"], row["setting"]): row["value"] for row in settings_rows(records.study)}
    assert (rows["vae", "learning_rate"], rows["dcgan", "flip"]) == (2e-4, "true")


def test_many_runs_are_split_into_tables(written, monkeypatch):
    monkeypatch.setattr(setup, "MOST_RUNS", 2)
    tables = read_back(*settings_tables(written()))
    assert [[cell.text for cell in table.header[1:]] for table in tables] == [["dcgan", "vae"], ["vae_gan"]]
    assert [table.label for table in tables] == ["tab:quickstart-settings-1", "tab:quickstart-settings-2"]
    assert [bool(table.notes) for table in tables] == [False, True]
