"""Texts of the pages in every language, one `<language>.yaml` each.

A page holds all languages and shows one of them, which its reader can change. In Python, a text is a str in English
that carries its translations along: `say("counted.epoch", n=4) == "4 epochs"`.
"""

import re
from collections.abc import Mapping
from functools import cache
from html import escape, unescape
from pathlib import Path

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent
DEFAULT_LANGUAGE = "en"
"""The language that has every text, and the one shown outside a page."""
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Text(str):
    """A text in all languages: a str in English, with the translations in `plain` and `markup`.

    Put it into another text with `say`, and into markup with `element`. An f-string would lose the translations, and
    raises TypeError.
    """

    plain: dict[str, str]
    """By language, for attributes and figures."""
    markup: dict[str, str]
    """By language, as HTML."""

    def __new__(cls, plain: Mapping[str, str], markup: Mapping[str, str]):
        text = super().__new__(cls, plain[DEFAULT_LANGUAGE])
        text.plain, text.markup = dict(plain), dict(markup)
        return text

    def __str__(self) -> "Text":
        # Code that calls str() on any object, as matplotlib does, keeps the translations.
        return self

    def __format__(self, form: str) -> str:
        raise TypeError(
            f"formatting the text {str.__repr__(self)} would lose its translations; put it into another by say()"
        )

    def __add__(self, other: str) -> str:
        return self.__format__("")

    __radd__ = __add__

    def __reduce__(self):
        return Text, (self.plain, self.markup)


def say(key: str, /, **values: object) -> Text:
    """The text of a key, with values in its places.

    values: texts (in the language of the whole), markup (anything with `_repr_html_`), numbers (with thousands
    separators) and strings. Of a text with two forms, `one` and `other`, the one that fits the number `n` is taken.
    A language without this key falls back to English. An unknown key, or a place without a value, is a KeyError.
    """
    plain, markup = {}, {}
    for language in languages():
        template = texts(language).get(key)
        if template is None:
            template = texts(DEFAULT_LANGUAGE)[key]
        if isinstance(template, str):
            form = template
        else:
            form = template["one" if as_plain(values["n"], language) == "1" and "one" in template else "other"]
        plain[language] = PLACEHOLDER.sub(lambda place: as_plain(values[place[1]], language), form)  # noqa: B023
        parts = PLACEHOLDER.split(form)
        markup[language] = "".join(
            as_markup(values[part], language) if i % 2 else escape(part) for i, part in enumerate(parts)
        )
    return Text(plain, markup)


def translated(key: str, english: str) -> Text:
    """A text whose English is defined elsewhere, such as in the schema, with its translations from the texts."""
    found = {language: texts(language).get(key) for language in languages()}
    plain = {language: text if isinstance(text, str) else english for language, text in found.items()}
    plain[DEFAULT_LANGUAGE] = english
    return Text(plain, {language: escape(text) for language, text in plain.items()})


def has_text(key: str) -> bool:
    """True if there is a text of this key."""
    return key in texts(DEFAULT_LANGUAGE)


def verbatim(text: str) -> Text:
    """A string that is the same in every language."""
    return text if isinstance(text, Text) else translated("", text)


@cache
def languages() -> tuple[str, ...]:
    """The available languages as BCP 47 tags, English first."""
    found = sorted(file.stem for file in FOLDER.glob("*.yaml"))
    return (DEFAULT_LANGUAGE, *(language for language in found if language != DEFAULT_LANGUAGE))


@cache
def texts(language: str) -> dict[str, str | dict[str, str]]:
    """All texts of a language by key; the keys of nested mappings are joined by dots."""
    with open(FOLDER / f"{language}.yaml", encoding="utf-8") as file:
        return flattened(YAML(typ="safe").load(file))


def flattened(texts: Mapping, prefix: str = "") -> dict[str, str | dict[str, str]]:
    """Nested mappings as one; a mapping with the key `other` is a text with several forms."""
    found: dict[str, str | dict[str, str]] = {}
    for name, value in texts.items():
        if isinstance(value, Mapping) and "other" not in value:
            found |= flattened(value, f"{prefix}{name}.")
        else:
            found[prefix + str(name)] = value
    return found


def format_number(number: float) -> str:
    """A count with thousands separators, a fraction with at most two decimals: `10,000`, `2.5`."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}".rstrip("0").rstrip(".")


def as_plain(value: object, language: str) -> str:
    """A value in its place in a text, without markup."""
    if isinstance(value, Text):
        return value.plain[language]
    if hasattr(value, "_repr_html_"):
        return unescape(re.sub(r"<[^>]*>", "", str(value)))
    return format_number(value) if isinstance(value, int | float) else str(value)


def as_markup(value: object, language: str) -> str:
    """A value in its place in a text, as HTML."""
    if isinstance(value, Text):
        return value.markup[language]
    if hasattr(value, "_repr_html_"):
        return str(value)
    return escape(as_plain(value, language))
