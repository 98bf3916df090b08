"""YAML texts: their bounds, and what was probably meant where YAML reads something else."""

import time
from itertools import pairwise

import pytest
from helpers.studies import GOOD, message, run

from easel.study.yaml_text import Unusable, read

MINE = "config/studies/mine.yaml"
NO_BREAK = "contains a no-break space (U+00A0)"
SPACES = "; YAML takes plain spaces only, so put one in its place"
MAPPING = "should be a mapping of keys to values"
COLON = "needs a space after its colon: "


def aliases(first: str, levels: int, form: str) -> str:
    """A text in which each line repeats the one before ten times. form: of a line's value, with %s for the aliases."""
    names = [chr(97 + level) for level in range(levels + 1)]
    lines = [f"{new}: &{new} {form % ','.join([f'*{old}'] * 10)}" for old, new in pairwise(names)]
    return "\n".join([f"a: &a {first}", *lines, ""])


REFUSED = {
    # bounds
    aliases("[x]", 12, "[%s]"): ", line 7: stands for 3,111,111 characters with its aliases written out; there may be "
    "1,000,000",
    aliases("{x: 1}", 12, "{<<: [%s]}"): ", line 7: stands for 5,555,551 characters with its aliases written out; "
    "there may be 1,000,000",
    f"title: &a '{'x' * 1000}'\ndescription: [{', '.join(['*a'] * 2000)}]\n": ", line 2: stands for 2,002,001 "
    "characters with its aliases written out; there may be 1,000,000",
    "runs: &a {b: *a}\n": ", line 1: the alias *a stands for a value that contains it",
    "runs: &a [1, *a]\n": ", line 1: the alias *a stands for a value that contains it",
    f"runs: {'[' * 100}\n": ", line 1: has more than 50 mappings or lists within each other",
    "".join(f"{'  ' * level}a:\n" for level in range(300)): ", line 50: has more than 50 mappings or lists within each "
    "other",
    "a: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60)): ", line 50: has more than 50 "
    "mappings or lists within each other",
    f"title: {'x' * 300_000}\n": ": is larger than 200,000 bytes; split it, or shorten its texts",
    GOOD + f"samples: {'1' * 5000}\n": ": samples: a number may have at most 18 digits; found 5,000",
    # names that YAML reads as other values
    "runs:\n  1.0: {preset: dcgan}\n": ": runs: the name 1.0 is a number to YAML; put it in quotes: '1.0'",
    "runs:\n  1e3: {preset: dcgan}\n": ": runs: the name 1e3 is a number to YAML; put it in quotes: '1e3'",
    "runs:\n  0x10: {preset: dcgan}\n": ": runs: the name 0x10 is a number to YAML; put it in quotes: '0x10'",
    "runs:\n  true: {preset: dcgan}\n": ": runs: the name true is a boolean to YAML; put it in quotes: 'true'",
    "runs:\n  null: {preset: dcgan}\n": ": runs: the name null is an empty value to YAML; put it in quotes: 'null'",
    "runs:\n  ~: {preset: dcgan}\n": ": runs: the name ~ is an empty value to YAML; put it in quotes: '~'",
    "runs:\n  2024-01-01: {preset: dcgan}\n": ": runs: the name 2024-01-01 is a date to YAML; put it in quotes: "
    "'2024-01-01'",
    "3: shapes\n": ": the name 3 is a number to YAML; put it in quotes: '3'",
    # spaces
    "dataset: shapes\nruns:\n  a: {preset:\u00a0dcgan, epochs: 1}\n": f", line 3: {NO_BREAK}{SPACES}",
    "dataset:\u00a0shapes\nruns:\n  a: {preset: dcgan}\n": f", line 1: {NO_BREAK}{SPACES}",
    "dataset: shapes\nruns:\n\u00a0\u00a0a: {preset: dcgan}\n": f", line 3: {NO_BREAK}{SPACES}",
    "dataset: shapes\u00a0\nruns:\n  a: {preset: dcgan}\n": f", line 1: {NO_BREAK}{SPACES}",
    "dataset: shapes\nruns:\n  a:\u3000b\n": f", line 3: contains an ideographic space (U+3000){SPACES}",
    run("preset: dcgan,\u200bepochs: 1"): f", line 3: contains a zero-width space (U+200B){SPACES}",
    "dataset: shapes\n\ufeffruns:\n  a: {preset: dcgan}\n": f", line 2: contains a byte order mark (U+FEFF){SPACES}",
    "dataset:\tshapes\n": ", line 1: not valid YAML: found a tab; YAML is indented with spaces, so put some "
    "in its place",
    # colons and commas
    run("preset:dcgan, epochs:1"): ", line 3: 'preset:dcgan' " + COLON + "'preset: dcgan'",
    run("preset: dcgan, epochs:1"): ", line 3: 'epochs:1' " + COLON + "'epochs: 1'",
    "dataset:shapes\nruns:\n  a: {preset: dcgan}\n": ", line 1: 'dataset:shapes' " + COLON + "'dataset: shapes'",
    "dataset: shapes\nruns:\n  a:\n    preset:dcgan\n    epochs:1\n": f": runs.a: {MAPPING}; "
    "found 'preset:dcgan epochs:1'; put a space after each colon",
    run("preset: dcgan, learning_rate: 0,0002"): ", line 3: 0,0002 is two values to YAML; write 0.0002",
    run("preset: dcgan, beta_1: -0,5, epochs: 3"): ", line 3: -0,5 is two values to YAML; write -0.5",
    run("preset: dcgan, epochs: 10,000"): ", line 3: 10,000 is two values to YAML; write 10000 or 10.000",
    GOOD + "samples: 10,000\n": ": samples: should be a whole number; found '10,000'; write 10000",
    "dataset: shapes\nruns:\n  a:\n    preset: dcgan\n    learning_rate: 0,0002\n": ": runs.a.learning_rate: should be "
    "a number; found '0,0002'; write 0.0002",
    # characters
    GOOD + 'title: "a\\ud83d"\n': ": title: contains U+D83D, half of a surrogate pair; remove it",
    GOOD + 'title: "a\\0"\n': ": title: contains U+0000, a control character; remove it",
    GOOD + 'description: "a\\e[31m"\n': ": description: contains U+001B, a control character; remove it",
    GOOD + "title: a\x07b\n": ", line 4: contains U+0007, a control character; remove it",
    run(
        'preset: dcgan, description: "\\u202e"'
    ): ": runs.a.description: contains U+202E, which changes the direction of the text after it; remove it",
    'dataset: shapes\nruns:\n  "a\\0": {preset: dcgan}\n': ": runs: contains U+0000, a control character; remove it",
    GOOD
    + 'datasets: {m: {format: folder, path: "a\\0b"}}\n': ": datasets.m.path: contains U+0000, a control character; "
    "remove it",
    "title: \x00\n".encode("utf-16-le"): ", line 1: contains U+0000, a control character; remove it",
    # tags
    "samples: !!int many\n": ": not valid YAML: invalid literal for int() with base 10: 'many'",
}


@pytest.mark.parametrize(("text", "said"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_text_that_is_refused(load, text, said):
    started = time.monotonic()
    assert message(load, text) == MINE + said
    assert time.monotonic() - started < 20  # seconds, on a busy machine


def test_more_values_than_are_read(monkeypatch):
    monkeypatch.setattr("easel.study.yaml_text.MOST_VALUES", 10)
    assert read(b"seeds: [1, 2, 3, 4, 5, 6, 7]") == {"seeds": [1, 2, 3, 4, 5, 6, 7]}
    with pytest.raises(Unusable, match="has more than 10 keys and values") as error:
        read(b"seeds: [1, 2, 3,\n4, 5, 6, 7, 8]")
    assert error.value.line == 2


def test_what_is_odd_and_right():
    text = 'title: "\\ud83d\\ude00"\n# a\u00a0comment\ndescription: 10\u00a0km\n'
    text += "list: &l [a, b]\nmore: {<<: {x: 1}, again: *l}\n"
    assert read(text.encode()) == {
        "title": "\U0001f600",
        "description": "10\u00a0km",
        "list": ["a", "b"],
        "more": {"x": 1, "again": ["a", "b"]},
    }
    for encoded in (b"\xef\xbb\xbfa: 1e-4", "a: 1e-4".encode("utf-16")):
        assert read(encoded) == {"a": 1e-4}
    assert read(b"# nothing\n") is None


def test_bytes_that_are_no_text():
    with pytest.raises(Unusable, match="is not a text file in UTF-8"):
        read(b"\x89PNG\r\n\x1a\n\xff\xfe")
