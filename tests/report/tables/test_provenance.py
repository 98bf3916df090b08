"""Provenance: hardware, versions, fingerprints."""

from dataclasses import replace

from helpers.page_text import rows_of

from easel.report import cells as report


def test_provenance_has_versions_and_fingerprints(run):
    rows = dict(rows_of(report.provenance_table(run)))
    assert rows["tensorflow version"] == "2.21.0"
    assert rows["resumed at step"] == "200"
    assert rows["fingerprint of the dataset"] == "5be0c2a94f7718d3"
    assert rows["scripts/train.py"] == "8d7c6b5a49382716"


def test_provenance_names_the_devices_that_sampled_and_judged(run):
    shown = dict(rows_of(report.provenance_table(run)))
    assert shown["sampled on"] == shown["judged on"] == "AMD EPYC 9B14 96-Core Processor"
    rows = [
        row | {"device": {"kind": "gpu", "name": "Tesla T4"}} if row["of"] == "samples" else row for row in run.metrics
    ]
    external = {"samples": {"kind": "external"}, "metrics": rows}
    shown = dict(rows_of(report.provenance_table(replace(run, metrics_record=external))))
    assert shown["judged on"] == "Tesla T4 and AMD EPYC 9B14 96-Core Processor"
    assert "sampled on" not in shown


def test_provenance_shows_recorded_computation_details(run):
    rows = dict(rows_of(report.provenance_table(run)))
    assert rows["compiled with XLA"] == "no"
    assert rows["deterministic operations"] == "yes"
    assert rows["training images"] == "all in device memory"
    assert rows["replicas"] == "1"
    assert rows["time in training steps"] == "1 min 27 s (90 % of the training time)"
    more = run.training | {"xla": True, "deterministic": False, "images_held": "streamed", "replicas": 4}
    rows = dict(rows_of(report.provenance_table(replace(run, training=more))))
    assert rows["compiled with XLA"] == "yes"
    assert rows["deterministic operations"] == "no"
    assert rows["training images"] == "streamed to the device batch by batch"
    assert rows["replicas"] == "4, each with a part of every batch"
    new = ("xla", "deterministic", "images_held", "replicas", "seconds_in_steps")
    old = {name: value for name, value in run.training.items() if name not in new}
    rows = dict(rows_of(report.provenance_table(replace(run, training=old))))
    assert not {"compiled with XLA", "deterministic operations", "training images", "replicas"} & rows.keys()
    assert "time in training steps" not in rows
