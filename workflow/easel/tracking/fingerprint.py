"""The code that a step executes, as a mapping from file to hash and from package to version.

A Python file is hashed as its syntax tree without docstrings, so comments, formatting and docstrings do not count; a
notebook as its cells without outputs; any other file as its text. Imports are followed through all of `easel`. The
caller names what is imported by name at run time, such as a model or an objective.
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
    "mistune": "mistune",
    "nbconvert": "nbconvert",
    "numpy": "numpy",
    "onnx": "onnx",
    "onnxruntime": "onnxruntime",
    "scipy": "scipy",
    "sklearn": "scikit-learn",
    "tensorflow": "tensorflow",
    "tf2onnx": "tf2onnx",
}
"""Packages whose version can change a result: import name -> name of the distribution."""

WITHOUT_EFFECT = (
    "config/models.py", "runtime/claims.py", "runtime/console.py", "runtime/errors.py", "runtime/gpus.py",
    "runtime/interruption.py", "runtime/lean_keras.py", "runtime/receipts.py", "runtime/surroundings.py",
    "training/tensorboard.py",
)  # fmt: skip
"""Files of easel that change no result: which models a preset may name, what a job prints, how it is stopped or
watched, which GPU and results it claims, how it notices changed files."""


@cache
def code_of(script: str, *also: str) -> dict[str, str]:
    """The code that `scripts/<script>` executes: its own, that of every module of easel it imports, and packages.

    also: modules (`easel.models.vae`) and files of the checkout (`notebooks/run.ipynb`) that it loads by name.
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
    """The installed versions of packages. modules: their import names, keys of PACKAGES."""
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
    """Fingerprint a file, and find its imports.

    Returns 12 hexadecimal digits, and the modules in its import statements, also in those inside functions.
    """
    imported: set[str] = set()
    text = file.read_text(encoding="utf-8")
    match file.suffix:
        case ".py":
            content: object = structure_of(ast.parse(text, file), imported)
        case ".ipynb":
            content = [
                (kind, tags, structure_of(ast.parse(source, file), imported) if kind == "code" else source)
                for kind, tags, source in cells_in(text)
            ]
        case _:
            content = text
    return hashlib.sha256(repr(content).encode()).hexdigest()[:12], frozenset(imported)


def cells_in(notebook: str) -> list[tuple[str, list[str], str]]:
    """The cells of a notebook: kind, tags and source (which is stored as a list of lines or as one string)."""
    cells = json.loads(notebook)["cells"]
    return [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]


def structure_of(node: object, imported: set[str]) -> object:
    """A syntax tree without docstrings, as nested tuples and lists. Adds the modules that it imports to `imported`.

    ast.dump and ast.unparse would not do: their text differs between versions of Python.
    """
    if isinstance(node, list):
        return [structure_of(item, imported) for item in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.Import):
        imported |= {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        node.body = [statement for statement in node.body if not is_docstring(statement)] or [ast.Pass()]
    fields = [(name, value) for name, value in ast.iter_fields(node) if value not in (None, []) and name != "kind"]
    return (type(node).__name__, *((name, structure_of(value, imported)) for name, value in fields))


def is_docstring(statement: ast.stmt) -> bool:
    """True if a statement is only a string, such as a docstring."""
    if not isinstance(statement, ast.Expr) or not isinstance(statement.value, ast.Constant):
        return False
    return isinstance(statement.value.value, str)


@cache
def files_of(module: str) -> tuple[Path, ...]:
    """The files that Python runs to import a module of easel: its own and its packages'. Empty for other names."""
    if module.split(".")[0] != PACKAGE.name:
        return ()
    found = []
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        stem = PACKAGE.parent.joinpath(*parts[:length])
        found += [file for file in (stem / "__init__.py", stem.with_suffix(".py")) if file.is_file()]
    return tuple(found)
