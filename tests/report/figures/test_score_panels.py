"""Score panels: a dot for each seed, a line for each baseline."""

import pytest
from helpers.altered_results import failed, made_up_study

from easel.report.figures import score_panels


def test_dot_for_each_seed_and_line_for_each_baseline():
    drawing = score_panels.score_figure(
        {"a": [40.0, 42.0], "b": [60.0]}, {"test_images": 2.0, "pixel_gaussian": 300.0}, "FID"
    )
    axes = drawing.axes[0]
    assert [list(line.get_xdata()) for line in axes.lines[:2]] == [[40.0, 42.0], [60.0]]
    assert len(axes.lines) == 4
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert [text.get_text() for text in axes.texts] == ["test images", "pixel Gaussian"]
    assert axes.get_xscale() == "log"


def test_judges_that_all_failed_have_no_panel():
    for judges in (("classifier",), ("classifier", "random")):
        assert score_panels.score_panels(made_up_study("dcgan", "vae", judges=judges, change=failed)) is None


@pytest.mark.parametrize("between", [0.0, 0.1, 3.0, 300.0])
def test_names_of_baselines_never_overlap(between):
    marks = {"test_images": 30.0, "pixel_gaussian": 30.0 + between}
    drawing = score_panels.score_figure({"a": [3.0], "b": [400.0]}, marks, "FID")
    test, gaussian = (text.get_window_extent() for text in drawing.axes[0].texts)
    assert not test.overlaps(gaussian)
