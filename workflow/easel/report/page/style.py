"""Style of figures: colours, dashes, markers and hatches of series, and matplotlib settings."""

from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Colours of series on a light page; notebooks/template/page.css repeats them, with their dark counterparts. Any two are
# at least 15 apart in CIE L*a*b* under each colour vision deficiency (2.3 is just noticeable), and each has a contrast
# of at least 3 : 1 with the page and with raised surfaces. tests/report/page/test_style.py computes both.
SERIES = ("#1a6fb8", "#d55e00", "#0b9b78", "#8f2d79", "#6b4a00")
# Series also differ in dashes and markers, for print without colours. The numbers of colours, dashes and markers are
# coprime, so 42 series differ without colour and 210 with it.
DASHES: tuple[str | tuple, ...] = (
    "solid", (0, (6, 2)), (0, (1.5, 1.5)), (0, (7, 2, 1.5, 2)), (0, (10, 2.5)), (0, (5, 1.5, 1.5, 1.5, 1.5, 1.5)),
)  # fmt: skip
MARKERS = {
    "o": "M11 1.6A3.4 3.4 0 1 1 10.99 1.6Z",
    "s": "M8 2H14V8H8Z",
    "^": "M11 1L15 8.2H7Z",
    "D": "M11 0.8L15.2 5L11 9.2L6.8 5Z",
    "v": "M11 9L15 1.8H7Z",
    "P": "M9.6 1H12.4V3.6H15V6.4H12.4V9H9.6V6.4H7V3.6H9.6Z",
    "X": "M8.9 1L11 3.1L13.1 1L15 2.9L12.9 5L15 7.1L13.1 9L11 6.9L8.9 9L7 7.1L9.1 5L7 2.9Z",
}
"""Outlines of markers, centred in a legend picture of 22 by 10, by matplotlib's name."""
# Areas also differ in hatching.
HATCHES = {
    "": "",
    "////": "M1 10L7 0M6 10L12 0M11 10L17 0M16 10L21 1.7",
    "....": "M3 3h1M9 3h1M15 3h1M6 7h1M12 7h1M18 7h1",
    "xxxx": "M1 0L7 10M1 10L7 0M7 0L13 10M7 10L13 0M13 0L19 10M13 10L19 0",
    "----": "M1 2H21M1 5H21M1 8H21",
}
"""Lines of hatch patterns in a legend picture of 22 by 10, by matplotlib's name."""
# Placeholders for the page's text and background colours; `svg` replaces them.
INK, PAPER = "#010203", "#020304"
BEHIND = "var(--paper, white)"

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "easel",
    "font.family": "sans-serif",
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,  # 109.393 says more than +1.0939e2 in a corner
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": INK,
    "grid.alpha": 0.14,
    "grid.linewidth": 0.6,
    "hatch.linewidth": 0.7,
    "lines.linewidth": 1.6,
    "lines.solid_capstyle": "round",
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
}


def series_colour(i: int) -> str:
    """The colour of the i-th series on a light page."""
    return SERIES[i % len(SERIES)]


def series_dashes(i: int) -> str | tuple:
    """The line style of the i-th series."""
    return DASHES[i % len(DASHES)]


def series_marker(i: int) -> str:
    """The marker of the i-th series."""
    return list(MARKERS)[i % len(MARKERS)]


def area_hatch(i: int) -> str:
    """The hatch pattern of the i-th area."""
    return list(HATCHES)[i % len(HATCHES)]


styled = matplotlib.rc_context(STYLE)
"""Decorator for functions that draw a figure: applies Easel's style to every artist."""


def css_colour(i: int) -> str:
    """The colour of the i-th series for HTML and SVG: the page's variable, with the light colour as its fallback."""
    return f"var(--series-{i % len(SERIES) + 1}, {series_colour(i)})"


def new_panel(width: float = 4.6, height: float = 2.7) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes. Sizes are in inches, 72 SVG units each."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def hatch_span(axes: Axes, start: float, end: float) -> None:
    """Hatch a span of the horizontal axis, with a line at its start."""
    axes.axvspan(start, end, facecolor="none", edgecolor=INK, alpha=0.55, hatch="//", linewidth=0, zorder=0.6)
    axes.axvline(start, color=INK, alpha=0.8, linewidth=1, zorder=0.6)
