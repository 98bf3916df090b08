"""Imports within Easel, against the contracts in pyproject.toml."""

import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import grimp
import pytest

import easel

ROOT = Path(__file__).parents[1]
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("easel", include_external_packages=True, cache_dir=None)


def imported(graph: grimp.ImportGraph, package: str) -> set[str]:
    """The imports of a package's modules from outside it, without the standard library."""
    modules = {package} | graph.find_descendants(package)
    found = {name for module in modules for name in graph.find_modules_directly_imported_by(module)} - modules
    return found - sys.stdlib_module_names


def test_the_contracts_are_kept():
    """In a process of its own, because import-linter configures logging and so disables Easel's logger."""
    lint = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
    done = subprocess.run([sys.executable, "-c", lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_metrics_import_numpy_and_scipy_only(graph):
    assert imported(graph, "easel.metrics") - {"easel.runtime.records"} == {"numpy", "scipy"}


def test_the_notebook_needs_nothing_that_a_notebook_lacks(graph):
    """It runs in a Python without Easel's packages, such as Colab's."""
    needed = graph.find_upstream_modules("easel.notebook", as_package=True) - sys.stdlib_module_names
    assert {name for name in needed if name.partition(".")[0] != "easel"} == {"IPython"}


def test_the_contract_on_snakemake_covers_every_package_but_tracking():
    packages = {f"easel.{module.name}" for module in pkgutil.iter_modules(easel.__path__)}
    assert set(CONTRACTS["Only tracking knows Snakemake"]["source_modules"]) == packages - {"easel.tracking"}


# The scripts that train networks or call them. No other may spend its time on importing TensorFlow.
WITH_NETWORKS = {
    "compile_player", "compute_reference", "evaluate", "export_run", "judge_snapshots", "measure_budget",
    "measure_sensitivity", "probe_recipe", "project", "sample", "sample_autoencoder", "train_run",
}  # fmt: skip


def test_scripts_without_networks_do_not_import_tensorflow():
    scripts = [str(file) for file in sorted((ROOT / "scripts").glob("*.py")) if file.stem not in WITH_NETWORKS]
    code = (
        "import runpy, sys\n"
        "unwanted = {'keras', 'sklearn', 'tensorflow'}\n"
        "for script in sys.argv[1:]:\n"
        "    runpy.run_path(script)\n"
        "    print(end=''.join(f'{script}: {name}\\n' for name in unwanted & sys.modules.keys()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *scripts], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_snakefile_imports_nothing_that_only_a_job_needs():
    """Each command of a user reads it, and each job on a cluster."""
    modules = set(re.findall(r"^ *from (easel\S*) import", (ROOT / "Snakefile").read_text(), re.MULTILINE))
    for chapter in (ROOT / "workflow/rules").glob("*.smk"):
        modules.update(re.findall(r"^from (easel\S*) import", chapter.read_text(), re.MULTILINE))  # not in functions
    code = (
        "import sys\n"
        "from importlib import import_module\n"
        "for module in sys.argv[1:]:\n"
        "    import_module(module)\n"
        "print({'keras', 'matplotlib', 'nbconvert', 'onnx', 'scipy', 'sklearn', 'tensorflow'} & sys.modules.keys())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *sorted(modules)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "set()\n", "")
