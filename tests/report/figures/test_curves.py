"""Training curves: lines, marks and descriptions, from full and from scant histories."""

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from helpers.altered_results import history, marked
from helpers.fake_results import train_record
from helpers.page_text import in_language

from easel.report import cells as report
from easel.report.figures import curves, quantities
from easel.report.load import RunResults, collapsed_spans, read_history
from easel.report.page import style


def panels(history: dict[str, np.ndarray]) -> str | None:
    """The panels of a run of which only the history is known."""
    return curves.history_panels(history, curves.Marks(collapsed_spans(history)))


def titles(html: str) -> list[str]:
    """The headings, in English."""
    return [re.sub(r"<[^>]+>", "", heading) for heading in re.findall(r"<h3>(.*?)</h3>", in_language(html))]


def test_line_for_each_column():
    logged = history(20, generator_loss=2.0, discriminator_loss=1.0)
    axes = curves.curve_figure(logged["epoch"], {name: logged[name] for name in list(logged)[2:]}).axes[0]
    assert len(axes.lines) == 2
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), logged["discriminator_loss"])
    assert axes.get_ylabel() == "loss"
    assert axes.get_xlabel() == "epoch"


def test_long_history_has_a_moving_mean():
    noisy = np.random.default_rng(0).normal(1.0, 0.5, 400)
    axes = curves.curve_figure(np.arange(400.0), {"loss": noisy}).axes[0]
    raw, smooth = (line.get_ydata() for line in axes.lines)
    np.testing.assert_array_equal(raw, noisy)
    assert smooth.std() < noisy.std() / 3
    np.testing.assert_allclose(smooth[100], noisy[90:111].mean())


def test_single_row_is_a_marker():
    (line,) = curves.curve_figure(np.array([4.0]), {"kl": np.array([28.0])}).axes[0].lines
    assert (line.get_marker(), line.get_markevery(), line.get_ydata().tolist()) == ("o", [0], [28.0])


def test_series_differ_in_dashes_and_markers():
    rows = np.arange(400.0)
    drawn = curves.curve_figure(rows, dict.fromkeys("abcd", rows)).axes[0].lines
    strong = [line for line in drawn if line.get_marker() != "None"]
    assert len({line.get_marker() for line in strong}) == 4
    assert len({str(line._unscaled_dash_pattern) for line in strong}) == 4
    assert all(4 <= len(line.get_markevery()) <= 8 for line in strong)
    assert len({tuple(line.get_markevery()) for line in strong}) == 4  # not on top of each other


def test_non_finite_values_are_skipped_and_counted():
    values = np.array([1.0, 2.0, np.nan, 4.0, np.inf])
    axes = curves.curve_figure(np.arange(5.0), {"loss": values}).axes[0]
    assert axes.get_title("right") == "2 of 5 values are not finite"
    assert 3 in axes.lines[-1].get_markevery()  # alone between two that are not finite
    assert "Loss never finite" in panels(history(2, loss=math.nan))


def test_accuracy_axis_spans_0_to_100_per_cent():
    axes = curves.curve_figure(np.arange(3.0), {"real_accuracy": np.array([0.5, 0.6, 0.7])}).axes[0]
    assert axes.get_ylim()[0] < 0
    assert axes.get_ylim()[1] > 1


def test_empty_history_has_no_curves(tmp_path):
    assert read_history(tmp_path / "history.csv") == {}
    (tmp_path / "history.csv").write_text("epoch,step,images,seconds,kl\n")
    assert read_history(tmp_path / "history.csv") == {}
    assert panels({}) is None
    assert report.overlaid_curves({"a": [{}], "b": []}) is None


def test_only_shared_columns_are_overlaid():
    both = {"gan": [history(3, generator_loss=1)], "vae_gan": [history(3, generator_loss=2, kl=5)]}
    assert titles(report.overlaid_curves(both)) == ["Generator loss"]
    alone = {"vae_gan": both["vae_gan"]}
    assert titles(report.overlaid_curves(alone)) == ["Generator loss", "KL divergence"]


def test_faint_line_for_each_seed_and_strong_line_for_the_mean():
    seeds = [history(4, kl=1.0), history(4, kl=3.0) | {"kl": np.array([0.0, 1.0, 2.0])}]
    seeds[1]["epoch"] = seeds[1]["epoch"][:3]
    lines = curves.overlay_figure({"vae": seeds}, "kl").axes[0].lines
    assert len(lines) == 3
    assert lines[-1].get_ydata().tolist() == [0.125, 0.75, 1.375]


def test_run_keeps_its_colour_if_others_lack_the_column():
    runs = {"gan": [history(3, generator_loss=1)], "vae": [history(3, kl=1)], "vae_gan": [history(3, kl=2)]}
    assert [line.get_color() for line in curves.overlay_figure(runs, "kl").axes[0].lines] == [
        style.SERIES[1],
        style.SERIES[2],
    ]


def test_collapsed_spans_are_hatched_and_described():
    got = panels(marked(0, 1, 1, 0, generator_loss=1, real_accuracy=1, diversity=1))
    assert len(titles(got)) == 3
    # One pattern and one area filled with it in every panel, of the page's own ink.
    assert got.count("<pattern") == len(re.findall(r"fill: url\(#", got)) == 3
    assert all("currentColor" in pattern for pattern in re.findall(r"<pattern.*?</pattern>", got, flags=re.DOTALL))
    assert len(re.findall(r'class="legend">.*?</svg> <span lang="en"[^>]*>collapsed</span>', got)) == 3
    labels = re.findall(r' aria-label="([^"]+)"', got)
    assert len(labels) == 3
    assert all(label.endswith("Collapsed where hatched: from epoch 2 to 4.") for label in labels)


def test_no_hatching_without_a_collapse():
    got = panels(marked(0, 0, 0, generator_loss=1, discriminator_loss=1))
    assert "<pattern" not in got
    assert "ollapsed" not in got


def test_snapshots_and_the_sampled_one_are_marked():
    marks = curves.Marks(snapshots=(1.0, 2.0, 4.0), sampled=2.0)
    *_, strokes, triangle = curves.curve_figure(np.arange(5.0), {"kl": np.arange(5.0)}, marks).axes[0].lines
    assert (list(strokes.get_xdata()), strokes.get_marker()) == ([1.0, 2.0, 4.0], "|")
    assert (list(triangle.get_xdata()), triangle.get_marker()) == ([2.0], "^")
    got = curves.history_panels(history(5, kl=1), marks)
    assert "Snapshots at epochs 1, 2 and 4. The samples come from the snapshot at epoch 2." in got
    assert got.count("<span><svg") == 2  # in the key
    assert "napshot" not in panels(history(5, kl=1))


def test_axis_covers_the_whole_training():
    nothing = {"kl": np.full(2, np.nan)}
    axes = curves.curve_figure(np.array([2.0, 4.0]), nothing, curves.Marks(snapshots=(1.0, 4.0), sampled=4.0)).axes[0]
    assert axes.get_xlim() == (0, pytest.approx(4.12))


def test_marks_come_from_the_run(tmp_path):
    record = train_record("a", "dcgan", 0, "study")
    judged = {"samples": {"step": 157}}
    run = RunResults(tmp_path, tmp_path, record, {}, marked(0, 1, 0, kl=1), judged, {})
    epochs = tuple(4 * step / 313 for step in (79, 157, 313))
    assert curves.marks_of(run) == curves.Marks([(2.0, 3.0)], epochs, epochs[1])
    unknown = replace(run, training=record | {"snapshots": []}, history={})
    assert curves.marks_of(unknown) == curves.Marks([], (), None)
    assert report.training_curves(unknown) is None


def test_hatched_area_covers_the_collapsed_epochs():
    axes = curves.curve_figure(np.arange(5.0), {"kl": np.arange(5.0)}, curves.Marks([(2.0, 3.5)])).axes[0]
    (area,) = axes.patches
    assert (area.get_x(), area.get_x() + area.get_width()) == (2.0, 3.5)
    assert area.get_hatch()


def test_collapsed_column_has_no_panel():
    logged = marked(0, 1, 1, kl=1)
    assert [quantity.columns for quantity in quantities.quantities_in(logged)] == [("kl",)]
    assert titles(report.overlaid_curves({"a": [logged], "b": [logged]})) == ["KL divergence"]


def test_diversity_axis_starts_at_zero_with_training_images_at_one():
    logged = marked(0, 0, 0, diversity=0.3)
    for drawing in (
        curves.curve_figure(logged["epoch"], {"diversity": logged["diversity"]}),
        curves.overlay_figure({"a": [logged], "b": [logged]}, "diversity"),
    ):
        axes = drawing.axes[0]
        assert axes.get_ylim()[0] == 0
        assert axes.get_ylim()[1] > 1
        assert list(axes.lines[-1].get_ydata()) == [1.0, 1.0]
    assert "1, the dotted line" in panels(logged)
    assert "Dotted line: training images." in report.overlaid_curves({"a": [logged]})


def test_diversity_is_not_smoothed():
    values = np.repeat([0.9, 0.1], 200)
    axes = curves.curve_figure(np.arange(400.0), {"diversity": values}).axes[0]
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), values)
    assert axes.lines[0].get_drawstyle() == "steps-post"


def test_rows_before_the_first_measurement_are_not_missing():
    titles = [
        curves.curve_figure(np.arange(4.0), {"diversity": np.array(values)}).axes[0].get_title("right")
        for values in ([np.nan, np.nan, 0.5, 0.6], [0.5, np.nan, 0.5, 0.6])
    ]
    assert titles == ["", "1 of 4 values are not finite"]


def test_unmeasured_diversity_has_no_panel():
    logged = marked(0, 0, kl=1) | {"diversity": np.full(2, np.nan)}
    assert [quantity.columns for quantity in quantities.quantities_in(logged)] == [("kl",)]
    assert titles(report.overlaid_curves({"a": [logged]})) == ["KL divergence"]
