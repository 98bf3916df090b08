"""Every kind of record that results files may hold."""

import importlib
import pkgutil
from pathlib import Path

import easel
from easel import judges
from easel.config.judges import KINDS
from easel.runtime.records import Record


def record_kinds() -> list[type[Record]]:
    """Every kind of record, from all modules of the library that import without TensorFlow."""
    for module in pkgutil.walk_packages(easel.__path__, "easel."):
        source = importlib.util.find_spec(module.name).origin
        if source and "easel.runtime.records" in Path(source).read_text(encoding="utf-8"):
            importlib.import_module(module.name)
    for kind in KINDS:
        judges.of_kind(kind)
    found = [kind for kind in Record.kinds() if kind.__module__.startswith("easel.")]  # without those of tests
    return sorted(found, key=lambda kind: (kind.family, kind.kind))
