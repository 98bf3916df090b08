"""Judge samples of any origin by every judge of a panel, without the workflow: FID, precision and recall.

Samples are an .npz file with `images`, such as samples.npz, or the folder of a training, whose last snapshot is then
sampled. Judges are those that the workflow has made: the folders in results/judges/<dataset>/.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import numpy as np
from benchmarks.speedrun.checks import weights_of
from benchmarks.speedrun.rules import HELD_OUT

from easel import judges, sampling
from easel.evaluation import features, snapshots
from easel.evaluation.reference import Reference
from easel.metrics import fid, manifold
from easel.models import load
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json


class Scores(NamedTuple):
    """What one judge finds about some samples, against the training images."""

    fid: float
    precision: float | None = None
    """0..1, against as many training images as there are samples; None where it was left out"""
    recall: float | None = None
    """likewise"""


def images_of(source: Path, count: int) -> np.ndarray:
    """Samples uint8 (n, H, W, 3) of a source: the first `count` of an .npz file, or `count` of a training.

    Raises EaselError where there is neither, or a file has fewer.
    """
    if source.is_dir():
        return sample(source / "train.json", count)
    try:
        with np.load(source) as arrays:
            images = arrays["images"][:count]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EaselError(
            f"{source}: expected an .npz file with the array 'images', or the folder of a training ({error})"
        ) from error
    if images.dtype != np.uint8 or images.ndim != 4:
        raise EaselError(f"{source}: 'images' should be uint8 (n, H, W, 3), and is {images.dtype} {images.shape}")
    if len(images) < count:
        raise EaselError(f"{source}: has {len(images):,} images, and {count:,} are judged; see --samples")
    return images


def sample(training: Path, count: int) -> np.ndarray:
    """The workflow's samples of a last snapshot, uint8 (count, H, W, 3). training: train.json."""
    if not training.is_file():
        raise EaselError(f"{training}: not found; a folder of samples should be that of a finished training")
    record = read_json(training)
    network = load(snapshots.file_of(record["snapshots"][-1], training))
    frequencies = sampling.class_frequencies(record["classes"])
    sampler = sampling.Sampler(network, network.inputs[0].shape[1], frequencies, record["seed"])
    return sampler.samples(count).images


def judge_folders(folder: Path, names: Sequence[str] = ()) -> dict[str, Path]:
    """The judges in results/judges/<dataset>/: those of some names, or all that are finished but the one held out."""
    if names:
        return {name: folder / name for name in names}
    found = {file.parent.name: file.parent for file in sorted(folder.glob("*/reference.npz"))}
    found.pop(HELD_OUT, None)
    if not found:
        raise EaselError(f"{folder}: no judge there; expected a folder such as results/judges/cifar10")
    return found


def judged(folder: Path, samples: Mapping[str, np.ndarray], only_fid: bool = False) -> dict[str, Scores]:
    """What the judge in a folder finds about samples: name -> images uint8 (n, H, W, 3).

    only_fid: leave out precision and recall, which take longer.
    """
    judge = judges.load(weights_of(folder))
    # No metric here asks for the classes of the training images.
    reference = Reference.read(folder / "reference.npz", train_labels=np.empty(0, np.int64))
    found = {}
    for name, images in samples.items():
        seen = features.outputs(judge, images, f"{name} as {folder.name} sees it").features
        distance = fid.distance_to(seen, reference["train_mean"], reference["train_covariance"])
        if only_fid:
            found[name] = Scores(distance)
            continue
        scores = manifold.prdc(seen, reference.some_train_features(len(seen)))
        found[name] = Scores(distance, scores["precision"].value, scores["recall"].value)
    return found


def table(found: Mapping[str, Mapping[str, Scores]]) -> str:
    """A Markdown table of judge -> samples -> scores: a row for each samples, and their mean if there are several."""
    names = list(next(iter(found.values())))
    heads = [f"{judge}: FID | P | R" for judge in found]
    lines = [f"| samples | {' | '.join(heads)} |", "| --- " * (1 + 3 * len(found)) + "|"]
    rows = {name: [scores[name] for scores in found.values()] for name in names}
    if len(names) > 1:
        rows["mean"] = [Scores(*map(mean_of, zip(*scores.values(), strict=True))) for scores in found.values()]
    for name, scores in rows.items():
        cells = ["–" if value is None else f"{value:.3f}" for each in scores for value in each]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def mean_of(values: Sequence[float | None]) -> float | None:
    """The mean of values; None where one is missing."""
    there = [value for value in values if value is not None]
    return mean(there) if len(there) == len(values) else None
