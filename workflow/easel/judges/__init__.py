"""Judges: the feature extractors behind FID and its relatives. One file (or package) per kind, found by its name.

A judge of the kind `classifier` is `classifier.py` or `classifier/`, which has

    make(settings, source, weights, label, threads, gpus)
                                makes its weights, of the dataset (its dataset.json) or of what `fetch` got; returns a
                                record
    fetch(settings, file)       gets what it is made of, where that is not the dataset
    load(weights)               the judge, ready to use
    facts(record)               facts that tables show next to its values, as a `Facts`; record: what `make` returned

and its settings in config/judges/classifier.py. Report pages import these files for `facts`: what is large (TensorFlow)
they import inside their functions.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from easel.config.judges import KINDS
from easel.runtime.records import Record

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Facts(Record):
    """What a reader of a judge's values must know about it; each kind of judge has one subclass or more."""

    family: ClassVar = "judge_facts"


class Outputs(NamedTuple):
    """What a judge makes of N images."""

    features: "np.ndarray"
    """float32 (N, feature_dim)"""
    logits: "np.ndarray"
    """float32 (N, classes): of the judge's own classes"""


class Judge(Protocol):
    """A feature extractor, ready to use."""

    feature_dim: int

    def outputs(self, images: "np.ndarray") -> Outputs:
        """What it makes of images uint8 (N, H, W, C), of each independently of the others."""
        ...


def kinds() -> list[str]:
    """All kinds of judges that there are, by name."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def of_kind(kind: str) -> ModuleType:
    """The module of a kind of judges."""
    return importlib.import_module(f"{__name__}.{kind}")


def knows_classes(weights: str | Path) -> bool:
    """Whether a judge's classes are the dataset's, from its weights' name."""
    return KINDS[Path(weights).stem].knows_classes


def load(weights: str | Path) -> Judge:
    """Load a judge; its weights' name says of which kind it is."""
    return of_kind(Path(weights).stem).load(Path(weights))


def facts(weights: str | Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a judge for `judge_facts` in metrics.json, from its weights' name and the record next to them."""
    return of_kind(Path(weights).stem).facts(record).as_json()
