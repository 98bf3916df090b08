"""Keras and TensorFlow, without what Easel does not use of them and without what they print.

from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402
"""

import gc
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from easel.runtime.console import import_quietly

OPTIONAL = ("IPython", "matplotlib", "pandas", "sklearn")
"""Packages that Keras imports where they are installed, for data frames, plots and scikit-learn's models. They take a
third of its time."""


def import_keras() -> None:
    """Import Keras with TensorFlow, in half of the time that `import keras` takes.

    It finds none of OPTIONAL, but for those that are imported already. Python's garbage collector leaves the many
    objects of both alone, now and later.
    """
    if "keras" in sys.modules:
        return
    with without(OPTIONAL), uncollected():
        import_quietly("keras")


@contextmanager
def without(packages: Iterable[str]) -> Iterator[None]:
    """Have imports of packages that are not imported yet fail, as if they were not installed."""
    hidden = [package for package in packages if package not in sys.modules]
    for package in hidden:
        sys.modules[package] = None  # type: ignore[assignment]  # which Python takes for a missing module
    try:
        yield
    finally:
        for package in hidden:
            del sys.modules[package]


@contextmanager
def uncollected() -> Iterator[None]:
    """Neither collect garbage meanwhile, nor look at the objects that are made here in any later collection."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()
