"""The tests mirror the package: tests/data/test_svhn_mat.py tests workflow/easel/data/svhn_mat.py, and so on."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE, SCRIPTS, TESTS = ROOT / "workflow/easel", ROOT / "scripts", ROOT / "tests"

# Tests of the whole workflow, and of the checkout itself.
NO_MODULE = ("workflow/*", "slurm/*", "browser/*", "test_*.py", "config/test_readme.py", "texts/test_records.py")

# Modules without a test file of their own, by the file that tests them.
TESTED_TOGETHER = {
    # Every model is built and checked by the same tests.
    "models/test_models.py": ("models/*.py",),
    # Parts that a single module uses are checked through it.
    "config/test_schema.py": ("config/base.py", "config/sampling.py"),
    "config/test_judges.py": ("config/judges/*.py",),
    "data/test_cifar10_binary.py": ("data/cifar_archives.py",),
    "data/test_external.py": ("data/image_arrays.py", "data/image_files.py"),
    "data/folder/test_archive.py": ("data/folder/opening.py",),
    "data/folder/test_reading.py": (
        "data/classes.py", "data/folder/preparing.py", "data/folder/problems.py", "data/folder/tables.py",
    ),
    "data/folder/test_workers.py": ("data/folder/worker.py",),
    "data/folder/test_listing.py": ("data/picture_files.py",),
    "evaluation/test_rows.py": ("evaluation/metrics_row.py",),
    "judges/test_classifier.py": (
        "judges/__init__.py", "judges/training.py", "judges/classifier/*.py",
    ),
    "judges/test_onnx.py": ("judges/onnx/*.py",),
    "judges/test_self_supervised.py": ("judges/self_supervised/*.py",),
    "planning/test_forecast.py": ("planning/judge_forecasts.py", "planning/run_forecasts.py", "planning/knowledge.py"),
    "player/test_reference.py": ("player/plan.py",),
    "provenance/test_crate.py": ("provenance/manifest_file.py",),
    "report/figures/test_player.py": ("report/figures/player_elements.py",),
    "report/figures/test_network_figures.py": ("report/figures/diagram.py",),
    "report/paper/test_folder.py": ("report/paper/records.py",),
    "report/tables/test_metrics.py": ("report/tables/metric_rows.py",),
    "study/test_messages.py": ("study/schema_paths.py", "study/wording.py"),
    "texts/test_records.py": ("report/page/records.py",),
    "tracking/test_snakemake_records.py": ("runtime/claims.py",),
    "training/test_trainer.py": ("training/networks.py", "training/objectives/__init__.py", "runtime/interruption.py"),
    # A plan, and what makes jobs outdated, through the real Snakemake.
    "workflow/test_plan.py": ("planning/probes.py",),
    "workflow/test_outdated.py": ("tracking/dry_run.py",),
    # An exception without behaviour; a number of the operating system.
    "runtime/test_console.py": ("runtime/errors.py", "runtime/memory.py"),
}  # fmt: skip


def files(folder: Path, pattern: str) -> list[str]:
    """Paths of files below a folder, relative to it."""
    found = sorted(file.relative_to(folder) for file in folder.rglob(pattern))
    return [file.as_posix() for file in found if "__pycache__" not in file.parts]


def has_logic(file: Path) -> bool:
    """True if a module defines a function or a class."""
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in ast.parse(file.read_text()).body)


def own_test(module: str) -> str:
    """The test file that a module of easel would have of its own; a package's is called after the package."""
    path = Path(module)
    path = path.parent if path.name == "__init__.py" else path.with_suffix("")
    return (path.parent / f"test_{path.name}.py").as_posix()


def has_module(test: Path) -> bool:
    """True if a test file is called after a script, a module or a package."""
    name = test.stem.removeprefix("test_")
    package = SCRIPTS if test.parts[0] == "scripts" else PACKAGE / test.parent
    return (package / f"{name}.py").exists() or (package / name).is_dir() or package.name == name


def imported(file: Path) -> Iterator[str]:
    """The names of modules that a file imports, and of what it imports from them."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name for alias in node.names)


def covered_in(module: str) -> Iterator[str]:
    """The test files of a module."""
    if (TESTS / own_test(module)).exists() or (TESTS / module.removesuffix("/__init__.py") / own_test(module)).exists():
        yield own_test(module)
    for test, patterns in TESTED_TOGETHER.items():
        if any(fnmatch(module, pattern) for pattern in patterns):
            yield test


def test_every_module_has_its_test():
    modules = [module for module in files(PACKAGE, "*.py") if has_logic(PACKAGE / module)]
    assert [f"{module}: write tests/{own_test(module)}" for module in modules if not list(covered_in(module))] == []


def test_every_test_has_its_module():
    assert [
        test
        for test in files(TESTS, "test_*.py")
        if not has_module(Path(test)) and not any(fnmatch(test, pattern) for pattern in NO_MODULE)
    ] == []


def test_no_exception_is_out_of_date():
    modules, tests = files(PACKAGE, "*.py"), files(TESTS, "test_*.py")
    assert [test for test in TESTED_TOGETHER if test not in tests] == []
    patterns = [pattern for patterns in TESTED_TOGETHER.values() for pattern in patterns]
    assert [pattern for pattern in patterns if not any(fnmatch(module, pattern) for module in modules)] == []
    assert [pattern for pattern in NO_MODULE if not any(fnmatch(test, pattern) for test in tests)] == []


def test_no_test_is_imported():
    """Code that tests share lies in tests/helpers, and their fixtures in a conftest.py."""
    for file in files(TESTS, "*.py"):
        parts = {part for name in imported(TESTS / file) for part in name.split(".")}
        assert not {part for part in parts if part == "conftest" or part.startswith("test_")}, file
