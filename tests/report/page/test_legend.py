"""Legends: a picture for each series and mark."""

import re

from easel.report.page import legend, style


def test_legend_shows_series_and_marks():
    got = legend.legend(["a", "b"], [(legend.hatched_swatch(), "lost")], [3, 4])
    assert re.findall(r"</svg> (\w+)</span>", got) == ["a", "b", "lost"]
    assert [style.css_colour(i) in got for i in range(5)] == [False, False, False, True, True]
    assert legend.legend(["a"]) is None
    assert "lost" in legend.legend(["a"], [(legend.hatched_swatch(), "lost")])
