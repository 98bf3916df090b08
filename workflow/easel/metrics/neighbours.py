"""Nearest neighbours among many points, in memory that does not grow with their number squared.

All distances are exact. The choice of the nearest or k-th point can only be wrong between points whose distances
differ by no more than the rounding of float64 products, at most 1e-6 of their distances from the centre of all.
"""

from collections.abc import Callable, Sequence

import numpy as np

from easel.metrics.arrays import blocks, checked, require_same_dimensions
from easel.metrics.distances import Tiles, squared_distances

Advance = Callable[[int], object]  # called with the number of points that were done since the last call

SPARE = 4  # candidates beyond the neighbours that are wanted, because float32 may order them differently


def nearest_neighbours(
    points: np.ndarray, among: np.ndarray, advance: Advance | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Each point's nearest neighbour among other points (m, d): distances float64 (n,) and indices int64 (n,).

    points: (n, d). advance: called with numbers of points that add up to n. Raises ValueError for points that are not
    finite.
    """
    points, among = checked(points, 1, "points"), checked(among, 1, "points to look among")
    require_same_dimensions(points, among)
    tiles, found = Tiles(points, among), _Lowest(len(points), 1 + SPARE)
    for rows in blocks(len(points)):
        _include_rows(tiles, rows, found)
        if advance:
            advance(rows.stop - rows.start)
    distances, indices = _settled(tiles, found, 1)
    return distances[:, 0], indices[:, 0]


def kth_distances(points: np.ndarray, ks: Sequence[int], advance: Advance | None = None) -> np.ndarray:
    """The distance of each point (n, d) to its k-th nearest other point, for each k: float64 (len(ks), n).

    Equal points are each other's nearest, at distance 0. advance: called with numbers of points that add up to n.
    Raises ValueError for fewer than k + 1 points and for points that are not finite.
    """
    if min(ks) < 1:
        raise ValueError(f"the nearest other point is number 1, found {min(ks)}")
    points = checked(points, max(ks) + 1, "points")
    n, tiles, found, reported = len(points), Tiles(points, points), _Lowest(len(points), max(ks) + SPARE), 0
    for rows in blocks(n):
        left = tiles.left(rows)
        for columns in blocks(n):
            if columns.start < rows.start:
                continue  # the mirrored tile has been included
            tile = left @ tiles.right(columns).T
            if columns == rows:
                np.fill_diagonal(tile, np.inf)
            else:
                found.update(columns, rows, tile.T)
            found.update(rows, columns, tile)
        if advance:  # what is left is a triangle
            done = round(n * (1.0 - ((n - rows.stop) / n) ** 2))
            advance(done - reported)
            reported = done
    distances, _ = _settled(tiles, found, max(ks), themselves=np.arange(n))
    return distances[:, np.asarray(ks) - 1].T


class _Lowest:
    """For each of n points, the k others with the lowest bounds so far."""

    def __init__(self, n: int, k: int):
        self.bounds = np.full((n, k), np.inf)
        self.indices = np.zeros((n, k), np.int64)

    def update(self, rows: slice, columns: slice, tile: np.ndarray) -> None:
        """Include a tile of bounds (rows, columns)."""
        bounds, indices = self.bounds[rows], self.indices[rows]
        k = bounds.shape[1]
        if np.isinf(bounds).any() and tile.shape[1] > k:  # the first tile fills all places
            candidates = np.argpartition(tile, k - 1, axis=1)[:, :k]
            point, number = np.repeat(np.arange(len(tile)), k), candidates.ravel()
        else:
            point, number = np.nonzero(tile < bounds.max(axis=1).astype(tile.dtype)[:, None])
        changed = np.unique(point)
        bound = np.concatenate([tile[point, number], bounds[changed].ravel()])
        index = np.concatenate([columns.start + number, indices[changed].ravel()])
        point = np.concatenate([point, np.repeat(changed, k)])
        order = np.lexsort((bound, point))
        # The first k of every changed point: each has at least k, because it brings those of before.
        starts = np.searchsorted(point[order], changed)
        kept = order[starts[:, None] + np.arange(k)]
        bounds[changed], indices[changed] = bound[kept], index[kept]


def _include_rows(tiles: Tiles, rows: slice, found: _Lowest, themselves: np.ndarray | None = None) -> None:
    """Include the bounds of some points of x to all of y, except to the points `themselves` (rows,) in y."""
    left = tiles.left(rows)
    for columns in blocks(len(tiles.y)):
        tile = left @ tiles.right(columns).T
        if themselves is not None:
            here = (themselves >= columns.start) & (themselves < columns.stop)
            tile[here, themselves[here] - columns.start] = np.inf
        found.update(rows, columns, tile)


def _settled(
    tiles: Tiles, found: _Lowest, k: int, themselves: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Distances and indices (n, k) of the k nearest, in order, from the points with the lowest bounds.

    All others are at least as far as the highest of these bounds. Where the k-th distance is farther than that, bounds
    are taken once more in float64, in which their slack is of the size of rounding.

    themselves: int64 (n,), which points of y the points of x are, if they are not their own neighbours.
    """
    squares, indices = _measured(tiles, found)
    unsettled = np.flatnonzero(squares[:, k - 1] > found.bounds[:, -1] * tiles.scale**2)
    for some in blocks(len(unsettled)):
        again = unsettled[some]
        precise = Tiles(tiles.x[again], tiles.y, np.float64)
        closer = _Lowest(len(again), k + SPARE)
        _include_rows(precise, slice(0, len(again)), closer, None if themselves is None else themselves[again])
        squares[again], indices[again] = _measured(precise, closer)
    return np.sqrt(squares[:, :k]), indices[:, :k]


def _measured(tiles: Tiles, found: _Lowest) -> tuple[np.ndarray, np.ndarray]:
    """Squared distances and indices (n, k) of the points with the lowest bounds, the nearest first."""
    n, k = found.indices.shape
    squares = squared_distances(tiles.x, tiles.y, np.repeat(np.arange(n), k), found.indices.ravel()).reshape(n, k)
    squares[np.isinf(found.bounds)] = np.inf  # there were fewer than k
    order = np.argsort(squares, axis=1, kind="stable")
    return np.take_along_axis(squares, order, axis=1), np.take_along_axis(found.indices, order, axis=1)
