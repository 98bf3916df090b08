"""Bounds of distances."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from easel.metrics.distances import Tiles, squared_distances


def points(kind: str, random: np.random.Generator) -> np.ndarray:
    """Points (60, 20) that are hard on products: close together, far from the origin, of very different sizes."""
    drawn = random.normal(size=(60, 20))
    return {
        "plain": drawn,
        "far from the origin": 1e6 + drawn,
        "close together": 1e-5 * drawn + random.integers(3, size=(60, 1)),
        "heavy tails": drawn**7,
        "huge": 1e30 * drawn,
        "tiny": 1e-30 * drawn,
        "all the same": np.full((60, 20), 0.1),
    }[kind]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "kind", ["plain", "far from the origin", "close together", "heavy tails", "huge", "tiny", "all the same"]
)
def test_bounds_are_below_by_no_more_than_their_slack(kind, dtype, random):
    x, y = points(kind, random), points(kind, random)[:50]
    tiles = Tiles(x, y, dtype)
    bounds = (tiles.left(slice(5, 60)) @ tiles.right(slice(0, 50)).T).astype(np.float64)
    true = (cdist(x[5:], y) / tiles.scale) ** 2
    slack = tiles.slack(np.arange(5, 60)[:, None], np.arange(50))
    assert np.all(bounds <= true)
    assert np.all(true <= bounds + slack)


def test_slack_is_small(random):
    """Or everything would be taken twice."""
    tiles = Tiles(random.normal(size=(50, 64)), random.normal(size=(50, 64)))
    assert tiles.slack(np.arange(50), np.arange(50)).max() < 1e-4


def test_distances_of_pairs(random):
    x, y = random.normal(size=(50, 7)).astype(np.float32), random.normal(size=(40, 7)).astype(np.float32)
    rows, columns = np.divmod(np.arange(2_000), 40)
    np.testing.assert_allclose(squared_distances(x, y, rows, columns), cdist(x, y, "sqeuclidean").ravel(), rtol=1e-13)
    assert np.array_equal(squared_distances(x, y, rows, columns), squared_distances(y, x, columns, rows))
    assert not squared_distances(x, x, rows, rows).any()
