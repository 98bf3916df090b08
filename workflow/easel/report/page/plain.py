"""Texts outside pages: in English, as plain strings, and escaped for Markdown and LaTeX."""

import re
import unicodedata

from easel.report.page.numbers import NBSP
from easel.texts import DEFAULT_LANGUAGE, verbatim

MARKDOWN = r"\`*_{}[]<>#|!$~^@&"
"""Characters that Markdown, a table in it, or one of its dialects gives a meaning."""

APART = "\N{ZERO WIDTH SPACE}"
"""Keeps two characters apart."""

LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': "{''}",  # the straight one is in no font of the default encoding
    **{letter: f"\\{letter}" for letter in "&%$#_{}"},
    # Behind the end of a row, LaTeX takes these for the options of `\\`.
    **{letter: f"{{{letter}}}" for letter in "[]*"},
    APART: "{}",
    NBSP: "~",
    "\N{MINUS SIGN}": "$-$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "\N{MULTIPLICATION SIGN}": r"$\times$",
    "\N{MIDDLE DOT}": r"$\cdot$",
    "\N{INFINITY}": r"$\infty$",
    "\N{DOWNWARDS ARROW}": r"$\downarrow$",
    "\N{UPWARDS ARROW}": r"$\uparrow$",
    "\N{LESS-THAN OR EQUAL TO}": r"$\leq$",
    "\N{GREATER-THAN OR EQUAL TO}": r"$\geq$",
    "\N{GREEK SMALL LETTER TAU}": r"$\tau$",
    "\N{HORIZONTAL ELLIPSIS}": r"\dots{}",
    "\N{EN DASH}": "--",
    "\N{EM DASH}": "---",
}
"""Characters that LaTeX gives a meaning, or that its fonts lack, and how they are written."""

LIGATURE = re.compile(r"(?<=([-,']))(?=\1)")
"""The place between two characters that LaTeX would set as one."""


def english(text: str) -> str:
    """A text in English, as a plain string."""
    return verbatim(text).plain[DEFAULT_LANGUAGE]


def escaped_markdown(text: str) -> str:
    """A text in one line that is no markup in Markdown."""
    marked = "".join(f"\\{letter}" if letter in MARKDOWN else letter for letter in text)
    return " ".join(marked.split())


def escaped_latex(text: str) -> str:
    """A text in one line that is no markup in LaTeX.

    Letters outside ASCII stay as they are: those of Latin scripts need T1 fonts, others a font that has them
    (`foreign_letters`). Control characters, which no font has, are left out.
    """
    line = re.sub(rf"[^\S{NBSP}]+", " ", text).strip(" ")
    apart = LIGATURE.sub(APART, line)
    return "".join(LATEX.get(letter, letter) for letter in apart if unicodedata.category(letter) != "Cc")


def foreign_letters(text: str) -> str:
    """The characters of an escaped text that LaTeX's T1 fonts lack, each once, in the order of their codes."""
    return "".join(sorted({letter for letter in text if ord(letter) > LAST_LATIN}))


LAST_LATIN = 0x17F
"""Last character of Latin Extended-A, most of which T1 fonts have."""
