"""How figures look: sizes, type and colours, and SVG whose colours follow the page, light or dark."""

import hashlib
import io
import math
import re
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as Artist

from easel.report.page.html import Html, element, joined
from easel.texts import FIRST, Text

# The series' colours on a light page; notebooks/template/page.css has them again with their dark siblings. Every two
# stay 15 or more apart in CIE L*a*b* under each of the three colour vision deficiencies (2.3 can just be seen), and
# each has a contrast of 3 : 1 or more with the page and with what is raised from it: tests/test_style.py computes both.
SERIES = ("#1a6fb8", "#d55e00", "#0b9b78", "#8f2d79", "#6b4a00")
# A series is told by its dashes and its marker as well, on paper without colours. As the numbers of colours, dashes and
# markers have no factor in common, 42 series differ without colour, and 210 with it.
DASHES = (
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
"""Matplotlib's names of the series' markers, and their outlines in the middle of a swatch of 22 by 10."""
# An area is told by its hatching as well.
HATCHES = {
    "": "",
    "////": "M1 10L7 0M6 10L12 0M11 10L17 0M16 10L21 1.7",
    "....": "M3 3h1M9 3h1M15 3h1M6 7h1M12 7h1M18 7h1",
    "xxxx": "M1 0L7 10M1 10L7 0M7 0L13 10M7 10L13 0M13 0L19 10M13 10L19 0",
    "----": "M1 2H21M1 5H21M1 8H21",
}
"""Matplotlib's names of the areas' hatchings, and their lines in a swatch of 22 by 10."""
# Stand for the page's colours of text and of what lies behind it until the figure is SVG.
INK, PAPER = "#010203", "#020304"
BEHIND = "var(--paper, white)"

STYLE = {
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


def colour(i: int) -> str:
    """The colour of the i-th series."""
    return SERIES[i % len(SERIES)]


def dashes(i: int) -> str | tuple:
    """The line style of the i-th series."""
    return DASHES[i % len(DASHES)]


def marker(i: int) -> str:
    """The marker of the i-th series."""
    return list(MARKERS)[i % len(MARKERS)]


def hatch(i: int) -> str:
    """The hatching of the i-th area."""
    return list(HATCHES)[i % len(HATCHES)]


styled = matplotlib.rc_context(STYLE)
"""Decorates what draws a figure: every artist it makes has Easel's style."""


def themed(i: int) -> str:
    """The colour of the i-th series for HTML and SVG: the page's, or the light one where there is no page."""
    return f"var(--series-{i % len(SERIES) + 1}, {colour(i)})"


def panel(width: float = 4.6, height: float = 2.7) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes. Sizes in inches, of 72 SVG units each."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


@styled
def svg(figure: Figure, alt: str) -> Html:
    """A figure as SVG for a page: it takes the page's type and colours, and `alt` tells what it shows.

    Outside such a page it has its light colours and the text's own.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    drawing = buffer.getvalue()
    drawing = drawing[drawing.index("<svg") :]
    # Inside a page, a style sheet would hold for the whole page.
    drawing = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"font-family: [^;\"]*", "font-family: inherit", drawing)
    drawing = drawing.replace("xlink:href", "href").replace(INK, "currentColor").replace(PAPER, BEHIND)
    for i, light in enumerate(SERIES):
        drawing = drawing.replace(light, themed(i))
    drawing = in_all_languages(drawing, figure)

    # Several figures share a page: keep only the ids that something points at, and make those this figure's own.
    wanted = set(re.findall(r"(?:url\(|href=\")#([\w-]+)", drawing))
    own = hashlib.sha256("".join([alt, drawing]).encode()).hexdigest()[:8]
    drawing = re.sub(r' id="([^"]+)"', lambda i: f' id="{own}-{i[1]}"' if i[1] in wanted else "", drawing)
    drawing = re.sub(r"(url\(|href=\")#", rf"\g<1>#{own}-", drawing)

    width, height = (72 * size for size in figure.get_size_inches())
    inside = drawing[drawing.index(">") + 1 : drawing.rindex("</svg>")]
    return element(
        "svg",
        Html(inside.strip()),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_label=alt,
        style=f"width: 100%; max-width: {1.5 * width:.0f}px",
    )


def in_all_languages(drawing: str, figure: Figure) -> str:
    """The SVG of a figure whose texts stand in it in all languages, where they stood in the first."""
    said = {found.get_text() for found in figure.findobj(Artist) if isinstance(found.get_text(), Text)}
    said = {escape(text.plain[FIRST], quote=False): joined(text, around="tspan") for text in said}
    return re.sub(r"(<text [^>]*>)([^<]*)(</text>)", lambda i: i[1] + said.get(i[2], i[2]) + i[3], drawing)


def shade(axes: Axes, start: float, end: float) -> None:
    """Hatch what lies between two places of the horizontal axis, with a line where it starts."""
    axes.axvspan(start, end, facecolor="none", edgecolor=INK, alpha=0.55, hatch="//", linewidth=0, zorder=0.6)
    axes.axvline(start, color=INK, alpha=0.8, linewidth=1, zorder=0.6)


def name_ends(axes: Axes, ends: Sequence[tuple[float, float, str]]) -> list[str]:
    """Write names to the right of where lines end, each where it covers nothing; return those that found room.

    ends: x, y and name. What is to be kept clear has been drawn, and the axes have their limits.
    """
    axes.figure.draw_without_rendering()
    point = axes.figure.dpi / 72
    lines = [axes.transData.transform(line.get_xydata()) for line in axes.lines if len(line.get_xdata())]
    taken = np.concatenate([along(points, 2 * point) for points in lines] or [np.empty((0, 2))])
    frame, boxes, written = axes.get_window_extent(), [], []
    for x, y, name in sorted(ends, key=lambda end: -end[1]):
        if not np.isfinite([x, y]).all():
            continue
        # A page's own type may be wider than Matplotlib's by a tenth.
        size = np.array([0.62 * len(name), 1.3]) * NAME_SIZE * point
        for shift in ((7, 0), (4, 9), (4, -9)):
            place = axes.transData.transform((x, y)) + np.multiply(shift, point)
            low, high = place - [0, size[1] / 2], place + size / [1, 2]
            inside = high[0] <= frame.x1 and frame.y0 <= low[1] and high[1] <= frame.y1
            covers = ((taken > low) & (taken < high)).all(axis=1).any() or any(
                (low < other[1]).all() and (other[0] < high).all() for other in boxes
            )
            if inside and not covers:
                axes.annotate(
                    name, (x, y), xytext=shift, textcoords="offset points", va="center", fontsize=NAME_SIZE
                )  # fmt: skip
                boxes.append((low, high))
                written.append(name)
                break
    return written


NAME_SIZE = 8.5


def along(points: np.ndarray, apart: float) -> np.ndarray:
    """A line through points (n, 2) as points that are no further apart; what is not finite is left out."""
    points = points[np.isfinite(points).all(axis=1)]
    pieces = [
        np.linspace(start, end, max(2, math.ceil(np.hypot(*(end - start)) / apart)))
        for start, end in pairwise(points)
    ]  # fmt: skip
    return np.concatenate([points, *pieces])


Swatch = tuple[Html, str]
"""What a key shows, and what it stands for."""


def swatch(path: str, **attributes: object) -> Html:
    """A small picture for a key: an SVG path in 22 by 10."""
    return framed(element("path", d=path, **attributes))


def framed(*drawn: Html) -> Html:
    """What is drawn in 22 by 10, as a picture for a key."""
    return element("svg", *drawn, viewBox="0 0 22 10", width=22, height=10, aria_hidden="true")


def hatched() -> Html:
    """A swatch of what `shade` draws."""
    lines = element("path", d="M1 9L9 1M7 9L15 1M13 9L21 1", stroke="currentColor", stroke_width=1, opacity=0.6)
    edge = element("path", d="M1 0V10", stroke="currentColor", stroke_width=1.5)
    return framed(lines, edge)


def line_swatch(i: int) -> Html:
    """A swatch of the i-th series: its line and its marker."""
    style = dashes(i)
    pattern = None if style == "solid" else " ".join(f"{1.6 * n:g}" for n in style[1])
    line = element("line", x1=0, y1=5, x2=22, y2=5, stroke=themed(i), stroke_width=1.8, stroke_dasharray=pattern)
    mark = element("path", d=MARKERS[marker(i)], fill=themed(i))
    return framed(line, mark)


def area_swatch(i: int) -> Html:
    """A swatch of an area in the i-th series' colour and hatching."""
    area = element("path", d="M1 0H21V10H1Z", fill=themed(i))
    return framed(area, element("path", d=HATCHES[hatch(i)], fill="none", stroke=BEHIND, stroke_width=0.8))


def key(
    names: Sequence[str],
    others: Sequence[Swatch] = (),
    numbers: Sequence[int] | None = None,
    picture: Callable[[int], Html] = line_swatch,
) -> Html | None:
    """What each series looks like; nothing where there is only one and nothing else.

    others: what else is drawn. numbers: of the series, if not 0, 1, 2, …. picture: of the series of a number.
    """
    numbers = range(len(names)) if numbers is None else numbers
    series = [(picture(i), name) for i, name in zip(numbers, names, strict=True)] if len(names) > 1 else []
    items = [element("span", drawn, " ", name) for drawn, name in (*series, *others)]
    return element("div", *items, class_="key") if items else None
