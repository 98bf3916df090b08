"""Judges: the feature extractors behind FID and its relatives. One file (or package) per kind, found by its name.

A judge of the kind `classifier` is `classifier.py` or `classifier/`, which has

    Settings                    what an entry of config/judges.yaml says of it
    make(settings, source, weights, label, threads, gpus)
                                makes its weights, of the dataset (its dataset.json) or of what `fetch` got; returns a
                                record
    fetch(settings, file)       gets what it is made of, where that is not the dataset
    load(weights)               the judge, ready to use
    note(record)                what a table says of it

The Snakefile imports these files for the settings' types, in
every job: what is large (TensorFlow) they import inside their functions.
"""

import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from easel.config.base import Closed

if TYPE_CHECKING:
    import numpy as np


class KnownAnswer(NamedTuple):
    """A number that should come out."""

    metric: str
    """`inception_score`, or `fid` against the training images."""
    of: str
    """The split, `train` or `test`, of which all images are judged."""
    value: float
    tolerance: float
    """How far from it a right implementation may be."""
    source: str


class KnownAnswers(NamedTuple):
    """Numbers that have been published for a judge and a dataset."""

    dataset: str
    sha256: str
    """Of the dataset's archive: of any other the answers may differ."""
    answers: tuple[KnownAnswer, ...]


class Settings(Closed):
    """What all kinds of judges say of themselves."""

    weights: ClassVar[str]
    """Its file in results/judges/<dataset>/<judge>/, named after its kind; <kind>.json, its record, lies beside it."""
    learns: ClassVar[bool]
    """Whether it is made of the dataset's images. One that is not has a function `fetch(settings, file)`, which gets
    what it is made of, and among its settings `archive` (that file's name), `archive_mb`, `path` and `sha256`."""
    knows_classes: ClassVar[bool] = False
    """Whether its classes are the dataset's."""
    heavy: ClassVar[bool] = False
    """Whether one core is slow with it, so that jobs which use it ask for several."""
    memory_mb: ClassVar[int] = 0
    """What it takes at work beyond what TensorFlow takes with any small network."""
    known_answers: ClassVar[KnownAnswers | None] = None
    """By which one can check the judge, and all that is done with it."""
    without_cost: ClassVar[Mapping[str, Any] | None] = None
    """Settings that do not change what a step of its training costs, and what stands in their place while one is
    measured; None where nothing can be measured before it is made."""

    @property
    def feature_dim(self) -> int:
        """Numbers in its features."""
        raise NotImplementedError

    @property
    def megaflops(self) -> float:
        """Millions of floating-point operations of judging an image of 32 × 32 pixels."""
        raise NotImplementedError

    @property
    def training_megaflops(self) -> float:
        """Millions of floating-point operations of a step of its training, per image of 32 × 32 pixels."""
        return 0.0

    @property
    def passes(self) -> int:
        """How often it sees every training image while it is made."""
        return 0


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


def rules() -> dict[str, str]:
    """The rules that make judges, one for each kind: rule -> kind."""
    return {f"make_{kind}": kind for kind in kinds()}


def of_kind(kind: str) -> ModuleType:
    """The module of a kind of judges."""
    return importlib.import_module(f"{__name__}.{kind}")


def knows_classes(weights: str | Path) -> bool:
    """Whether a judge's classes are the dataset's, from its weights' name."""
    return of_kind(Path(weights).stem).Settings.knows_classes


def load(weights: str | Path) -> Judge:
    """Load a judge; its weights' name says of which kind it is."""
    return of_kind(Path(weights).stem).load(Path(weights))


def note(weights: str | Path, record: Mapping[str, Any]) -> str:
    """What a table says of a judge, from its weights' name and the record beside them."""
    return of_kind(Path(weights).stem).note(record)
