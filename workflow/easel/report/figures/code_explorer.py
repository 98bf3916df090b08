"""An autoencoder's code by hand: controls within those of `player.py`; notebooks/template/codes.js wires them."""

from typing import Any

from easel.report.figures.player_elements import action, canvas, slider
from easel.report.page.html import Html, details, element
from easel.texts import Text, say

SHOWN = 16  # numbers of a code that are not folded away
SIDE = 240  # screen pixels across either picture, about
FURTHEST = 3.0  # standard deviations from the mean, either way


def code_explorer(record: dict[str, Any]) -> Html | None:
    """A picture, its reconstruction and its code, number by number; None for networks without such codes."""
    codes = record["codes"]
    if not codes:
        return None
    carried = codes["kl"] or codes["deviation"]
    order = sorted(range(len(carried)), key=lambda index: -carried[index])
    rows = [number(rank, index, codes) for rank, index in enumerate(order, 1)]
    return element(
        "div",
        element("h3", say("player.code.title"), element("small", say("player.code.note"))),
        element("div", own_picture(record), reconstruction(record), class_="pair"),
        element("h3", say("player.code.numbers"), element("small", say(f"player.code.order.{kind_of(codes)}"))),
        slider("count", say("player.code.count"), 0, len(rows), 1, len(rows)),
        element("div", *rows[:SHOWN], class_="numbers"),
        details(say("player.code.others", n=len(rows) - SHOWN), element("div", *rows[SHOWN:], class_="numbers"))
        if len(rows) > SHOWN else None,
        element("p", action("again"), class_="actions"),
        data_part="explorer",
        class_="explorer",
    )  # fmt: skip


def kind_of(codes: dict[str, Any]) -> str:
    """How it is known what a number carries: `kl` of a VAE, otherwise `deviation`."""
    return "kl" if codes["kl"] else "deviation"


def own_picture(record: dict[str, Any]) -> Html:
    """The picture that is encoded: one can paint on it, or put another in its place."""
    painted = canvas(
        record, SIDE, "own", role="application", tabindex=0, aria_label=say("player.code.paint"), class_="paint"
    )
    chosen = element(
        "label",
        say("player.code.choose"),
        element("input", type="file", accept="image/*", data_part="file", class_="unseen"),
        class_="action",
    )
    colour = element("input", type="color", value="#d0402b", aria_label=say("player.code.colour"), data_part="colour")
    return element(
        "figure",
        element("div", painted, element("span", data_part="cursor", class_="cursor"), class_="easel"),
        element("figcaption", say("player.code.picture")),
        element("p", colour, action("fill"), chosen, action("take"), class_="actions"),
    )


def reconstruction(record: dict[str, Any]) -> Html:
    """What the decoder makes of the code."""
    drawn = canvas(record, SIDE, "rebuilt", role="img", aria_label=say("player.code.reconstruction"))
    return element("figure", drawn, element("figcaption", say("player.code.reconstruction")))


def number(rank: int, index: int, codes: dict[str, Any]) -> Html:
    """A number of the code: a switch, and a slider around its mean over test images."""
    kind = kind_of(codes)
    name = say(f"player.code.carries.{kind}", n=index + 1, value=f"{codes[kind][index]:.2f}")
    centre = codes["centre"][index]
    reach = FURTHEST * max(codes["deviation"][index], 1.0 if kind == "kl" else 1e-3)
    switch = element("input", type="checkbox", checked="", aria_label=switch_name(index))
    entry = element(
        "input", type="range", min=round(centre - reach, 4), max=round(centre + reach, 4), step="any",
        value=round(centre, 4), aria_label=name,
    )  # fmt: skip
    return element(
        "div", element("label", switch, element("span", name)), entry, data_part="number", data_index=index,
        class_="number",
    )  # fmt: skip


def switch_name(index: int) -> Text:
    """What a switch does."""
    return say("player.code.switch", n=index + 1)
