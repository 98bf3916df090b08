"""Measured values that stand together, as in a column: rounded by one rule, aligned at the decimal point."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from easel.report.page.html import Html, element
from easel.report.page.numbers import (
    NBSP,
    decimals_of,
    first_digit,
    implied_uncertainty,
    is_uncertain,
    rounded,
)
from easel.texts import say


class Measured(NamedTuple):
    """A value with what is known about its uncertainty."""

    value: float
    uncertainty: float | None = None
    n: int | None = None
    """Images behind the value."""


def measured_cells(
    column: Sequence[Measured | None], leading: int | None = None, align: bool = True
) -> list[Html | str]:
    """A cell for each value: rounded, with the exact value as its title and for sorting; "" for None.

    All cells have the same decimals: as many as the uncertainty of any of the `leading` first values needs (see
    `decimals_of`), but no more than two significant digits, and no fewer than one, of a cell's own uncertainty. Value
    and uncertainty have the same decimals.

    leading: the number of values that decide; the others are there for comparison. None: all.
    align: pads the numbers, invisibly, so that their decimal points are in line.
    """
    texts = rounded_alike(column, leading)
    longest = max((text[0] for text in texts if text), key=len) if align and any(texts) else ""
    return [
        "" if each is None or text is None else cell_of(each, text, longest)
        for each, text in zip(column, texts, strict=True)
    ]


def measured_texts(column: Sequence[Measured | None], leading: int | None = None) -> list[str]:
    """The same values as text, rounded in the same way: `41.2 ± 0.8`; "" for None."""
    return [
        "" if each is None or text is None else text_of(text) if math.isfinite(each.value) else say("numbers.none")
        for each, text in zip(column, rounded_alike(column, leading), strict=True)
    ]


def rounded_alike(
    column: Sequence[Measured | None], leading: int | None = None
) -> list[tuple[str, str, str, str] | None]:
    """The integer parts and decimals of each value of a column, as `texts_of` gives them; None for None."""
    known = (shared_decimals(part) for part in (column[:leading], column))
    shared = next((decimals for decimals in known if decimals is not None), 0)
    return [None if each is None else texts_of(each, shared) for each in column]


def shared_decimals(column: Sequence[Measured | None]) -> int | None:
    """The most decimals that any value of a column needs; None if nothing is known about any."""
    needed = [decimals_of(*each) for each in column if each is not None]
    return max((decimals for decimals in needed if decimals is not None), default=None)


def texts_of(measured: Measured, shared: int) -> tuple[str, str, str, str]:
    """The integer part and the decimals of a value and of its uncertainty; empty for what there is not."""
    value, uncertainty, n = measured
    if not math.isfinite(value):
        return "", "", "", ""
    carried = implied_uncertainty(value, uncertainty, n)
    first = None if carried is None else max(0, first_digit(carried))
    decimals = shared if first is None else min(max(shared, first), first + 1)
    parts = split(rounded(value, decimals))
    return (*parts, *(split(f"{uncertainty:.{decimals}f}") if is_uncertain(uncertainty, value) else ("", "")))


def split(number: str) -> tuple[str, str]:
    """The integer part of a formatted number, and its point and decimals: `("1,234", ".5")`."""
    whole, point, decimals = number.partition(".")
    return whole, point + decimals


def cell_of(measured: Measured, text: tuple[str, str, str, str], longest: str) -> Html:
    """A measured value as markup. longest: the longest integer part in the column."""
    value, uncertainty, _ = measured
    if not math.isfinite(value):
        return element("span", say("numbers.none"))
    room = pad(longest[: -len(text[0])])
    return element(
        "span", room, text_of(text),
        class_="measured", title=exact(value, uncertainty), data_value=repr(float(value)),
    )  # fmt: skip


def text_of(text: tuple[str, str, str, str]) -> str:
    """A value with its uncertainty, from the parts of `texts_of`."""
    error = f"{NBSP}±{NBSP}{text[2]}{text[3]}" if text[2] else ""
    return f"{text[0]}{text[1]}{error}"


def exact(value: float, uncertainty: float | None) -> str:
    """A value with its uncertainty, unrounded."""
    return f"{value:.10g} ± {uncertainty:.3g}" if is_uncertain(uncertainty, value) else f"{value:.10g}"


def pad(characters: str) -> Html | None:
    """Room for some characters of a number; None for none. The page's style sheet keeps them invisible."""
    return element("span", class_="room", data_room=characters) if characters else None
