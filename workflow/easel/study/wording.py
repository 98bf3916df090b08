"""The parts of an error message: a value as its user wrote it, the values that would be right, a likely correction."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from easel.runtime.addresses import without_secrets

YES_AND_NO = {"yes": "true", "on": "true", "true": "true", "no": "false", "off": "false", "false": "false"}
"""Words for a boolean elsewhere -> what YAML 1.2 takes."""


def as_yaml(value: Any) -> str:
    """A value in one short line, as the user wrote it."""
    match value:
        case None:
            return "empty"
        case bool():
            return str(value).lower()
        case str() | int() | float() | list() | dict():
            return shortened(without_secrets(repr(value)), 80)
    return shortened(without_secrets(str(value)), 80)


def shortened(text: str, width: int = 300) -> str:
    """The text, cut to at most `width` characters; the default is for paths."""
    return text if len(text) <= width else text[: width - 1] + "…"


def display_path(file: Path, root: Path) -> str:
    """A file's path as the user would write it: relative to the checkout `root`, if it is inside."""
    return str(file.relative_to(root)) if file.is_relative_to(root) else str(file)


def listed(choices: Iterable[str], last: str = "or") -> str:
    """Choices as text: `a, b or c`."""
    *others, final = choices
    return f"{', '.join(others)} {last} {final}" if others else final


def suggestion(name: str, valid: Iterable[str]) -> str:
    """The end of an error message: the valid name that `name` probably means, or all valid names."""
    valid = list(valid)
    if close := likely(name, valid):
        return f"; did you mean '{close}'?"
    if len(valid) == 1:
        return f"; there is only '{valid[0]}'"
    return f"; there are {', '.join(valid)}" if valid else ""


def likely(name: str, valid: Iterable[str], cutoff: float = 0.6) -> str:
    """The valid name that `name` probably means; "" if none is close. cutoff: of similarity, 0 to 1."""
    valid = list(valid)
    close = difflib.get_close_matches(name, valid, 1, cutoff) or difflib.get_close_matches(
        name.lower(), valid, 1, cutoff
    )
    return close[0] if close else ""


def literals(expected: str) -> list[str]:
    """The values in pydantic's `'auto', True or 32`, as YAML writes them."""
    found = (quoted or plain for quoted, plain in re.findall(r"'(.*?)'|(\w+(?:\.\w+)?)", expected))
    return [{"True": "true", "False": "false"}.get(each, each) for each in found if each not in ("", "or")]


def quoted_names(text: str) -> list[str]:
    """The names in pydantic's `'a', 'b' or 'c'`."""
    return re.findall(r"'(.*?)'", text)


def meant_literal(got: Any, choices: list[str]) -> str:
    """The end of an error message: which of some literals a wrong value probably means."""
    if not isinstance(got, str):
        return ""
    if got in choices:  # as in 'true', which quotes make a text
        return "; leave out the quotes"
    meant = YES_AND_NO.get(got.lower(), "")
    if meant in choices:
        return f"; did you mean {meant}?"
    close = likely(got, choices)
    return f"; did you mean {close}?" if close else ""


def meant_list(got: Any) -> str:
    """The list that a single value probably stands for: `0, 1` or `0-1` is [0, 1]; "" where that is not plain."""
    if not isinstance(got, str):
        return f"[{as_yaml(got)}]"
    if bounds := re.fullmatch(r"(\d{1,9}) *(?:-|\.\.|:) *(\d{1,9})", got):
        first, last = map(int, bounds.groups())
        return str(list(range(first, last + 1))) if first < last < first + 20 else ""
    parts = re.split(r"[,;\s]+", got.strip())
    return f"[{', '.join(parts)}]" if len(got) < 80 and all(re.fullmatch(r"[\w.+-]+", part) for part in parts) else ""


def with_point(number: str) -> str:
    """What a number with a comma can mean: 0,5 is 0.5; 10,000 can also be 10000."""
    point = number.replace(",", ".")
    return f"{number.replace(',', '')} or {point}" if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", number) else point
