"""SVG figures that fit into a page."""

import re
from xml.etree import ElementTree

import numpy as np

from easel.report.figures import curves
from easel.report.page import style, svg


def test_svg_uses_the_pages_colours_and_fonts():
    rising = np.arange(3.0)
    got = svg.svg(curves.curve_figure(rising, {"a": rising, "b": rising}), "a line that rises")
    root = ElementTree.fromstring(got)
    assert root.get("aria-label") == "a line that rises"
    assert root.get("role") == "img"
    assert "var(--series-2, #d55e00)" in got
    assert "epoch" in "".join(root.itertext())
    assert style.INK not in got
    assert "currentColor" in got
    assert "<style" not in got
    assert "DejaVu" not in got


def test_figures_share_no_id():
    def ids(values) -> list[str]:
        return re.findall(r' id="([^"]+)"', svg.svg(curves.curve_figure(np.arange(3.0), {"loss": values}), ""))

    one, other = ids(np.array([1.0, 2, 3])), ids(np.array([1.0, 3, 2]))
    assert one
    assert other
    assert not set(one) & set(other)


def test_svg_is_deterministic():
    draw = lambda: svg.svg(curves.curve_figure(np.arange(3.0), {"loss": np.arange(3.0)}), "")  # noqa: E731
    assert draw() == draw()
