"""How figures look: sizes, type and colours, and SVG whose colours follow the page, light or dark."""

import hashlib
import io
import re
from html import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text as Artist

from easel.plots.html import Html, element, joined
from easel.texts import FIRST, Text

# The series' colours on a light page; notebooks/template/page.css has them again with their dark siblings. Every two
# stay apart under the three colour vision deficiencies, and each has a contrast of 3 : 1 or more with the page.
SERIES = ("#1a6fb8", "#d55e00", "#0b9b78", "#8f2d79", "#6b4a00")
DASHES = ("solid", (0, (5, 2)), (0, (1.5, 1.5)))
# Stands for the page's colour of text until the figure is SVG.
INK = "#010203"

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
    """The colour of the i-th series; they come round again after the fifth, with other dashes."""
    return SERIES[i % len(SERIES)]


def dashes(i: int) -> str | tuple:
    """The line style of the i-th series."""
    return DASHES[i // len(SERIES) % len(DASHES)]


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
    drawing = drawing.replace("xlink:href", "href").replace(INK, "currentColor")
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


def hatched() -> Html:
    """A swatch of what `shade` draws."""
    lines = element("path", d="M1 9L9 1M7 9L15 1M13 9L21 1", stroke="currentColor", stroke_width=1, opacity=0.6)
    edge = element("path", d="M1 0V10", stroke="currentColor", stroke_width=1.5)
    return element("svg", lines, edge, viewBox="0 0 22 10", width=22, height=10, aria_hidden="true")


def key(names: list[str], hatching: str | None = None) -> Html | None:
    """What each colour stands for; nothing where there is only one. hatching: what is hatched, if anything is."""
    items = []
    for i, name in enumerate(names if len(names) > 1 else []):
        style = dashes(i)
        line = element(
            "line", x1=1, y1=5, x2=21, y2=5, stroke=themed(i),
            stroke_width=2.5, stroke_dasharray=None if style == "solid" else " ".join(f"{2 * n:g}" for n in style[1]),
        )  # fmt: skip
        swatch = element("svg", line, viewBox="0 0 22 10", width=22, height=10, aria_hidden="true")
        items.append(element("span", swatch, " ", name))
    if hatching:
        items.append(element("span", hatched(), " ", hatching))
    return element("div", *items, class_="key") if items else None
