"""Euclidean distances between many points: lower bounds for all pairs, exact distances for some.

Most of n × m distances need only be known to be too large, and float32 products, twice as fast as float64, suffice for
that. A tile of the matrix holds lower bounds of squared distances, with a known maximal `slack`; `squared_distances`
settles the pairs for which the bounds leave a question open. No decision is left to float32.
"""

import numpy as np

from easel.metrics.arrays import blocks


class Tiles:
    """Lower bounds of the squared distances between points x (n, d) and y (m, d), in tiles.

    Points are centred and divided by their largest distance from the centre, `scale`, because rounding grows with the
    distance from the origin, and squares of large numbers would overflow. Bounds and slack are of such points.

    A tile is one matrix product, with the squares as further factors:

        [x, |x|², 1] · [-2y, 1, |y|²] = |x|² + |y|² - 2 x·y = |x - y|²

    A product of d + 2 factors in a precision ε is wrong by at most (d + 2) ε / 2 times the sum of its terms' absolute
    values (Higham 2002, section 3.1), here 2 (|x|² + |y|²) at most; rounding of the factors adds less than 2 ε of it.
    With c = (d + 8) ε, to be safe, and the squares multiplied by 1 - c, the result is below the true value, by
    2c (|x|² + |y|²) at most.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray, dtype: type = np.float32):
        self.x, self.y, self.dtype = x, y, dtype
        self.centre, self.scale = _centre(y), 1.0
        self.scale = float(np.sqrt(max(self._squares(each).max() for each in (x, y)))) or 1.0
        self.x_squares = self._squares(x)
        self.y_squares = self.x_squares if x is y else self._squares(y)
        self.c = (x.shape[1] + 8) * float(np.finfo(dtype).eps)

    def left(self, rows: slice) -> np.ndarray:
        """The left factor of a tile, of points of x: (rows, d + 2)."""
        squares = (1.0 - self.c) * self.x_squares[rows]
        return self._factors(self._moved(self.x[rows]), squares, np.ones_like(squares))

    def right(self, columns: slice) -> np.ndarray:
        """The right factor, of points of y: (columns, d + 2). A tile is left(rows) @ right(columns).T."""
        squares = (1.0 - self.c) * self.y_squares[columns]
        return self._factors(-2.0 * self._moved(self.y[columns]), np.ones_like(squares), squares)

    def slack(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The largest difference between the squared distances of pairs of points, by index, and their lower bounds."""
        return 2.0 * self.c * (self.x_squares[rows] + self.y_squares[columns])

    def _moved(self, points: np.ndarray) -> np.ndarray:
        moved = points - self.centre
        moved /= self.scale
        return moved

    def _squares(self, points: np.ndarray) -> np.ndarray:
        """Squared norms of the centred and scaled points: float64 (n,)."""
        parts = (self._moved(points[rows]) for rows in blocks(len(points)))
        return np.concatenate([np.einsum("ij,ij->i", part, part) for part in parts])

    def _factors(self, points: np.ndarray, *columns: np.ndarray) -> np.ndarray:
        factors = np.empty((len(points), points.shape[1] + 2), self.dtype)
        factors[:, :-2], factors[:, -2], factors[:, -1] = points, *columns
        return factors


def _centre(points: np.ndarray) -> np.ndarray:
    """The centre of points (n, d): float64 (d,). The median of some, because a mean would follow a single outlier."""
    return np.median(points[:: max(len(points) // 500, 1)].astype(np.float64), axis=0)


def squared_distances(x: np.ndarray, y: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Squared distances of pairs of points of x (n, d) and y (m, d), by index: float64 (pairs,).

    They are of differences in float64, so that equal points have a distance of 0.
    """
    found = np.empty(len(rows))
    for pairs in blocks(len(rows), 1024):
        differences = x[rows[pairs]].astype(np.float64)
        differences -= y[columns[pairs]]
        differences *= differences
        found[pairs] = differences.sum(axis=1)
    return found
