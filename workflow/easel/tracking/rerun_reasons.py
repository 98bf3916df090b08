"""Why a job is run, in words: Snakemake prints the whole of what changed, before and after; this names the change."""

import ast
import re
from typing import Any

# How Snakemake 9 puts it (snakemake.persistence.ParamsChange): reprs of params, joined by commas, in no order.
PARAMS = (
    "Params have changed since last execution: Union of exclusive params before and now across all output: before: "
)
NOW = " now: "
NOTHING = "<nothing exclusive>"
AFTER_PARAMS = ("; Software environment definition has changed since last execution", ")")
FILES = re.compile(
    r"(?P<what>Missing output files|Updated input files|Incomplete output files|Input files updated by another job): "
    r"(?P<files>[^;]+)"
)
ABSENT = object()
MOST = 6  # changes or files that are named; of more, their number


def in_words(reason: str) -> str:
    """Snakemake's reason for a job with its params' changes named; as it is where it is put in another way."""
    head, found, params = reason.partition(PARAMS)
    if found:
        tail = "".join(end for end in AFTER_PARAMS if params.endswith(end))
        if (words := changes_in(params.removesuffix(tail))) is not None:
            reason = head + words + tail
    return FILES.sub(lambda match: f"{match['what']}: {some(sorted(match['files'].split(', ')))}", reason)


def changes_in(params: str) -> str | None:
    """Words for `<params before> now: <params now>`; None if that cannot be read."""
    for separator in re.finditer(NOW, params):  # the words may stand in a title, too
        before, now = mappings(params[: separator.start()]), mappings(params[separator.end() :].rstrip())
        if before is not None and now is not None:
            return changed(before, now)
    return None


def mappings(text: str) -> dict[str, Any] | None:
    """The mappings among params, flattened into one; None where there are others only, or none that can be read."""
    if text == NOTHING:
        return {}
    try:
        found = [value for value in ast.literal_eval(f"[{text}]") if isinstance(value, dict)]
    except (ValueError, SyntaxError):
        return None
    return {key: value for mapping in found for key, value in flat(mapping).items()} if found else None


def flat(mapping: dict[str, Any], inside: str = "") -> dict[str, Any]:
    """A mapping of mappings as one, whose keys are joined by dots."""
    found = {}
    for key, value in mapping.items():
        if isinstance(value, dict) and value:
            found |= flat(value, f"{inside}{key}.")
        else:
            found[f"{inside}{key}"] = value
    return found


def changed(before: dict[str, Any], now: dict[str, Any]) -> str:
    """What differs between two flat mappings: code by its file, the rest with its values."""
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
    said = [some(settings)] if settings else []
    if code:
        said.append(f"the code has changed in {some(code)}")
    return "; ".join(said) or "the form of its settings has changed"


def some(things: list[str]) -> str:
    """The first few of a list, and how many more there are."""
    more = len(things) - MOST
    return ", ".join(things[:MOST]) + (f" and {more} more" if more > 0 else "")
