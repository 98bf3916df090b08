"""Quality over time: the Pareto front, and which snapshots share a figure."""

import json
import re

import numpy as np
import pytest
from helpers.fake_results import write_study
from helpers.page_text import text_of

from easel.report import cells as report
from easel.report.figures import quality
from easel.report.figures.quality import Curve, pareto_front

# --- the front -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("costs", "losses", "best"),
    [
        ([1], [1], [True]),
        ([], [], []),
        ([1, 2, 3], [3, 2, 1], [True, True, True]),
        ([1, 2, 3], [1, 2, 3], [True, False, False]),
        ([1, 2, 3], [2, 3, 1], [True, False, True]),
        # As good in one and worse in the other is beaten; equal points are not.
        ([1, 1], [1, 2], [True, False]),
        ([1, 2], [1, 1], [True, False]),
        ([1, 1, 2], [1, 1, 1], [True, True, False]),
        # What is not known is not on the front and beats nobody.
        ([1, 2], [np.nan, 5], [False, True]),
        ([np.nan, 2], [1, 5], [False, True]),
        ([np.nan], [np.nan], [False]),
        ([1, 2], [np.inf, 5], [True, True]),
    ],
)
def test_pareto_front_of_small_cases(costs, losses, best):
    assert pareto_front(np.array(costs), np.array(losses)).tolist() == best


def test_pareto_front_equals_brute_force():
    costs, losses = np.random.default_rng(0).integers(0, 12, (2, 200)).astype(float)
    wanted = [
        not any((c <= a and d <= b) and (c < a or d < b) for c, d in zip(costs, losses, strict=True))
        for a, b in zip(costs, losses, strict=True)
    ]
    assert pareto_front(costs, losses).tolist() == wanted


def curve(run: str, number: int, seconds: list[float], fid: list[float]) -> Curve:
    rows = len(fid)
    sampled = np.arange(rows) == rows - 1
    return Curve(run, number, np.arange(rows), np.array(seconds), np.array(fid, float), np.full(rows, 0.5), sampled)


def test_front_sentence_goes_from_fastest_to_best():
    slow, quick = curve("slow", 0, [50.0, 100.0], [30, 10]), curve("quick", 1, [10.0, 20.0], [40, 25])
    assert "from fastest to best: quick and slow." in quality.front_sentence([slow, quick])
    assert "Only quick is on the Pareto front" in quality.front_sentence([curve("slow", 0, [50.0], [60]), quick])
    assert quality.front_sentence([curve("a", 0, [np.nan], [60])]) is None


def test_front_is_a_descending_step_line():
    drawn = quality.quality_figure(
        [curve("a", 0, [50.0, 100.0], [30, 10]), curve("b", 1, [10.0, 20.0], [40, 25])], "FID", True
    )
    axes = drawn.axes[0]
    (line,) = [line for line in axes.lines if line.get_linestyle() == "--" and line.get_zorder() == 1.5]
    x, y = line.get_data()
    assert list(x) == [10, 10, 20, 20, 100, 100, axes.get_xlim()[1]]
    assert list(y[1:]) == [40, 40, 25, 25, 10, 10]
    assert y[0] == axes.get_ylim()[1]


def test_non_finite_values_are_tolerated():
    broken = [curve("a", 0, [np.nan, np.nan], [30, 10]), curve("b", 1, [10.0, 20.0], [np.nan, 25])]
    quality.quality_figure(broken, "FID", True)
    quality.quality_figure([curve("a", 0, [np.nan], [np.nan])], "FID", False)


# --- the figures ---------------------------------------------------------------------------------------


def test_runs_differ_in_style_and_sampled_snapshots_have_a_ring():
    drawn = quality.quality_figure([curve(f"run {i}", i, [10.0, 20.0], [30 + i, 10 + i]) for i in range(4)], "FID")
    lines = [line for line in drawn.axes[0].lines if line.get_linestyle() != "None"]
    assert len({line.get_marker() for line in lines}) == 4
    rings = [line for line in drawn.axes[0].lines if line.get_markersize() == 11]
    assert [line.get_xdata().tolist() for line in rings] == [[20.0]] * 4


def test_only_comparable_snapshots_share_a_figure(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan", "b": "vae", "c": "vae_gan"})
    assert report.quality_over_time(report.read_study(folder)).count("<figure") == 1
    for run, change in (("b", {"n": 500}), ("c", {"judge": "inception"})):
        file = folder / run / "seed-0/snapshots.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | change))
    got = report.quality_over_time(report.read_study(folder))
    assert re.findall(r'aria-label="FID over training time: (\w+)', got) == ["a", "b", "c"]
    assert "FID of 500 images" in text_of(got)
    assert "judge inception, with 95" in text_of(got)


def test_caption_and_alt_text_name_the_front(tmp_path):
    study = report.read_study(write_study(tmp_path))
    got = report.quality_over_time(study)
    front_of_study = "Only dcgan is on the Pareto front: no other snapshot is as good in as little time."
    assert front_of_study in text_of(got)
    assert front_of_study in re.search(r'aria-label="(FID over[^"]+)"', got)[1]
    assert "Pareto front</span>" in got


def test_single_run_has_no_front(tmp_path):
    assert "Pareto" not in report.quality_over_time(report.read_study(write_study(tmp_path, runs={"a": "dcgan"})))


def test_different_devices_are_noted(tmp_path):
    study = report.read_study(write_study(tmp_path))
    assert "different devices" not in text_of(report.quality_over_time(study))
    study.runs[0]["seeds"][0]["device"] = {"kind": "gpu", "name": "H200"}
    assert "different devices: dcgan on H200; vae and vae_gan on 2 threads" in text_of(report.quality_over_time(study))


def test_no_figure_without_snapshots(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan"})
    file = folder / "a/seed-0/snapshots.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"snapshots": []}))
    assert report.quality_over_time(report.read_study(folder)) is None
    assert report.snapshot_curve(report.read_run(folder / "a/seed-0", tmp_path / "datasets/shapes")) is None


def test_quality_is_plotted_over_training_time(tmp_path):
    study = report.read_study(write_study(tmp_path, seeds=(0, 1)))
    got = report.quality_over_time(study)
    assert "from 103.1 to 41.2" in got  # the dcgan's first seed
    assert "against 10,000 training images, judge classifier" in text_of(got)
    curve = quality.read_curve(study.snapshot_scores("dcgan", 0), study.history("dcgan", 0), "dcgan", 0, 157)
    assert curve.seconds == pytest.approx(60 * curve.step / 313, abs=1)
    assert curve.sampled.tolist() == [False, True, False]


def test_sampled_snapshot_and_reason(tmp_path):
    folder = write_study(tmp_path, runs={"a": "dcgan"})
    run = report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")
    got = text_of(report.snapshot_curve(run))
    assert "The samples come from the snapshot at step 313 (epoch 4): the lowest FID of 3 snapshots" in got
    assert "generator.keras is the network of this snapshot." in got
    assert "The network at the end" not in got
    (folder / "a/seed-0/snapshots.json").unlink()
    assert report.snapshot_curve(report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")) is None


def test_an_earlier_snapshot_is_named_beside_the_end_of_training(tmp_path):
    folder = write_study(tmp_path, runs={"a": "vae"})
    file = folder / "a/seed-0/metrics.json"
    record = json.loads(file.read_text())
    earlier, end = (json.loads((folder / "a/seed-0/snapshots.json").read_text())["snapshots"][i] for i in (0, -1))
    record["samples"] |= earlier | {"why": {"kind": "best", "of": 3, "fid": 5.0, "fid_at_end": end["fid"]}}
    file.write_text(json.dumps(record))
    got = text_of(report.snapshot_curve(report.read_run(folder / "a/seed-0", folder.parent / "datasets/shapes")))
    assert "the lowest FID of 3 snapshots: 5, against" in got
    assert "generator.keras, encoder.keras and the reconstructions are of this snapshot, too." in got
    assert f"The network at the end of training is {end['generator']}." in got


def test_time_ticks_are_round():
    assert [quality.tick_interval(longest) for longest in (4, 29, 61, 830, 7200, 90_000)] == [
        1,
        10,
        15,
        300,
        1800,
        18_000,
    ]
    assert quality.tick_interval(1e9) == pytest.approx(1e9 / 5)
