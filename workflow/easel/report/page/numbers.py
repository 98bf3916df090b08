"""Numbers as people read them, in every language, with no-break spaces inside."""

import math
from collections.abc import Sequence
from functools import reduce

from easel.texts import Text, grouped, say

NBSP = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> Text:
    """A time span in its two largest units: `1 h 2 min`, `1 min 1 s`, `23 s`, `0.4 s`."""
    if seconds < 9.95:
        return say("time.s", n=f"{seconds:.1f}")
    whole = round(seconds)
    for size, unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            large, rest = (say(f"time.{unit}", n=whole // size), whole % size // small)
            return say("time.both", large=large, small=say(f"time.{small_unit}", n=rest)) if rest else large
    return say("time.s", n=whole)


def count(number: float) -> str:
    """A large number in three digits: `3.58 M`, `42.1 k`; one below ten thousand as it is: `9,999`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= max(0.9995 * size, 9_999.5):
            return f"{number / size:.3g}{NBSP}{unit}"
    return f"{number:,.0f}"


def plural(number: float, noun: str) -> Text:
    """`1 epoch`, `4 epochs`, `10,000 images`. noun: a key of the texts' `counted`."""
    return say(f"counted.{noun}", n=number)


def epoch_words(epoch: float) -> str:
    """When, in epochs, to one digit behind the point (two in the first epoch): `3.1`, `12`, `0.25`."""
    return grouped(round(epoch, 1 if epoch >= 1 else 2))


def measured(value: float, uncertainty: float | None = None) -> str:
    """A value to the last digit that its uncertainty leaves: `41.2 ± 0.8`; four digits where there is none.

    An uncertainty that starts with 1 keeps two digits (`312.5 ± 1.1`), as rounding it to one would double it.
    """
    if not math.isfinite(value):
        return say("numbers.none")
    rounding = 1e-9 * abs(value)
    if not uncertainty or not math.isfinite(uncertainty) or uncertainty < rounding:
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    first = f"{uncertainty:.1e}"
    decimals = max(0, -int(first[4:]) + first.startswith("1"))
    # z: a value that rounds to nothing has no sign
    return f"{value:z,.{decimals}f}{NBSP}±{NBSP}{uncertainty:.{decimals}f}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return say("lists.and", first=in_a_row(names[:-1]), last=names[-1]) if len(names) > 1 else names[0] if names else ""


def in_a_row(names: Sequence[str], how: str = "lists.comma") -> str:
    """`a, b, c`. how: the key of the text that puts two together, at `first` and `last`."""
    return reduce(lambda first, last: say(how, first=first, last=last), names)


def sentences(texts: Sequence[str]) -> str:
    """Sentences one after the other."""
    return in_a_row(texts, "lists.sentences") if texts else ""


def device_words(device: dict) -> str:
    """A device of train.json in words: `2 threads of AMD EPYC 9B14`, `NVIDIA H200`."""
    name = device.get("name") or device.get("kind", "")
    if device.get("kind") != "cpu":
        return name
    return say("counted.threads_of", threads=plural(device["threads"], "thread"), name=name)


def shape_words(shape: Sequence[int]) -> str:
    """`32 × 32 × 3`."""
    return f"{NBSP}×{NBSP}".join(str(size) for size in shape)
