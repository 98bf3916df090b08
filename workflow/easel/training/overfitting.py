"""Overfitting and memorisation, watched while a network trains.

With each progress picture, samples and held-out images are compared with the training images. No step sees a held-out
image: these are measurements, and change nothing that a training computes.

- The gap of the discriminator: (E D(train) - E D(held-out)) / (E D(train) - E D(samples)), r_v in equation 1 of Karras
  et al. 2020 (arXiv 2006.06676). It is 0 while the discriminator takes held-out images for training images, and 1 once
  it takes them for samples, that is, once it has memorised the training images.
- The near-copy rate of `easel.metrics.memorisation`: the fraction of samples that are as near to a training image as
  the nearest hundredth of the held-out images. No judge is at hand, so distances are between images reduced to
  THUMBNAIL × THUMBNAIL pixels, where a copy is near however sharp it is, and brought to one mean and one contrast, or
  a grey sample would be near to everything. A distance counts as a fraction of the mean distance to the NEIGHBOURS
  nearest images, as in Carlini et al. 2023 (arXiv 2301.13188, section 5.1): each image's own measure of how densely
  training images lie where it is, which cells of several images can only be in the mean.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from easel.images import to_uint8
from easel.metrics.estimate import Estimate
from easel.metrics.memorisation import NEAREST_SHARE, memorisation
from easel.training import image_statistics
from easel.training.history import Check
from easel.training.trainer import HeldOut, Trainer

SAMPLES = 256  # of each check
REAL = 256  # training images, and held-out images, that the discriminator is asked about, at most
KNOWN = 5_000  # training images, at most, that samples are compared with
HELD_OUT = 1_000  # held-out images, at most
NEIGHBOURS = 20
BLOCK = 256  # images at a time, to bound the memory
FAINT = 0.5  # levels of deviation in a thumbnail, below which an image is of one colour
THUMBNAIL = 16  # pixels from side to side
CHOICE = 10  # a stream of random numbers; the others are in monitor.py, image_statistics.py, priors.py and sampling/

GAP = 0.5  # of the discriminator: above this in CHECKS consecutive checks, it overfits
CHECKS = 2
COPIES = 5 * NEAREST_SHARE  # near copies: more than this, with two standard errors to spare, are memorised
MESSAGES = {
    "discriminator": "overfits at step {step}: the discriminator has gone {gap:.0%} of the way from taking held-out "
    "images for training images to taking them for samples",
    "copies": "memorises at step {step}: {near_copy_rate:.0%} of the samples are as near to a training image as the "
    "nearest hundredth of the held-out images are",
}
"""The log's warning for each sign."""


class Found(NamedTuple):
    """What one check has found."""

    gap: float
    """Of the discriminator; nan without one, and where it does not tell training images from samples."""
    near_copy_rate: float
    """0..1"""
    copies: bool
    """True if near copies are too many to be chance."""


class Watch:
    """The images that a training's samples are compared with, and their distances, which do not change."""

    def __init__(self, trainer: Trainer, held_out: HeldOut):
        self.trainer, self.others = trainer, held_out
        random = np.random.default_rng([trainer.seed, CHOICE])
        self.known = some_of(len(trainer.images), KNOWN, random)
        self.held_out = some_of(len(held_out.images), HELD_OUT, random)
        self.inputs = image_statistics.inputs(
            SAMPLES, trainer.settings.latent_dim, trainer.images.shape[1], trainer.labels, trainer.seed
        )
        images = trainer.images[self.known]
        # If images are mirrored while they train, the networks have seen both.
        self.seen = [thumbnails(each) for each in ((images, images[:, :, ::-1]) if trainer.batches.flip else (images,))]
        self.held_out_nearest = relative_distances(thumbnails(held_out.images[self.held_out]), self.seen)

    def check(self) -> Found:
        """Compare samples of the generator as it is now with the training images."""
        samples = np.concatenate([to_uint8(self.trainer.generator(some, training=False)) for some in self.inputs])
        found = memorisation(relative_distances(thumbnails(samples), self.seen), self.held_out_nearest)
        rate = found["near_copy_rate"].value
        # With few held-out images, the nearest hundredth is one image. Then the samples must be nearer as a whole, too.
        copies = at_least(found["near_copy_rate"]) > COPIES and at_least(found["data_copying_auc"]) > 0.5
        return Found(self.gap(samples), rate, copies)

    def gap(self, samples: np.ndarray) -> float:
        """The discriminator's gap. samples: uint8 (n, H, W, C)."""
        trainer, held_out = self.trainer, self.others
        if not trainer.objective.has_logits:
            return np.nan
        known, others = self.known[:REAL], self.held_out[:REAL]
        labels = trainer.labels
        train, unseen, fake = (
            trainer.objective.mean_logit(images, classes)
            for images, classes in (
                (trainer.images[known], None if labels is None else labels[known]),
                (held_out.images[others], None if labels is None else held_out.labels[others]),
                (samples, None if labels is None else np.concatenate([classes for _, classes in self.inputs])),
            )
        )
        return (train - unseen) / (train - fake) if train > fake else np.nan


def at_least(found: Estimate) -> float:
    """An estimate, less two of its standard errors."""
    return found.value - 2 * (found.uncertainty.value if found.uncertainty else 0.0)


def some_of(count: int, most: int, random: np.random.Generator) -> np.ndarray:
    """Indices of at most `most` of `count` images, chosen at random, in order: int64 (n,)."""
    return np.sort(random.permutation(count)[:most])


def thumbnails(images: np.ndarray) -> np.ndarray:
    """Images uint8 (n, S, S, C) reduced by averaging, with mean 0 and length 1: float32 (n, features).

    An image of one colour has length 0, and so is as far from every other.
    """
    count, side, _, channels = images.shape
    factor = max(1, side // THUMBNAIL)
    kept = side // factor * factor
    found = np.empty((count, (side // factor) ** 2 * channels), np.float32)
    for i, image in enumerate(images):  # one at a time: they may be on disk
        blocks = image[:kept, :kept].reshape(side // factor, factor, side // factor, factor, channels)
        found[i] = blocks.mean(axis=(1, 3), dtype=np.float32).ravel()
    found -= found.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    return np.where(lengths > FAINT * np.sqrt(found.shape[1]), found / np.maximum(lengths, 1e-6), 0.0)


def relative_distances(features: np.ndarray, seen: Sequence[np.ndarray]) -> np.ndarray:
    """The distance of each image to its nearest training image, as a fraction of the mean of those to its NEIGHBOURS
    nearest ones: float64 (n,) in 0..1.

    features: (n, d). seen: training images in one or several forms, (m, d) each; the nearest form counts.
    """
    found = np.empty(len(features))
    for start in range(0, len(features), BLOCK):
        some = slice(start, start + BLOCK)
        squares = np.min([_squared_distances(features[some], each) for each in seen], axis=0)  # (b, m)
        count = min(NEIGHBOURS, squares.shape[1])
        nearest = np.sqrt(np.partition(squares, count - 1, axis=1)[:, :count])
        means = nearest.mean(axis=1)
        found[some] = np.where(means > 0, nearest.min(axis=1) / np.where(means > 0, means, 1.0), 1.0)
    return found


def _squared_distances(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """float64 (n, m), at least 0."""
    one, other = one.astype(np.float64), other.astype(np.float64)
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)[None, :] - 2.0 * one @ other.T
    return np.maximum(squares, 0.0)


def sign(found: Found, earlier: Sequence[Check]) -> str:
    """The sign of overfitting that a check shows, a key of MESSAGES; "" if none. earlier: the checks before it.

    The first check, before the first step, shows none: samples of initial weights are one pale picture, with small
    variations, and if that is near a training image, so are all of them.
    """
    if not earlier:
        return ""
    if found.copies:
        return "copies"
    gaps = [*(check.gap for check in earlier), found.gap][-CHECKS:]
    return "discriminator" if len(gaps) == CHECKS and min(gaps) > GAP else ""


def summary(checks: Sequence[Check], per_epoch: float) -> list[dict[str, Any]]:
    """The entry `overfitting` of train.json: for each sign that was seen, when first, how far it went, and whether it
    was there at the end."""
    found = []
    for kind, column in (("copies", "near_copy_rate"), ("discriminator", "gap")):
        if shown := [check for check in checks if check.overfitting == kind]:
            found.append({
                "kind": kind,
                "first_step": shown[0].step,
                "first_epoch": shown[0].step / per_epoch,
                "most": max(getattr(check, column) for check in shown),
                "at_end": shown[-1].step == checks[-1].step,
            })  # fmt: skip
    return found
