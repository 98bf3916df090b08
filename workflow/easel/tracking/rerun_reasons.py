"""Reasons for re-runs, in short: Snakemake prints all params before and after, this names the changes in them.

`describe_reason` is what Snakemake prints instead, and `reasons_in` the same as records: a kind, and the file, or the
key with its values before and now. The page of a plan has their sentences in all languages.
"""

import ast
import re
from typing import Any

from easel.tracking.snakemake_internals import (
    DAMAGED_RECORD,
    NO_PARAMS,
    PARAMS_CHANGED,
    PARAMS_NOW,
    REASON_ENDS,
    REASON_KINDS,
    REASONS_WITH_FILES,
)

FILES = re.compile(rf"(?P<reason>{'|'.join(REASONS_WITH_FILES)}): (?P<files>[^;]+)")
FINISHED = re.compile(r"Finished \(was: (?P<reason>.*)\)", re.DOTALL)
ABSENT = object()
MOST_NAMED = 6  # changes or files that are named; of the rest only their number
LONGEST = 200  # characters of a value


def describe_reason(reason: str) -> str:
    """Snakemake's reason for a job with changed params and files in short; unchanged where it has another form."""
    head, found, params = reason.partition(PARAMS_CHANGED)
    if found:
        tail = "".join(end for end in REASON_ENDS if params.endswith(end))
        if (changes := describe_params(params.removesuffix(tail))) is not None:
            reason = head + changes + tail
    return FILES.sub(lambda match: f"{match['reason']}: {first_of(sorted(match['files'].split(', ')))}", reason)


def reasons_in(reason: str) -> list[dict[str, Any]]:
    """Snakemake's reason for a job as records, one for each change: {"kind": …, "file" or "key": …, …}.

    A part that has another form is {"kind": "unknown", "text": …}.
    """
    if finished := FINISHED.fullmatch(reason):
        reason = finished["reason"]
    head, found, params = reason.partition(PARAMS_CHANGED)
    tail = "".join(end for end in REASON_ENDS if params.endswith(end))
    changed = changes_in(params.removesuffix(tail)) if found else []
    if changed is None:
        changed = [{"kind": "params_changed"}]
    parts = [part for text in (head, tail) for part in text.split("; ") if part]
    return [record for part in parts for record in records_of(part)] + changed


def records_of(part: str) -> list[dict[str, Any]]:
    """One part of a reason as records: one for each of its files."""
    phrase, _, files = part.partition(": ")
    if phrase not in REASON_KINDS:
        return [{"kind": "unknown", "text": part}]
    kind = REASON_KINDS[phrase]
    return [{"kind": kind, "file": file} for file in sorted(files.split(", "))] if files else [{"kind": kind}]


def changes_in(params: str) -> list[dict[str, Any]] | None:
    """The changes in `<params before> now: <params now>` as records; None if it cannot be parsed."""
    if DAMAGED_RECORD in params.partition(PARAMS_NOW)[0]:
        return [{"kind": "record_damaged"}]
    parsed = parse_params(params)
    return None if parsed is None else changes(*parsed)


def describe_params(params: str) -> str | None:
    """The changes in `<params before> now: <params now>`; None if it cannot be parsed."""
    found = changes_in(params)
    return None if found is None else describe_changes(found)


def parse_params(params: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The params before and now in `<params before> now: <params now>`; None if they cannot be parsed."""
    for separator in re.finditer(PARAMS_NOW, params):  # the separator may also occur in a value, such as a title
        before, now = mapping_in(params[: separator.start()]), mapping_in(params[separator.end() :].rstrip())
        if before is not None and now is not None:
            return before, now
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


def changes(before: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """The differences of two flat mappings as records: of settings with their values, of code by file."""
    found = []
    for key in sorted(before.keys() | now.keys()):
        old, new = before.get(key, ABSENT), now.get(key, ABSENT)
        if old == new and type(old) is type(new):
            continue
        what = "added" if old is ABSENT else "removed" if new is ABSENT else "changed"
        if "/" in key:
            found.append({"kind": f"code_{what}", "file": key})
        else:
            values = {"before": old, "now": new}
            known = {name: shortened(value) for name, value in values.items() if value is not ABSENT}
            found.append({"kind": f"setting_{what}", "key": key, **known})
    return found or [{"kind": "settings_reformatted"}]


def shortened(value: Any) -> Any:
    """A value as it is, but for a long text, of which the start is enough."""
    return f"{value[: LONGEST - 1]}…" if isinstance(value, str) and len(value) > LONGEST else value


CONSOLE = {
    "setting_added": "{key} is now {now}",
    "setting_removed": "{key} was {before}, and is gone",
    "setting_changed": "{key} was {before}, and is now {now}",
    "settings_reformatted": "the form of its settings has changed",
    "record_damaged": "Snakemake's record of how it was made is damaged",
    "code_added": "{file} (new)",
    "code_removed": "{file} (no longer used)",
    "code_changed": "{file}",
}
"""Changes as Snakemake prints them, by kind."""


def describe_changes(changes: list[dict[str, Any]]) -> str:
    """Changes in a line: settings with their values, and code by file."""
    code = [CONSOLE[each["kind"]].format(**each) for each in changes if "file" in each]
    settings = [CONSOLE[each["kind"]].format(**in_python(each)) for each in changes if "file" not in each]
    parts = [first_of(settings)] if settings else []
    if code:
        parts.append(f"the code has changed in {first_of(code)}")
    return "; ".join(parts)


def in_python(change: dict[str, Any]) -> dict[str, str]:
    """A change of a setting with its values as in Python, but `4` for the number 4.0, as a study has it."""
    values = {name: repr(change[name]) for name in ("before", "now") if name in change}
    texts = {
        name: text.removesuffix(".0") if isinstance(change[name], float) else text for name, text in values.items()
    }
    return {"key": change.get("key", "")} | texts


def first_of(names: list[str]) -> str:
    """The first few of a list, and the number of the others."""
    others = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {others} more" if others > 0 else "")
