"""Which code a step executes, as a mapping from file to hash and from package to version.

The hash of Python is taken over the syntax tree without docstrings, so that comments, formatting and prose do not
count; a notebook's over its cells without outputs; any other file's over its text. Imports are followed through all
of `easel`; what is imported by name at run time (a model, an objective) is given by the caller.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent.parent

PACKAGES = {
    "PIL": "pillow",
    "keras": "keras",
    "matplotlib": "matplotlib",
    "nbconvert": "nbconvert",
    "numpy": "numpy",
    "scipy": "scipy",
    "tensorflow": "tensorflow",
}
"""Packages whose version can change a result, by the name under which they are imported."""

WITHOUT_EFFECT = (
    "console.py", "errors.py", "gpus.py", "housekeeping.py", "training/signals.py", "training/tensorboard.py",
)  # fmt: skip
"""Files of easel that change no result: what a job says, how it is stopped or watched, which GPU and files are its."""


@cache
def code_of(script: str, *also: str) -> dict[str, str]:
    """What `scripts/<script>` executes: its own code, that of every module of easel it imports, and packages.

    also: modules (`easel.models.vae`) and files of the checkout (`notebooks/run.ipynb`) that it reads by name.
    Returns file (relative to the checkout) -> 12 hexadecimal digits, and package -> version, sorted by name.
    """
    files = {ROOT / "scripts" / script}
    for name in also:
        files.update([ROOT / name] if "/" in name else files_of(name))
    waiting = list(files)
    while waiting:
        new = {file for module in imports_of(waiting.pop()) for file in files_of(module)} - files
        files |= new
        waiting += new
    packages = {module.split(".")[0] for file in files for module in imports_of(file)} & PACKAGES.keys()
    files -= {PACKAGE / file for file in WITHOUT_EFFECT}
    found = {str(file.relative_to(ROOT)): hash_of(file) for file in files}
    return dict(sorted((found | versions_of(packages)).items()))


def versions_of(modules: set[str]) -> dict[str, str]:
    """The versions of packages, given by the names under which they are imported."""
    found = {}
    for module in modules:
        package = PACKAGES[module]
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


@cache
def hash_of(file: Path) -> str:
    """The hash of what a file says to a computer (or, in a notebook, to a reader): 12 hexadecimal digits."""
    match file.suffix:
        case ".py":
            said = form_of(without_prose(ast.parse(file.read_text(encoding="utf-8"), file)))
        case ".ipynb":
            said = [
                (kind, tags, form_of(without_prose(ast.parse(text))) if kind == "code" else text)
                for kind, tags, text in cells_of(file)
            ]
        case _:
            said = file.read_text(encoding="utf-8")
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def cells_of(notebook: Path) -> list[tuple[str, list[str], str]]:
    """The cells of a notebook: kind, tags, and what is written in it (stored as a list of lines or as one string)."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]


def without_prose(tree: ast.Module) -> ast.Module:
    """A syntax tree without its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not is_prose(statement)] or [ast.Pass()]
    return tree


def form_of(node: object) -> object:
    """A syntax tree as nested tuples and lists. The text of ast.dump and ast.unparse differs between Pythons."""
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, []) and name != "kind"]
        return (type(node).__name__, *((name, form_of(value)) for name, value in fields))
    return [form_of(item) for item in node] if isinstance(node, list) else repr(node)


def is_prose(statement: ast.stmt) -> bool:
    """Whether a statement is a string on its own: a docstring."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


@cache
def imports_of(file: Path) -> frozenset[str]:
    """The modules that a Python file or a notebook names in import statements, wherever they stand."""
    names = set()
    for node in (node for tree in trees_of(file) for node in ast.walk(tree)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def trees_of(file: Path) -> Iterator[ast.Module]:
    """The syntax trees of all Python code in a file."""
    if file.suffix == ".py":
        yield ast.parse(file.read_text(encoding="utf-8"), file)
    elif file.suffix == ".ipynb":
        yield from (ast.parse(text) for kind, _, text in cells_of(file) if kind == "code")


@cache
def files_of(module: str) -> tuple[Path, ...]:
    """The files that Python runs to import a module of easel: it and its packages. Empty for any other name."""
    if module.split(".")[0] != PACKAGE.name:
        return ()
    found = []
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        stem = PACKAGE.parent.joinpath(*parts[:length])
        found += [file for file in (stem / "__init__.py", stem.with_suffix(".py")) if file.is_file()]
    return tuple(found)
