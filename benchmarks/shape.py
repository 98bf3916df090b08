"""Measure the shape of a checkout: packages, imports between them, long functions, words of the first pages.

    python benchmarks/shape.py . ../before

Prints a table with a column for each checkout. Nothing of a checkout is imported or run.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

OPENINGS = ("what ", "which ", "whether ", "how ", "what's ")
LONGEST = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef
Documented = ast.Module | ast.ClassDef | Function


def modules(checkout: Path) -> dict[str, ast.Module]:
    """The modules of `easel`, by their dotted names."""
    source = checkout / "workflow"
    found = {}
    for file in sorted((source / "easel").rglob("*.py")):
        name = ".".join(file.relative_to(source).with_suffix("").parts).removesuffix(".__init__")
        found[name] = ast.parse(file.read_text("utf-8"))
    return found


def home(name: str, known: dict[str, ast.Module]) -> str:
    """The package directly below `easel` that a dotted name belongs to, or its module where that is loose."""
    parts = name.split(".")[:2]
    return ".".join(parts) if ".".join(parts) in known else "easel"


def imports(name: str, tree: ast.Module, known: dict[str, ast.Module]) -> Iterator[str]:
    """The modules of `easel` that a module imports, wherever the statement stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module in known:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in known else node.module


def arrows(known: dict[str, ast.Module]) -> set[tuple[str, str]]:
    """Imports between packages (and loose modules) of `easel`."""
    pairs = {
        (home(name, known), home(imported, known))
        for name, tree in known.items()
        for imported in imports(name, tree, known)
    }
    return {(start, end) for start, end in pairs if start != end and "easel" not in (start, end)}


def on_a_circle(pairs: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The arrows whose end imports, directly or not, their start."""

    def reached(start: str) -> set[str]:
        found, waiting = set(), [start]
        while waiting:
            here = waiting.pop()
            new = {end for begin, end in pairs if begin == here} - found
            found |= new
            waiting += new
        return found

    return sorted((start, end) for start, end in pairs if start in reached(end))


def definitions(trees: dict[str, ast.Module]) -> Iterator[tuple[str, Documented]]:
    """Everything that can have a docstring."""
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, Documented):
                yield name, node


def code_lines(function: Function) -> int:
    """Lines of a function's body from its first statement to its last, docstring left out."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def words(file: Path) -> int:
    """Words of a page; 0 where there is none."""
    return len(file.read_text("utf-8").split()) if file.is_file() else 0


def measure(checkout: Path) -> dict[str, str]:
    """Every row of the table for one checkout."""
    known = modules(checkout)
    everything = dict(known)
    for folder in ("scripts", "tests", "benchmarks"):
        for file in (checkout / folder).rglob("*.py"):
            everything[str(file.relative_to(checkout))] = ast.parse(file.read_text("utf-8"))
    top = sorted(name for name in known if name.count(".") == 1)
    packages = [name for name in top if (checkout / "workflow" / Path(*name.split("."))).is_dir()]
    pairs = arrows(known)
    functions = sorted(
        ((code_lines(node), f"{name.removeprefix('easel.')}.{node.name}") for name, node in definitions(known)
         if isinstance(node, Function)), reverse=True,
    )  # fmt: skip
    classes = [
        ((node.end_lineno or 0) - node.lineno + 1, f"{name.removeprefix('easel.')}.{node.name}")
        for name, node in definitions(known)
        if isinstance(node, ast.ClassDef)
    ]
    texts = [text for _, node in definitions(everything) if (text := ast.get_docstring(node))]
    readme = checkout / "README.md"
    common = (checkout / "workflow/rules/common.smk").read_text(encoding="utf-8")
    return {
        "packages": f"{len(packages)}",
        "loose modules": f"{len(top) - len(packages)}",
        "modules": f"{len(known)}",
        "imports between packages": f"{len(pairs)}",
        "of these on a circle": f"{len(on_a_circle(pairs))}",
        "longest functions (lines)": ", ".join(f"{name} {lines}" for lines, name in functions[:LONGEST]),
        "longest class (lines)": "{1} {0}".format(*max(classes)),
        "docstrings": f"{len(texts)}",
        "opening with What/Which/Whether/How": f"{sum(text.lower().startswith(OPENINGS) for text in texts)}",
        "README: lines, words": f"{len(readme.read_text('utf-8').splitlines())}, {words(readme)}",
        "docs/architecture.md: words": f"{words(checkout / 'docs/architecture.md')}",
        "workflow/rules/common.smk: lines": f"{len(common.splitlines())}",
    }  # fmt: skip


def main(*checkouts: str) -> None:
    columns = {checkout: measure(Path(checkout)) for checkout in checkouts}
    for row in next(iter(columns.values())):
        print(f"{row:<38}", *(f"{column[row]:<60}" for column in columns.values()))


if __name__ == "__main__":
    main(*sys.argv[1:] or ["."])
