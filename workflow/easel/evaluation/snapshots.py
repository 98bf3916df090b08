"""The cheap score of each snapshot of a training: the curve of quality against compute, and which one is sampled.

A generator that has been good can be ruined later: without regularisation GANs collapse after a while.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from easel import sampling
from easel.evaluation import features
from easel.judges import Judge
from easel.metrics import fid
from easel.runtime.errors import EaselError


def judge_snapshot(
    generator: Callable,  # latents float32 (n, D) to images in -1..1
    latents: np.ndarray,  # the same for every snapshot
    labels: np.ndarray | None,  # likewise: int (n,), the classes to draw, of a generator that is told them
    judge: Judge,
    reference: Mapping[str, np.ndarray],  # reference.npz
    label: str,
) -> dict[str, float]:
    """A snapshot's FID against the training images, and its uncertainty: a standard deviation over resamples."""
    seen = features.outputs(judge, sampling.draw(generator, latents, labels), label).features
    mean, covariance = reference["train_mean"], reference["train_covariance"]
    return {
        "fid": fid.distance_to(seen, mean, covariance),
        "uncertainty": fid.bootstrap(seen, mean, covariance),
    }


def choose(judged: Sequence[Mapping[str, Any]], select: str) -> dict[str, Any]:
    """Which snapshot is sampled, and why: `best` has the lowest FID (of equals the latest), `last` is the end.

    judged: the entries of snapshots.json, in the order of training.
    """
    last = judged[-1]
    best = min(reversed(judged), key=lambda snapshot: snapshot["fid"])
    chosen = {"best": best, "last": last}[select]
    if select == "last":
        why = "the end of the training, as the study asks (select: last)"
    elif len(judged) == 1:
        why = "the only snapshot"
    elif chosen is last:
        why = f"the lowest FID of {len(judged)} snapshots, {best['fid']:.4g}, at the end of the training"
    else:
        why = f"the lowest FID of {len(judged)} snapshots: {best['fid']:.4g}, against {last['fid']:.4g} at the end"
    return {**chosen, "select": select, "why": why}


def file_of(snapshot: Mapping[str, Any], training: Path) -> Path:
    """The network of a snapshot, beside its train.json. Raises EaselError where it is gone."""
    file = training.parent / snapshot["file"]
    if not file.is_file():
        raise EaselError(
            f"{file}: this snapshot is gone. Delete {training}, and the same command writes it again from the "
            "training's state, or trains anew where that is gone, too"
        )
    return file
