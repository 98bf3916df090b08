"""Elements of the sections that draw with networks."""

from typing import Any

from easel.report.page.html import Html, element
from easel.texts import Text, say


def canvas(record: dict[str, Any], across: int | None, part: str | None = None, **attributes: object) -> Html:
    """A canvas of an image's size. across: screen pixels, about, by a whole factor; None: as wide as its parent."""
    height, width, _ = record["image_shape"]
    style = f"width: {max(1, round(across / width)) * width}px" if across else None
    return element("canvas", width=width, height=height, style=style, data_part=part, **attributes)


def action(name: str) -> Html:
    """A button, by the key of its text."""
    return element("button", say(f"player.buttons.{name}"), type="button", data_part=name, class_="action")


def slider(part: str, label: Text, low: float, high: float, step: float, value: float, **attributes: object) -> Html:
    """A slider with its label above."""
    entry = element("input", type="range", min=low, max=high, step=step, value=value, data_part=part, **attributes)
    return element("label", element("span", label), entry, class_="slider")
