"""Score each snapshot of a training by a FID of few samples, and select the one to sample.

A generator can get worse later in training: without regularisation GANs collapse after a while. The scores are also a
curve of quality against compute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np

from easel import sampling
from easel.evaluation import features
from easel.evaluation.judge_failures import has_failed
from easel.judges import Judge
from easel.metrics import fid
from easel.metrics.estimate import Bootstrap
from easel.runtime.errors import EaselError
from easel.runtime.records import Record


def judge_snapshot(
    generator: Callable,  # latents float32 (n, D) to images in -1..1
    latents: np.ndarray,  # the same for every snapshot
    labels: np.ndarray | None,  # likewise: int (n,), the classes to draw, of a conditional generator
    judge: Judge,
    reference: Mapping[str, np.ndarray],  # reference.npz
    label: str,  # of the progress bar
) -> dict[str, Any]:
    """The `fid` of a snapshot's samples against the training images, and its `uncertainty`."""
    seen = features.outputs(judge, sampling.generate(generator, latents, labels), label).features
    mean, covariance = reference["train_mean"], reference["train_covariance"]
    return {
        "fid": fid.distance_to(seen, mean, covariance),
        "uncertainty": Bootstrap(fid.bootstrap(seen, mean, covariance), fid.RESAMPLES).as_json(),
    }


@dataclass(frozen=True)
class Selection(Record):
    """Why a snapshot is sampled."""

    family: ClassVar = "selections"


@dataclass(frozen=True)
class Last(Selection, kind="last"):
    """The study asks for the end of the training (`select: last`)."""


@dataclass(frozen=True)
class Only(Selection, kind="only"):
    """There is one snapshot."""


@dataclass(frozen=True)
class JudgeFailed(Selection, kind="judge_failed"):
    """The end of the training, because the judge of the snapshots failed its check: its lowest FID says nothing."""

    of: int
    """snapshots"""


@dataclass(frozen=True)
class Best(Selection, kind="best"):
    """The lowest FID, which is lower than that of the end of the training."""

    of: int
    """snapshots"""
    fid: float
    fid_at_end: float


@dataclass(frozen=True)
class BestAtEnd(Selection, kind="best_at_end"):
    """The lowest FID is that of the end of the training."""

    of: int
    """snapshots"""
    fid: float


def choose(scores: Mapping[str, Any], select: Literal["best", "last"]) -> dict[str, Any]:
    """The snapshot to sample, with `select` and `why`: `best`, the lowest FID (the latest of equals), or `last`.

    scores: snapshots.json. By a judge that failed its check, no snapshot is the best, and the last is sampled.
    """
    judged = scores["snapshots"]
    last = judged[-1]
    best = min(reversed(judged), key=lambda snapshot: snapshot["fid"])
    why: Selection
    if select == "last":
        why = Last()
    elif len(judged) == 1:
        why = Only()
    elif has_failed(scores):
        best, why = last, JudgeFailed(len(judged))
    elif best is last:
        why = BestAtEnd(len(judged), best["fid"])
    else:
        why = Best(len(judged), best["fid"], last["fid"])
    return {**(last if select == "last" else best), "select": select, "why": why.as_json()}


def file_of(
    snapshot: Mapping[str, Any], training: Path, network: Literal["generator", "encoder"] = "generator"
) -> Path:
    """The file of a snapshot's network, in the folder of train.json. Raises EaselError if it does not exist.

    training: train.json.
    """
    file = training.parent / snapshot[network]
    if not file.is_file():
        raise EaselError(
            f"{file}: this snapshot is gone; delete {training} and repeat the command, which writes it again from the "
            "training's state, or trains again if there is no state"
        )
    return file
