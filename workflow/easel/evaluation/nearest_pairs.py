"""Samples next to their nearest training images, which shows memorised ones."""

from typing import Any

import numpy as np

from easel.evaluation.rows import Nearest
from easel.images import grid

PAIRS = 20
COLUMNS = 10


def most_suspicious(found: Nearest, held_out: np.ndarray, pairs: int = PAIRS) -> list[dict[str, Any]]:
    """The samples closest to a training image, closest first, and only the closest one of each training image.

    held_out: (m,) distances of held-out images to their nearest training images. `nearer_than_held_out` is the
    fraction of them that are farther away: 1 means that no held-out image is as close.
    """
    order = np.argsort(found.distances, kind="stable")
    _, first = np.unique(found.indices[order], return_index=True)
    chosen = order[np.sort(first)][:pairs]
    return [
        {
            "sample": int(sample),
            "training_image": int(found.indices[sample]),
            "distance": float(found.distances[sample]),
            "nearer_than_held_out": float(np.mean(held_out > found.distances[sample])),
        }
        for sample in chosen
    ]


def picture(pairs: list[dict[str, Any]], samples: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Pairs as a uint8 picture (H', W', 3): a row of samples, below it their nearest training images, and so on.

    samples, train: uint8 (n, H, W, 3).
    """
    starts = range(0, len(pairs), COLUMNS)
    shown = [
        images[pair[key]]
        for start in starts
        for images, key in ((samples, "sample"), (train, "training_image"))
        for pair in pairs[start : start + COLUMNS]
    ]
    if len(pairs) % COLUMNS and len(pairs) > COLUMNS:  # fill up the last two rows, so that pairs stay together
        gap = np.full_like(samples[0], 255)
        rest = len(pairs) % COLUMNS
        shown[-rest:-rest] = [gap] * (COLUMNS - rest)
    return grid(np.stack(shown), columns=min(COLUMNS, len(pairs)))
