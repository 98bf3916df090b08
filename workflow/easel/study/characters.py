"""Characters that a text of a study may contain: all that can be written to a file, shown on a page and seen there."""

import unicodedata
from typing import Any

ALLOWED_CONTROLS = "\n\t"
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that show the text after them in another direction, beyond the end of their own text."""
SPACES = {
    "\u00a0": "a no-break space", "\u1680": "an ogham space",
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), "a wide space"),
    "\u200b": "a zero-width space", "\u202f": "a narrow no-break space", "\u205f": "a wide space",
    "\u2060": "a word joiner", "\u3000": "an ideographic space", "\ufeff": "a byte order mark",
}  # fmt: skip
"""Characters that look like a space, or like nothing, and that YAML takes for letters: character -> what it is."""


def joined(text: str) -> str:
    """The text with each pair of surrogates, as JSON escapes an emoji (`\\ud83d\\ude00`), as the character meant."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def unusable_character(text: str) -> str:
    """The first character that a text may not contain, in words; "" if there is none."""
    return next((described for each in text if (described := problem_with(each))), "")


def problem_with(character: str) -> str:
    """A character that no text may contain, in words; "" for any other."""
    category = unicodedata.category(character)
    if category == "Cs":
        kind = "half of a surrogate pair"
    elif category == "Cc" and character not in ALLOWED_CONTROLS:
        kind = "a control character"
    elif character in TURNING:
        kind = "which changes the direction of the text after it"
    elif ord(character) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF:
        kind = "which is no character"
    elif character == "\ufeff":
        kind = "a byte order mark"
    else:
        return ""
    return f"{code_point(character)}, {kind}"


def odd_space(text: str) -> str:
    """The first character that looks like a space and is none to YAML, in words; "" if there is none."""
    return next((f"{SPACES[each]} ({code_point(each)})" for each in text if each in SPACES), "")


def code_point(character: str) -> str:
    """A character as Unicode's tables name it: `U+00A0`."""
    return f"U+{ord(character):04X}"


def checked(value: Any, path: str = "") -> Any:
    """A plain value with the pairs of surrogates in its texts joined.

    path: its key. Raises ValueError, with the key, for a text with an `unusable_character`.
    """
    match value:
        case dict():
            return {checked(key, path): checked(inner, f"{path}.{key}") for key, inner in value.items()}
        case list():
            return [checked(inner, f"{path}[{index}]") for index, inner in enumerate(value)]
        case str():
            text = joined(value)
            if problem := unusable_character(text):
                raise ValueError(f"{path.removeprefix('.')}: contains {problem}; remove it")
            return text
    return value
