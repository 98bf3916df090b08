"""Sentences of the records in results files, in every language."""

from collections.abc import Callable, Mapping
from typing import Any

from easel.report.page.numbers import format_value, joined_with_commas
from easel.texts import has_text, say, verbatim

FORMATS: dict[str, Callable[[Any], object]] = {
    "test_accuracy": lambda share: f"{100 * share:.1f}",
    "chance": lambda share: f"{100 * share:.1f}",
    "fid": format_value,
    "fid_at_end": format_value,
    "fid_of_test_images": format_value,
    "fid_of_noise": format_value,
    "sha256": lambda digest: digest[:12],
    "examples": ", ".join,
}
"""Fields that a sentence does not show as they are."""


def record_sentence(family: str, record: Mapping[str, Any]) -> str:
    """The sentence of a record, such as a caveat: the text `<family>.<kind>`, with the record's fields at its places.

    A kind that has no text, as that of a judge which somebody has added, is shown as its kind and its fields.
    """
    fields = {name: FORMATS.get(name, as_is)(value) for name, value in record.items() if name != "kind"}
    key = f"{family}.{record['kind']}"
    if has_text(key):
        return say(key, **fields)
    kind = record["kind"].replace("_", " ")
    return joined_with_commas([verbatim(kind), *(verbatim(f"{name} {value}") for name, value in fields.items())])


def as_is(value: object) -> object:
    return value
