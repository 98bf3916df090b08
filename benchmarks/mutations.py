"""Change the code in small ways, and count the changes that the nearest tests notice.

    python benchmarks/mutations.py --sample 40 --seed 0
    python benchmarks/mutations.py --packages metrics sampling --sample 200

cosmic-ray makes the changes (another operator, constant, condition …; no docstrings, no annotations). It is not among
Easel's packages: run this with a Python that has it (`pip install cosmic-ray`); the tests run with `--python`. A random
sample of the changes of each package of `easel` is taken, drawn with `--seed`. The tests are those of the module's own
file, as tests/test_mirror.py tells. All of it happens in a clone of the last commit, so the checkout is never changed.

Prints each change that no test noticed as a diff, and a table: changes, noticed, and their share.
"""

import argparse
import ast
import importlib.util
import os
import random
import shlex
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import chdir
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_item import MutationSpec, TestOutcome

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = Path("workflow/easel")
PACKAGES = ("metrics", "training", "tracking", "provenance", "sampling")
WITHOUT_MEANING = ("core/RemoveDecorator", "core/ReplaceBinaryOperator_BitOr_", "core/ExceptionReplacer")
"""Operators whose changes mean nothing here: decorators of dataclasses, unions of types, names of exceptions."""


class Change(NamedTuple):
    """A change of a module, and the tests that ought to notice it."""

    spec: MutationSpec
    tests: str


def modules(name: str) -> list[Path]:
    """The modules of a package, or a module itself, as paths from the checkout on. The working folder is the clone."""
    place = PACKAGE / name
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def mirror():
    """The module tests/test_mirror.py, which knows the test file of every module."""
    spec = importlib.util.spec_from_file_location("test_mirror", "tests/test_mirror.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def tests_of(module: Path, known) -> str:
    """The test file of a module; "" if it has none."""
    name = module.relative_to(PACKAGE).as_posix()
    together = [test for test, names in known.TESTED_TOGETHER.items() if any(fnmatch(name, each) for each in names)]
    candidates = [*together, known.own_test(name)]
    return next((f"tests/{test}" for test in candidates if (Path("tests") / test).is_file()), "")


def annotations(module: Path) -> set[tuple[int, int]]:
    """The positions of type annotations: every (line, column) that they cover, from line 1 and column 0."""
    found: set[tuple[int, int]] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        types = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for kind in filter(None, types):
            for line in range(kind.lineno, kind.end_lineno + 1):
                start = kind.col_offset if line == kind.lineno else 0
                end = kind.end_col_offset if line == kind.end_lineno else 1000
                found |= {(line, column) for column in range(start, end)}
    return found


def changes_of(module: Path) -> Iterator[MutationSpec]:
    """Every change that cosmic-ray knows for a module."""
    tree, typed = get_ast_from_path(module), annotations(module)
    for name in plugins.operator_names():
        operator = plugins.get_operator(name)
        if name.startswith(WITHOUT_MEANING) or operator.arguments():
            continue
        operator = operator()
        places = (place for node in ast_nodes(tree) for place in operator.mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if tuple(start) not in typed:
                yield MutationSpec(str(module), name, occurrence, start, end)


def sample(package: str, size: int, seed: int) -> list[Change]:
    """A random sample of a package's changes, in the order of its files."""
    known = mirror()
    tested = {module: tests_of(module, known) for module in modules(package)}
    everything = [Change(spec, test) for module, test in tested.items() if test for spec in changes_of(module)]
    chosen = random.Random(f"{package} {seed}").sample(range(len(everything)), min(size, len(everything)))
    print(f"{package}: {len(everything)} changes, {len(chosen)} drawn", file=sys.stderr)
    return [everything[index] for index in sorted(chosen)]


def command_for(tests: str, python: Path) -> str:
    """The command that runs some tests until the first that fails."""
    return shlex.join([str(python), "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", tests])


def seconds_of(tests: str, python: Path) -> float:
    """The seconds that tests take when nothing is changed. Ends the program if they do not pass."""
    start = time.monotonic()
    done = subprocess.run(shlex.split(command_for(tests, python)), capture_output=True, encoding="utf-8")
    if done.returncode:
        sys.exit(f"{tests} does not pass without any change:\n{done.stdout[-2000:]}")
    return time.monotonic() - start


def main() -> None:
    """Draw the changes, try each, and print the survivors and the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packages", nargs="+", default=PACKAGES, help="packages or modules of easel")
    parser.add_argument("--sample", type=int, default=40, help="changes of each package")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--commit", default="HEAD", help="the commit to test")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python", help="for the tests")
    options = parser.parse_args()
    python = options.python.absolute()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, "clone"], check=True)
        os.chdir("clone")
        subprocess.run(["git", "checkout", "--quiet", options.commit], check=True)
        os.environ.update(PYTHONPATH=str(Path("workflow").absolute()), PYTHONDONTWRITEBYTECODE="1")
        noticed: dict[str, list[bool]] = defaultdict(list)
        seconds: dict[str, float] = {}
        for package in options.packages:
            for change in sample(package, options.sample, options.seed):
                if change.tests not in seconds:
                    seconds[change.tests] = seconds_of(change.tests, python)
                limit = 30 + 5 * seconds[change.tests]
                result = mutate_and_test([change.spec], command_for(change.tests, python), limit)
                noticed[package].append(result.test_outcome is not TestOutcome.SURVIVED)
                if not noticed[package][-1]:
                    print(result.diff, flush=True)
    print("| package | changes | noticed | share |\n| --- | --- | --- | --- |")
    noticed["all"] = [each for results in noticed.values() for each in results]
    for package, results in noticed.items():
        print(f"| {package} | {len(results)} | {sum(results)} | {sum(results) / max(len(results), 1):.0%} |")


if __name__ == "__main__":
    main()
