"""Numbers, quantities and lists, formatted for readers in every language, with no-break spaces inside."""

import math
from collections.abc import Sequence
from functools import reduce
from typing import TypeGuard

from easel.texts import Text, format_number, say

NBSP = "\N{NO-BREAK SPACE}"


def format_duration(seconds: float) -> Text:
    """A time span in its two largest units: `1 h 2 min`, `1 min 1 s`, `23 s`, `0.4 s`."""
    if seconds < 9.95:
        return say("time.s", n=f"{seconds:.1f}")
    whole = round(seconds)
    for size, unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            large, rest = (say(f"time.{unit}", n=whole // size), whole % size // small)
            return say("time.both", large=large, small=say(f"time.{small_unit}", n=rest)) if rest else large
    return say("time.s", n=whole)


def format_hours(seconds: float) -> Text:
    """A time in hours, the unit that compute is billed in: `0.52 h`."""
    return say("time.h", n=f"{seconds / 3600:.2f}" if seconds < 36_000 else f"{seconds / 3600:,.0f}")


def format_large_number(number: float) -> str:
    """Three significant digits and an SI prefix: `3.58 M`, `42.1 k`; all digits below ten thousand: `9,999`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= max(0.9995 * size, 9_999.5):
            return f"{number / size:.3g}{NBSP}{unit}"
    return f"{number:,.0f}"


def plural(number: float, noun: str) -> Text:
    """`1 epoch`, `4 epochs`, `10,000 images`. noun: a key of `counted` in the texts."""
    return say(f"counted.{noun}", n=number)


def format_epoch(epoch: float) -> str:
    """An epoch with one decimal, two within the first epoch: `3.1`, `12`, `0.25`."""
    return format_number(round(epoch, 1 if epoch >= 1 else 2))


def format_value(value: float, uncertainty: float | None = None, n: int | None = None) -> str:
    """A value rounded to its uncertainty, `41.2 ± 0.8`; without one, to what n images carry, or to four digits.

    See `decimals_of` for the rounding.
    """
    if not math.isfinite(value):
        return say("numbers.none")
    if not is_uncertain(uncertainty, value):
        return format_rounded(value, None, n)
    decimals = decimals_carried(uncertainty)
    return f"{rounded(value, decimals)}{NBSP}±{NBSP}{uncertainty:.{decimals}f}"


def format_rounded(value: float, uncertainty: float | None = None, n: int | None = None) -> str:
    """A value rounded like `format_value`, without its uncertainty."""
    if not math.isfinite(value):
        return say("numbers.none")
    decimals = decimals_of(value, uncertainty, n)
    if decimals is None:
        return signed(f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}")
    return rounded(value, decimals)


def decimals_of(value: float, uncertainty: float | None = None, n: int | None = None) -> int | None:
    """The decimals that a value's uncertainty carries; None if nothing is known about it.

    As many as show the first significant digit of the uncertainty, and its second if the first is 1 (`312.5 ± 1.1`),
    because rounding could change such an uncertainty by half. n: images behind a value without an uncertainty, which
    then counts as uncertain by 1/√n of itself.
    """
    carried = implied_uncertainty(value, uncertainty, n)
    return None if carried is None else decimals_carried(carried)


def decimals_carried(uncertainty: float) -> int:
    """The decimals of `decimals_of`, from an uncertainty above 0."""
    return max(0, first_digit(uncertainty) + f"{uncertainty:.1e}".startswith("1"))


def implied_uncertainty(value: float, uncertainty: float | None, n: int | None) -> float | None:
    """The uncertainty that rounds a value: its own, or else that of n images; None if there is neither."""
    if is_uncertain(uncertainty, value):
        return uncertainty
    return abs(value) / math.sqrt(n) if n and value and math.isfinite(value) else None


def is_uncertain(uncertainty: float | None, value: float) -> TypeGuard[float]:
    """True if a value has an uncertainty that is not mere rounding error."""
    return uncertainty is not None and math.isfinite(uncertainty) and uncertainty > 1e-9 * abs(value)


def first_digit(number: float) -> int:
    """The decimal place of a number's first significant digit, of two: 2 for 0.06, 0 for 1.1, -1 for 12."""
    return -int(f"{number:.1e}"[4:])


def rounded(value: float, decimals: int) -> str:
    """A value with so many decimals, with a minus sign, and without one if it rounds to zero."""
    return signed(f"{value:z,.{decimals}f}")


def signed(number: str) -> str:
    """A formatted number with a minus sign instead of a hyphen."""
    return number.replace("-", "\N{MINUS SIGN}") if "e" not in number else number


def joined_with_and(items: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; an empty string for no items."""
    if len(items) < 2:
        return items[0] if items else ""
    return say("lists.and", first=joined_with_commas(items[:-1]), last=items[-1])


def joined_with_commas(items: Sequence[str]) -> str:
    """`a, b, c`."""
    return joined(items, "lists.comma")


def joined_with_semicolons(items: Sequence[str]) -> str:
    """`a; b; c`."""
    return joined(items, "lists.semicolon")


def joined_with_dots(items: Sequence[str]) -> str:
    """`a · b · c`."""
    return joined(items, "lists.dot")


def joined_sentences(items: Sequence[str]) -> str:
    """Sentences in a row."""
    return joined(items, "lists.sentences")


def joined(items: Sequence[str], key: str) -> str:
    """Items joined two at a time by the text of this key, which has the places `first` and `last`."""
    return reduce(lambda first, last: say(key, first=first, last=last), items) if items else ""


def format_device(device: dict) -> str:
    """A device of train.json: `2 threads of AMD EPYC 9B14`, `NVIDIA H200`."""
    name = device.get("name") or device.get("kind", "")
    if device.get("kind") != "cpu":
        return name
    return say("counted.threads_of", threads=plural(device["threads"], "thread"), name=name)


def format_shape(shape: Sequence[int]) -> str:
    """`32 × 32 × 3`."""
    return f"{NBSP}×{NBSP}".join(str(size) for size in shape)


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean."""
    return sum(values) / len(values)
