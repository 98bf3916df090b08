"""Characters of texts: what is joined, and what is refused."""

import re

import pytest

from easel.study.characters import checked, odd_space, unusable_character


def test_pairs_of_surrogates_become_the_character_meant():
    assert checked({"a": ["\ud83d\ude00 b", "\U0001f600"]}) == {"a": ["\U0001f600 b", "\U0001f600"]}


@pytest.mark.parametrize(
    ("character", "said"),
    [
        ("\ud83d", "U+D83D, half of a surrogate pair"),
        ("\ude00", "U+DE00, half of a surrogate pair"),
        ("\ude00\ud83d", "U+DE00, half of a surrogate pair"),
        ("\udcff", "U+DCFF, half of a surrogate pair"),
        ("\0", "U+0000, a control character"),
        ("\r", "U+000D, a control character"),
        ("\x1b[31m", "U+001B, a control character"),
        ("\x7f", "U+007F, a control character"),
        ("\x85", "U+0085, a control character"),
        ("\u202e", "U+202E, which changes the direction of the text after it"),
        ("\u2066", "U+2066, which changes the direction of the text after it"),
        ("\uffff", "U+FFFF, which is no character"),
        ("\U0001fffe", "U+1FFFE, which is no character"),
        ("\ufdd0", "U+FDD0, which is no character"),
        ("\ufeff", "U+FEFF, a byte order mark"),
    ],
)
def test_a_character_that_cannot_be_written_or_seen(character, said):
    assert unusable_character(f"a title {character}") == said
    for value, path in (({"a": {"b": [character]}}, "a.b[0]"), ({"a": {character: 1}}, "a")):
        with pytest.raises(ValueError, match=re.escape(f"{path}: contains {said}; remove it")):
            checked(value)


@pytest.mark.parametrize(
    "text",
    ["größe", "猫", "\U0001f468\u200d\U0001f469", "می\u200cخواهم", "שלום\u200f!", "10\u00a0km", "a\n\tb", "\ue000"],
)
def test_texts_of_every_language_are_usable(text):
    assert unusable_character(text) == ""
    assert checked(text).encode()


def test_what_looks_like_a_space():
    assert odd_space("a\u00a0b") == "a no-break space (U+00A0)"
    assert odd_space("\u3000") == "an ideographic space (U+3000)"
    assert odd_space("a b\tc") == ""
