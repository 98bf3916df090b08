"""What each judge sees, drawn: a row for each damage, a dot for each severity."""

import numpy as np
from helpers.fake_results import sensitivity, write_study
from matplotlib.colors import to_hex

from easel.report import cells as report
from easel.report.figures import sensitivity as figures
from easel.report.page.style import PAPER
from easel.runtime.files import write_json


def test_shares_are_of_the_fid_of_noise():
    record = sensitivity("classifier")
    damage = next(each for each in record["damages"] if each["damage"] == "blur")
    np.testing.assert_allclose(figures.shares_of(record, damage), [2, 6, 20])


def test_a_dot_for_each_severity_hollow_where_it_is_not_noticed():
    drawing = figures.sensitivity_figure(
        {"blur": [-0.5, 2.0, 20.0], "checkerboard": [0.1, 0.2, 5000.0]},
        {"blur": [False, True, True], "checkerboard": [False, False, True]},
    )
    axes = drawing.axes[0]
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [figures.LEAST, 2.0, 20.0, 0.1, 0.2, figures.MOST]
    hollow = [to_hex(dot.get_markerfacecolor()) == PAPER for dot in dots]
    assert hollow == [True, False, False, True, True, False]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["blur", "checkerboard"]


def test_a_panel_for_each_judge_that_tells_noise_from_images(tmp_path):
    folder = write_study(tmp_path, judges=("inception", "classifier"))
    found = report.sensitivity_panels(report.read_study(folder)).replace("\N{NO-BREAK SPACE}", " ")
    assert found.count("<figure") == 2
    assert "checkerboard 20 %" in found
    assert "Gaussian noise 0.02 %" in found
    blind = sensitivity("inception")
    blind["pixel_gaussian"] = blind["undamaged"]
    write_json(tmp_path / "judges/shapes/inception/sensitivity.json", blind)
    assert report.sensitivity_panels(report.read_study(folder)).count("<figure") == 1


def test_shares_have_two_digits():
    shown = [figures.format_share(share) for share in (-1.0, 0.0234, 4.56, 99.4, 99.6, 112.3)]
    assert shown == ["<0.01", "0.023", "4.6", "99", "100", "112"]
