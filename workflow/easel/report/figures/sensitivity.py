"""What each judge sees of damaged images, at one look."""

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from easel.report.load import StudyResults
from easel.report.page.html import Html, figure, side_by_side
from easel.report.page.numbers import joined_with_semicolons
from easel.report.page.style import INK, PAPER, new_panel, series_colour, styled
from easel.report.page.svg import svg
from easel.report.tables.sensitivity import damage_name, noticed_by_fid
from easel.texts import Text, say

LEAST, MOST = 0.01, 300.0
"""Ends of the axis, in percent of the FID of pixel Gaussians."""
SIZES = (4.0, 6.0, 8.0)
"""Diameters in points of the dots of a light, a medium and a heavy damage."""


def sensitivity_panels(study: StudyResults) -> Html | None:
    """For each judge, the FID of every damage in percent of that of pixel Gaussians.

    A judge to which noise is no worse than test images has no panel.
    """
    panels = []
    for record in study.sensitivities:
        if scale_of(record) <= 0.0:
            continue
        shares = {each["damage"]: shares_of(record, each) for each in record["damages"]}
        drawing = sensitivity_figure(shares, {each["damage"]: noticed_by_fid(each) for each in record["damages"]})
        described = [
            say("sensitivity.share", damage=damage_name(damage), share=format_share(values[-1]))
            for damage, values in shares.items()
        ]
        alt = say("sensitivity.alt", judge=record["judge"], values=joined_with_semicolons(described))
        panels.append(figure(svg(drawing, alt), title=say("sensitivity.panel", judge=record["judge"])))
    return side_by_side(panels, 18)


def scale_of(record: Mapping[str, Any]) -> float:
    """The FID of pixel Gaussians above that of undamaged images."""
    return float(record["pixel_gaussian"]["fid"]["value"] - record["undamaged"]["fid"]["value"])


def shares_of(record: Mapping[str, Any], damage: Mapping[str, Any]) -> list[float]:
    """The rise of the FID at each severity of a damage, in percent of `scale_of`."""
    before = record["undamaged"]["fid"]["value"]
    return [100.0 * (row["metrics"]["fid"]["value"] - before) / scale_of(record) for row in damage["rows"]]


def format_share(percent: float) -> str:
    """A share with two digits, or three above 100: `0.32`, `110`; what is too little for the axis is below its end."""
    return f"<{LEAST:g}" if percent < LEAST else f"{percent:.2g}" if percent < 99.5 else f"{percent:.0f}"


@styled
def sensitivity_figure(shares: Mapping[str, list[float]], noticed: Mapping[str, list[bool]]) -> Figure:
    """A row for each damage, a dot for each severity: larger if heavier, filled if noticed.

    Shares that are too small for the axis stand at its left end.
    """
    drawing, axes = new_panel(width=3.9, height=0.9 + 0.24 * len(shares))
    names: list[Text] = []
    for i, (damage, values) in enumerate(shares.items()):
        shown = [min(max(value, LEAST), MOST) for value in values]
        axes.plot(shown, [i] * len(shown), color=INK, linewidth=0.8, alpha=0.4)
        for value, size, filled in zip(shown, SIZES, noticed[damage], strict=True):
            colour = series_colour(0)
            axes.plot([value], [i], "o", markersize=size, color=colour if filled else PAPER, markeredgecolor=colour)
        names.append(damage_name(damage))
    axes.axvline(100.0, color=INK, linewidth=1, linestyle=(0, (3, 2)), alpha=0.6)
    axes.annotate(
        say("scores.marks.pixel_gaussian"), (100.0, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
        textcoords="offset points", ha="right", fontsize=8,
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlim(0.7 * LEAST, 1.4 * MOST)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlabel(say("sensitivity.axis"))
    return drawing
