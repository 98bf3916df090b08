"""Judges: the feature extractors behind FID and its relatives. One file, or package, per kind, found by its name.

classifier/        trained by the workflow on the dataset itself, or fetched from where it was; needs no download
inception.py       TensorFlow's frozen Inception graph of 2015, for values that compare with published ones
onnx/              any feature extractor in an ONNX file, such as DINOv2, CLIP or one's own
random.py          a convolutional network of random weights, never trained
self_supervised/   trained by the workflow on the dataset's images without their labels; needs no download

devices.py         no judge: the devices that judges are trained on
fetched.py         no judge: checks of those that were trained elsewhere
networks.py        no judge: what those that are Keras networks share
training.py        no judge: what those that are trained here share

A judge of the kind `<kind>` is `<kind>.py` or `<kind>/`, with its settings in config/judges/<kind>.py. It has

    make(settings, source, weights, label, threads, gpus)
        Write its weights, made from the dataset (source: dataset.json) or from the file that `fetch` got. Returns what
        goes into its record `<kind>.json`, to which the rule adds the judge's name, the dataset and the settings.
    fetch(settings, file)
        Get the file that it is made from. Only of judges that `is_fetched`.
    require(settings, file, classes, image_shape, at_most=False)
        Raise EaselError unless a file that `fetch` got judges a dataset of this form. Only of judges that may come from
        a file of which that can be seen before the first job.
    load(weights) -> Judge
        The judge, ready to use.
    facts(record) -> Facts
        What a reader of its values must know. The sentence of each kind of facts is `judge_facts.<kind>` in texts/; a
        kind without one is shown by its fields.

The Snakefile and the reports import these modules, so they import what is slow, such as TensorFlow, inside functions.

The real Inception graph has never been tried: it has never been available here. The tests run a small graph with the
same node names, shapes and operations, one of which TensorFlow no longer runs, and compare it image by image with a
session of TensorFlow 1; its resizing is compared with one in NumPy. Only the real file can show that its SHA-256, which
several of its users publish, is the one in config/judges/inception.py, that no other operation in it has been removed
from TensorFlow, that it gives an Inception Score of 11.24 and a FID of 3.15 on CIFAR-10, and its time and memory, which
are estimates from a network of its size. `snakemake calibration` checks the values.
"""

import importlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from easel.config.judges import KINDS
from easel.runtime.errors import EaselError
from easel.runtime.records import Record

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class Facts(Record):
    """Facts about a judge that a reader of its values must know. Each kind of judge has one subclass or more."""

    family: ClassVar = "judge_facts"


class Outputs(NamedTuple):
    """A judge's view of N images."""

    features: "np.ndarray"
    """float32 (N, feature_dim)"""
    logits: "np.ndarray"
    """float32 (N, classes), of the judge's own classes; (N, 0) if it has none"""

    @property
    def has_classes(self) -> bool:
        """True if the judge has classes: others have no Inception Score."""
        return self.logits.shape[1] > 0


class Judge(Protocol):
    """A feature extractor, ready to use."""

    feature_dim: int

    def outputs(self, images: "np.ndarray") -> Outputs:
        """Features and logits of images uint8 (N, H, W, C); those of an image do not depend on the other images."""
        ...


def device_of(judge: Judge, of_tensorflow: Mapping[str, str]) -> dict[str, str]:
    """The device that computes a judge's features, for the record: its `device`, if it does without TensorFlow."""
    return dict(getattr(judge, "device", of_tensorflow))


def takes(judge: Judge, image_shape: tuple[int, ...]) -> bool:
    """True if a judge can judge images of this shape (H, W, C): of its `image_shape`, if it has one, or as its own
    `takes` says."""
    if hasattr(judge, "takes"):
        return judge.takes(image_shape)
    expected = getattr(judge, "image_shape", None)
    return expected is None or tuple(expected) == tuple(image_shape)


def of_kind(kind: str) -> ModuleType:
    """The module of a kind of judges."""
    return importlib.import_module(f"{__name__}.{kind}")


def knows_classes(weights: str | Path) -> bool:
    """True if a judge's classes are those of the dataset. weights: its file, named after its kind."""
    return KINDS[Path(weights).stem].knows_classes


def cores_for(weights: Iterable[str | Path], threads: int) -> int:
    """Of a job's CPU threads, those that computing with judges' features takes: all if the features of one are large.

    weights: the files of the judges, named after their kinds.
    """
    return threads if any(KINDS[Path(file).stem].slow_on_one_core for file in weights) else 1


def load(weights: str | Path) -> Judge:
    """Load a judge. weights: its file, named after its kind."""
    return of_kind(Path(weights).stem).load(Path(weights))


def facts(weights: str | Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """`judge_facts` of a judge in metrics.json. weights: its file, named after its kind; record: <kind>.json.

    Raises EaselError for a record of another judge, or one that is damaged.
    """
    try:
        return of_kind(Path(weights).stem).facts(record).as_json()
    except (KeyError, TypeError, ValueError) as error:
        raise EaselError(
            f"{Path(weights).with_suffix('.json')}: not the record of such a judge, or damaged "
            f"({type(error).__name__}). Delete it, and the same command makes it again"
        ) from error
