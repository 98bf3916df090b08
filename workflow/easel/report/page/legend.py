"""Legends: a small picture and a name for each series and mark of a figure."""

from collections.abc import Callable, Sequence

from easel.report.page.html import Html, element
from easel.report.page.style import BEHIND, HATCHES, MARKERS, area_hatch, css_colour, series_dashes, series_marker

Swatch = tuple[Html, str]
"""A legend entry: its picture and its name."""


def swatch(path: str, **attributes: object) -> Html:
    """A legend picture of one SVG path in a box of 22 by 10."""
    return swatch_picture(element("path", d=path, **attributes))


def swatch_picture(*shapes: Html) -> Html:
    """SVG elements in a box of 22 by 10 as a legend picture."""
    return element("svg", *shapes, viewBox="0 0 22 10", width=22, height=10, aria_hidden="true")


def hatched_swatch() -> Html:
    """A legend picture of the area that `hatch_span` draws."""
    lines = element("path", d="M1 9L9 1M7 9L15 1M13 9L21 1", stroke="currentColor", stroke_width=1, opacity=0.6)
    edge = element("path", d="M1 0V10", stroke="currentColor", stroke_width=1.5)
    return swatch_picture(lines, edge)


def line_swatch(i: int) -> Html:
    """A legend picture of the i-th series: its line and marker."""
    style = series_dashes(i)
    pattern = None if isinstance(style, str) else " ".join(f"{1.6 * n:g}" for n in style[1])
    line = element("line", x1=0, y1=5, x2=22, y2=5, stroke=css_colour(i), stroke_width=1.8, stroke_dasharray=pattern)
    mark = element("path", d=MARKERS[series_marker(i)], fill=css_colour(i))
    return swatch_picture(line, mark)


def area_swatch(i: int) -> Html:
    """A legend picture of the i-th area: its colour and hatch pattern."""
    area = element("path", d="M1 0H21V10H1Z", fill=css_colour(i))
    return swatch_picture(area, element("path", d=HATCHES[area_hatch(i)], fill="none", stroke=BEHIND, stroke_width=0.8))


def legend(
    names: Sequence[str],
    others: Sequence[Swatch] = (),
    numbers: Sequence[int] | None = None,
    draw: Callable[[int], Html] = line_swatch,
) -> Html | None:
    """The legend of a figure; None if it has a single series and no other marks.

    names: of the series. others: pictures and names of other marks. numbers: of the series, 0, 1, 2, … by default.
    draw: draws the picture of a series number.
    """
    numbers = range(len(names)) if numbers is None else numbers
    series = [(draw(i), name) for i, name in zip(numbers, names, strict=True)] if len(names) > 1 else []
    items = [element("span", picture, " ", name) for picture, name in (*series, *others)]
    return element("div", *items, class_="legend") if items else None
