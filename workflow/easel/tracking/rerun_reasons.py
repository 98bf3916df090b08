"""Reasons for re-runs, in short: Snakemake prints all params before and after, this names what changed in them."""

import ast
import re
from typing import Any

from easel.tracking.snakemake_internals import (
    NO_PARAMS,
    PARAMS_CHANGED,
    PARAMS_NOW,
    REASON_ENDS,
    REASONS_WITH_FILES,
)

FILES = re.compile(rf"(?P<reason>{'|'.join(REASONS_WITH_FILES)}): (?P<files>[^;]+)")
ABSENT = object()
MOST_NAMED = 6  # changes or files that are named; of the rest only their number


def describe_reason(reason: str) -> str:
    """Snakemake's reason for a job with changed params and files in short; unchanged where it has another form."""
    head, found, params = reason.partition(PARAMS_CHANGED)
    if found:
        tail = "".join(end for end in REASON_ENDS if params.endswith(end))
        if (changes := describe_params(params.removesuffix(tail))) is not None:
            reason = head + changes + tail
    return FILES.sub(lambda match: f"{match['reason']}: {first_of(sorted(match['files'].split(', ')))}", reason)


def describe_params(params: str) -> str | None:
    """The changes in `<params before> now: <params now>`; None if it cannot be parsed."""
    for separator in re.finditer(PARAMS_NOW, params):  # the separator may also occur in a value, such as a title
        before, now = mapping_in(params[: separator.start()]), mapping_in(params[separator.end() :].rstrip())
        if before is not None and now is not None:
            return describe_changes(before, now)
    return None


def mapping_in(text: str) -> dict[str, Any] | None:
    """The mappings among some params, merged and flattened; None if there are none, or if they cannot be parsed."""
    if text == NO_PARAMS:
        return {}
    try:
        found = [value for value in ast.literal_eval(f"[{text}]") if isinstance(value, dict)]
    except (ValueError, SyntaxError):
        return None
    return {key: value for mapping in found for key, value in flat(mapping).items()} if found else None


def flat(mapping: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested mapping as a flat one, with keys joined by dots."""
    found: dict[str, Any] = {}
    for key, value in mapping.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def describe_changes(before: dict[str, Any], now: dict[str, Any]) -> str:
    """The differences of two flat mappings: code by file, settings with their values."""
    code, settings = [], []
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key, ABSENT), now.get(key, ABSENT)
        if old == new and type(old) is type(new):
            continue
        if "/" in key:
            code.append(key + (" (new)" if old is ABSENT else " (no longer used)" if new is ABSENT else ""))
        elif old is ABSENT:
            settings.append(f"{key} is now {new!r}")
        elif new is ABSENT:
            settings.append(f"{key} was {old!r}, and is gone")
        else:
            settings.append(f"{key} was {old!r}, and is now {new!r}")
    parts = [first_of(settings)] if settings else []
    if code:
        parts.append(f"the code has changed in {first_of(code)}")
    return "; ".join(parts) or "the form of its settings has changed"


def first_of(names: list[str]) -> str:
    """The first few of a list, and the number of the others."""
    others = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {others} more" if others > 0 else "")
