"""Which code a step executes, as a mapping from file to hash.

The hash is taken over the syntax tree without docstrings, so that comments, formatting and prose do not count.
Imports are followed through all of `easel`; what is imported by name at run time (a model, an objective) is given
by the caller.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
ROOT = PACKAGE.parent.parent


@cache
def code_of(script: str, *modules: str) -> dict[str, str]:
    """Hash the code of `scripts/<script>` and of every module of easel that it, or one of `modules`, imports.

    Returns file (relative to the checkout) -> 12 hexadecimal digits, sorted by file.
    """
    files = {ROOT / "scripts" / script, *(file for module in modules for file in files_of(module))}
    waiting = list(files)
    while waiting:
        new = {file for module in imports_of(waiting.pop()) for file in files_of(module)} - files
        files |= new
        waiting += new
    return {str(file.relative_to(ROOT)): hash_of(file) for file in sorted(files)}


@cache
def hash_of(file: Path) -> str:
    """The hash of a Python file's code: 12 hexadecimal digits."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [statement for statement in node.body if not is_prose(statement)] or [ast.Pass()]
    return hashlib.sha256(repr(form_of(tree)).encode()).hexdigest()[:12]


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
    """The modules of easel that a Python file names in import statements, wherever they stand."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(name for name in names if name.split(".")[0] == PACKAGE.name)


@cache
def files_of(module: str) -> tuple[Path, ...]:
    """The files that Python runs to import a module of easel: it and its packages. Empty for any other name."""
    found = []
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        stem = PACKAGE.parent.joinpath(*parts[:length])
        found += [file for file in (stem / "__init__.py", stem.with_suffix(".py")) if file.is_file()]
    return tuple(found)
