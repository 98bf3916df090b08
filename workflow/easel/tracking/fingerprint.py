"""The code that a step executes, as a mapping from file to hash and from package to version.

A Python file is hashed as its syntax tree without docstrings, so comments, formatting and docstrings do not count; a
notebook as its cells without outputs; any other file as its text. Imports are followed through all of `easel`. The
caller names what is imported by name at run time, such as a model or an objective.
"""

import ast
import atexit
import hashlib
import json
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole, write_json

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

KEPT = Path(".snakemake/easel-fingerprints.json")
"""What was found in files, by their content: each job starts Snakemake, which need not parse all of easel once more.
It lies where Snakemake runs, in the folder of what Snakemake keeps for itself, and may be deleted at any time."""


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
    keep_at_exit()
    return dict(sorted((found | versions_of(packages)).items()))


def versions_of(modules: set[str]) -> dict[str, str]:
    """The installed versions of packages. modules: their import names, keys of PACKAGES."""
    return {PACKAGES[module]: installed(PACKAGES[module]) for module in modules}


@cache
def installed(package: str) -> str:
    """The installed version of a package."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@cache
def read(file: Path) -> tuple[str, frozenset[str]]:
    """Fingerprint a file, and find its imports.

    Returns 12 hexadecimal digits, and the modules in its import statements, also in those inside functions.
    """
    content = file.read_bytes()
    key = hashlib.sha256(own_code() + file.suffix.encode() + content).hexdigest()
    USED[key] = kept().get(key) or parsed(file, content.decode())
    return USED[key]


def parsed(file: Path, text: str) -> tuple[str, frozenset[str]]:
    """What `read` returns for a file with this text. file: its name, for its kind and for messages."""
    imported: set[str] = set()
    match file.suffix:
        case ".py":
            content = structure_of(ast.parse(text, file), imported)
        case ".ipynb":
            cells = [
                (kind, tags, structure_of(ast.parse(source, file), imported) if kind == "code" else repr(source))
                for kind, tags, source in cells_in(text)
            ]
            content = f"[{', '.join([f'({kind!r}, {tags!r}, {said})' for kind, tags, said in cells])}]"
        case _:
            content = repr(text)
    return hashlib.sha256(content.encode()).hexdigest()[:12], frozenset(imported)


USED: dict[str, tuple[str, frozenset[str]]] = {}
"""What `read` has found in this process, to be kept."""


@cache
def own_code() -> bytes:
    """The checksum of this file: after a change in it, nothing that was kept before counts."""
    return hashlib.sha256(Path(__file__).read_bytes()).digest()


@cache
def kept() -> dict[str, tuple[str, frozenset[str]]]:
    """What an earlier process has kept in the folder in which this one runs, but for what is damaged."""
    found = {}
    for key, value in read_if_whole(KEPT).items():
        match value:
            case [str(mark), [*modules]] if all(isinstance(module, str) for module in modules):
                found[key] = mark, frozenset(modules)
    return found


@cache
def keep_at_exit() -> None:
    """Let the end of this process keep what it has read, if any of it is new."""
    atexit.register(keep)


def keep() -> None:
    """Keep what this process has read, if any of it is new and Snakemake has its folder here.

    It only saves time, and so it may fail.
    """
    if not USED.keys() <= kept().keys() and KEPT.parent.is_dir():
        with suppress(OSError, EaselError):
            write_json(KEPT, {key: [mark, sorted(modules)] for key, (mark, modules) in USED.items()})


def cells_in(notebook: str) -> list[tuple[str, list[str], str]]:
    """The cells of a notebook: kind, tags and source (which is stored as a list of lines or as one string)."""
    cells = json.loads(notebook)["cells"]
    return [(cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"])) for cell in cells]


def structure_of(node: object, imported: set[str]) -> str:
    """A syntax tree without docstrings, as text. Adds the modules that it imports to `imported`.

    The text is that of nested tuples and lists: ('Name', ('id', "'x'"), ('ctx', ('Load',))). ast.dump and ast.unparse
    would not do: their text differs between versions of Python. The first start of Snakemake in a folder does this for
    every module, so it is written for speed.
    """
    if isinstance(node, list):
        return f"[{', '.join([structure_of(item, imported) for item in node])}]"
    if not isinstance(node, ast.AST):
        return repr(repr(node))
    kind = type(node)
    if isinstance(node, ast.Import):
        imported |= {alias.name for alias in node.names}
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        node.body = [statement for statement in node.body if not is_docstring(statement)] or [ast.Pass()]
    fields = [
        f"('{name}', {structure_of(value, imported)})"
        for name in kind._fields
        if (value := getattr(node, name, None)) is not None and value != [] and name != "kind"
    ]
    return f"('{kind.__name__}', {', '.join(fields)})" if fields else f"('{kind.__name__}',)"


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
    parts = module.split(".")
    stems = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return tuple(PACKAGE.parent / f for stem in stems for f in (f"{stem}/__init__.py", f"{stem}.py") if f in modules())


@cache
def modules() -> frozenset[str]:
    """The Python files of easel, relative to the folder of the package: looked up once, and not for each import."""
    return frozenset(file.relative_to(PACKAGE.parent).as_posix() for file in PACKAGE.rglob("*.py"))
