"""Which code a step executes, as a mapping from file to hash and from package to version.

The hash of Python is taken over the syntax tree without docstrings, so that comments, formatting and prose do not
count; a notebook's over its cells without outputs; any other file's over its text. Imports are followed through all
of `easel`; what is imported by name at run time (a model, an objective) is given by the caller.
"""

import ast
import hashlib
import json
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
ROOT = PACKAGE.parent.parent

PACKAGES = {
    "PIL": "pillow",
    "keras": "keras",
    "matplotlib": "matplotlib",
    "nbconvert": "nbconvert",
    "numpy": "numpy",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "tensorflow": "tensorflow",
}
"""Packages whose version can change a result, by the name under which they are imported."""

WITHOUT_EFFECT = (
    "config/models.py", "runtime/claims.py", "runtime/console.py", "runtime/errors.py", "runtime/gpus.py",
    "runtime/interruption.py", "training/tensorboard.py",
)  # fmt: skip
"""Files of easel that change no result: which models a preset may name, what a job says, how it is stopped or watched,
which GPU and files are its."""


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
        new = {file for module in read(waiting.pop())[1] for file in files_of(module)} - files
        files |= new
        waiting += new
    packages = {module.split(".")[0] for file in files for module in read(file)[1]} & PACKAGES.keys()
    files -= {PACKAGE / file for file in WITHOUT_EFFECT}
    found = {str(file.relative_to(ROOT)): read(file)[0] for file in files}
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
def read(file: Path) -> tuple[str, frozenset[str]]:
    """What a file says to a computer (or, in a notebook, to a reader), and what it imports.

    Returns 12 hexadecimal digits, and the modules that import statements name, wherever they stand.
    """
    imported: set[str] = set()
    text = file.read_text(encoding="utf-8")
    match file.suffix:
        case ".py":
            said = form_of(ast.parse(text, file), imported)
        case ".ipynb":
            said = [
                (kind, tags, form_of(ast.parse(source, file), imported) if kind == "code" else source)
                for kind, tags, source in cells_in(text)
            ]
        case _:
            said = text
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12], frozenset(imported)


def cells_in(notebook: str) -> list[tuple[str, list[str], str]]:
    """The cells of a notebook: kind, tags, and what is written in it (stored as a list of lines or as one string)."""
    cells = json.loads(notebook)["cells"]
    return [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]


def form_of(node: object, imported: set[str]) -> object:
    """A syntax tree without docstrings, as nested tuples and lists; adds the modules that it imports to `imported`.

    The text of ast.dump and ast.unparse differs between Pythons.
    """
    if isinstance(node, list):
        return [form_of(item, imported) for item in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Import):
        imported |= {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        node.body = [statement for statement in node.body if not is_prose(statement)] or [ast.Pass()]
    fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, []) and name != "kind"]
    return (type(node).__name__, *((name, form_of(value, imported)) for name, value in fields))


def is_prose(statement: ast.stmt) -> bool:
    """Whether a statement is a string on its own: a docstring."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


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
