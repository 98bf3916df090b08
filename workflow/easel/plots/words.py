"""Numbers as people read them, with no-break spaces inside."""

import math
from collections.abc import Sequence

NBSP = "\N{NO-BREAK SPACE}"


def duration(seconds: float) -> str:
    """A time span in its two largest units: `1 h 2 min`, `1 min 1 s`, `23 s`, `0.4 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f}{NBSP}s"
    whole = round(seconds)
    for size, unit, small, small_unit in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // small
            return NBSP.join([f"{whole // size}", unit, *([f"{rest}", small_unit] if rest else [])])
    return f"{whole}{NBSP}s"


def count(number: float) -> str:
    """A large number in three digits: `3.58 M`, `42.1 k`; one below ten thousand as it is: `9,999`."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= max(0.9995 * size, 9_999.5):
            return f"{number / size:.3g}{NBSP}{unit}"
    return f"{number:,.0f}"


def plural(number: float, noun: str) -> str:
    """`1 epoch`, `4 epochs`, `10,000 images`."""
    count = grouped(number)
    return f"{count} {noun}{'' if count == '1' else 's'}"


def grouped(number: float) -> str:
    """A count with its thousands apart, a fraction with two digits: `10,000`, `2.5`."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}".rstrip("0").rstrip(".")


def epoch_words(epoch: float) -> str:
    """When, in epochs, to one digit behind the point (two in the first epoch): `3.1`, `12`, `0.25`."""
    return grouped(round(epoch, 1 if epoch >= 1 else 2))


def measured(value: float, uncertainty: float | None = None) -> str:
    """A value to the last digit that its uncertainty leaves: `41.2 ± 0.8`; four digits where there is none.

    An uncertainty that starts with 1 keeps two digits (`312.5 ± 1.1`), as rounding it to one would double it.
    """
    if not math.isfinite(value):
        return "not a number"
    rounding = 1e-9 * abs(value)
    if not uncertainty or not math.isfinite(uncertainty) or uncertainty < rounding:
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"
    first = f"{uncertainty:.1e}"
    decimals = max(0, -int(first[4:]) + first.startswith("1"))
    return f"{value:,.{decimals}f}{NBSP}±{NBSP}{uncertainty:.{decimals}f}"


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def device_words(device: dict) -> str:
    """A device of train.json in words: `2 threads of AMD EPYC 9B14`, `NVIDIA H200`."""
    name = device.get("name") or device.get("kind", "")
    return f"{plural(device['threads'], 'thread')} of {name}" if device.get("kind") == "cpu" else name


def shape_words(shape: Sequence[int]) -> str:
    """`32 × 32 × 3`."""
    return f"{NBSP}×{NBSP}".join(str(size) for size in shape)
