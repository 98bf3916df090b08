"""Every text is read and written as UTF-8, whatever the locale is."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CODE = [file for folder in ("workflow", "scripts", "benchmarks", "examples") for file in (ROOT / folder).rglob("*.py")]
CHAPTERS = [ROOT / "Snakefile", *(ROOT / "workflow/rules").glob("*.smk")]


def without_encoding(source: str) -> Iterator[str]:
    """The calls that read or write text in the locale's encoding."""
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and is_text(call):
            yield ast.unparse(call)


def is_text(call: ast.Call) -> bool:
    """True for a call that reads or writes text and names no encoding."""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if "encoding" in named:
        return False
    method = isinstance(call.func, ast.Attribute)
    match call.func.attr if method else getattr(call.func, "id", ""):
        case "read_text":
            return not call.args
        case "write_text":
            return len(call.args) < 2
        case "open" if method:  # of a path: those of modules take a file first
            return all(is_mode(argument) for argument in call.args) and not named.keys() - {"mode", "newline"}
        case "open" | "fdopen":
            return "mode" not in named and (len(call.args) == 1 or is_mode(call.args[1]))
        case "NamedTemporaryFile" | "TemporaryFile" | "SpooledTemporaryFile":
            return is_mode(named.get("mode", call.args[0] if call.args else ast.Constant("b")))
        case _:
            return any(ast.unparse(named[name]) == "True" for name in ("text", "universal_newlines") if name in named)


def is_mode(node: ast.expr) -> bool:
    """True for the mode of a text file, such as "w"."""
    return isinstance(node, ast.Constant) and bool(re.fullmatch("[rwaxt+]+", str(node.value)))


@pytest.mark.parametrize(
    "code",
    [
        "open(a)", "open(a, 'w')", "a.open()", "a.open('w')", "a.read_text()", "a.write_text(b)", "os.fdopen(1, 'w')",
        "run(a, text=True)", "TemporaryFile('w')", "open(a, newline='')", "NamedTemporaryFile(mode='a+')",
    ],
)  # fmt: skip
def test_a_text_without_encoding_is_found(code):
    assert len(list(without_encoding(code))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "open(a, 'rb')", "open(a, encoding='utf-8')", "a.open('rb')", "a.read_text('utf-8')", "os.fdopen(1, 'wb')",
        "tarfile.open(a)", "run(a, text=False)", "run(a, encoding='utf-8')", "TemporaryFile()", "os.open(a, 0)",
    ],
)  # fmt: skip
def test_bytes_and_texts_with_encoding_are_not_found(code):
    assert not list(without_encoding(code))


def test_every_text_has_its_encoding():
    found = {str(file.relative_to(ROOT)): list(without_encoding(file.read_text(encoding="utf-8"))) for file in CODE}
    assert not {file: calls for file, calls in found.items() if calls}


def test_chapters_read_no_files_themselves():
    """The package reads what they need, and the test above sees its code."""
    for file in CHAPTERS:
        assert not re.search(r"\bopen\(|\.read_text\(|\.write_text\(", file.read_text(encoding="utf-8")), file
