"""Improved precision and recall (Kynkäänniemi et al. 2019, arXiv 1904.06991), density and coverage (Naeem et al. 2020,
arXiv 2002.09797).

The manifold of a set of images is the union of balls around them; each reaches to its image's k-th nearest neighbour
in the set.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from easel.metrics.arrays import blocks, checked, require_same_dimensions
from easel.metrics.distances import Tiles, squared_distances
from easel.metrics.estimate import Estimate, StandardError
from easel.metrics.neighbours import Advance, kth_distances

UNSURE = 0.02  # fraction of a tile's pairs that float32 may leave open; with more, float64 is faster


def prdc(
    samples: np.ndarray,  # (n, d)
    reference: np.ndarray,  # (m, d): real images
    k_precision: int = 3,
    k_density: int = 5,
    advance: Advance | None = None,
) -> dict[str, Estimate]:
    """Precision, recall, density and coverage.

    precision: the fraction of samples inside a ball of a real image, boundaries included. Quality of the samples.
    recall: the fraction of real images inside a ball of a sample, boundaries included. Variety of the samples.
    density: the number of balls of real images that a sample is inside of, boundaries excluded, divided by k_density:
        about 1 for real images, and not limited to 1.
    coverage: the fraction of real images with a sample inside their ball, boundaries excluded.

    Balls reach to the k_precision-th neighbour for precision and recall and to the k_density-th for the others. All
    four depend on n and m: compare at equal numbers only. Uncertainties are standard errors of the mean over the images
    that are averaged; the balls are taken as they are.

    advance: called with numbers of images that add up to 2 (n + m). Raises ValueError for fewer images than
    k + 1 and for features that are not finite.
    """
    samples = checked(samples, k_precision + 1, "samples")
    reference = checked(reference, max(k_precision, k_density) + 1, "reference features")
    require_same_dimensions(samples, reference)
    n, m = len(samples), len(reference)
    near, wide = kth_distances(reference, (k_precision, k_density), advance)
    radii = _Radii(kth_distances(samples, (k_precision,), advance)[0], near, wide)
    balls, precise = np.zeros(n), np.zeros(n, bool)
    recalled, covered = np.zeros(m, bool), np.zeros(m, bool)
    reported = 0
    for done, sample, image, distance in _close_pairs(samples, reference, radii):
        precise[sample[distance <= radii.near[image]]] = True
        recalled[image[distance <= radii.own[sample]]] = True
        inside = distance < radii.wide[image]
        balls += np.bincount(sample[inside], minlength=n)
        covered[image[inside]] = True
        if advance:
            advance(round(done * (n + m)) - reported)
            reported = round(done * (n + m))
    averaged = {"precision": precise, "recall": recalled, "density": balls / k_density, "coverage": covered}
    return {name: _mean(values) for name, values in averaged.items()}


class _Radii(NamedTuple):
    """Radii of the balls: around samples (n,), and the smaller and larger ones around real images (m,)."""

    own: np.ndarray
    near: np.ndarray
    wide: np.ndarray


def _close_pairs(
    samples: np.ndarray, reference: np.ndarray, radii: _Radii
) -> Iterator[tuple[float, np.ndarray, np.ndarray, np.ndarray]]:
    """Pairs that may be inside each other's balls, tile by tile: the fraction of all pairs that is done, and indices of
    samples, indices of real images, and distances, which are on the same side of all three radii as the exact ones.
    """
    coarse, fine = Tiles(samples, reference), None
    n, m = len(samples), len(reference)
    for rows in blocks(n):
        left = coarse.left(rows)
        for columns in blocks(m):
            sample, image, bound, unsure = _candidates(coarse, left, rows, columns, radii)
            if np.count_nonzero(unsure) > UNSURE * len(left) * (columns.stop - columns.start):
                fine = fine or Tiles(samples, reference, np.float64)
                sample, image, bound, unsure = _candidates(fine, fine.left(rows), rows, columns, radii)
            distance = np.sqrt(np.maximum(bound, 0.0, dtype=np.float64)) * coarse.scale
            distance[unsure] = np.sqrt(squared_distances(samples, reference, sample[unsure], image[unsure]))
            done = (rows.start * m + (rows.stop - rows.start) * columns.stop) / (n * m)
            yield done, sample, image, distance


def _candidates(
    tiles: Tiles, left: np.ndarray, rows: slice, columns: slice, radii: _Radii
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The pairs of a tile whose bound is within a radius: samples, real images, bounds, and whether the bounds leave
    open on which side of a radius the distance is.
    """
    own, near, wide = (np.square(each / tiles.scale) for each in radii)
    tile = left @ tiles.right(columns).T
    # As float32 where the tile is, or a copy of it would be made: rounded up, so that no pair is missed.
    reach, own_reach = (
        np.nextafter(each.astype(tile.dtype), tile.dtype.type(np.inf)) for each in (np.maximum(near, wide), own)
    )
    close = tile <= reach[columns]
    close |= tile <= own_reach[rows, None]
    sample, image = np.nonzero(close)
    bound = tile[sample, image]
    sample += rows.start
    image += columns.start
    highest = bound + tiles.slack(sample, image)
    unsure = np.zeros(len(sample), bool)
    for radius in (own[sample], near[image], wide[image]):
        unsure |= (bound <= radius) & (radius <= highest)
    return sample, image, bound, unsure


def _mean(values: np.ndarray) -> Estimate:
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return Estimate(float(np.mean(values)), StandardError(float(error)))
