"""Nearest neighbours against all distances at once."""

import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from easel.metrics import arrays
from easel.metrics.neighbours import kth_distances, nearest_neighbours


def pair(kind: str, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Points (150, 30) and (200, 30), such that float32 alone would get many wrong but of the first kind."""
    shapes = (150, 30), (200, 30)
    if kind == "plain":
        return tuple(random.normal(size=shape).astype(np.float32) for shape in shapes)
    if kind == "far from the origin":
        return tuple(1e5 + random.normal(size=shape) for shape in shapes)
    if kind == "narrow clusters":
        return tuple(5.0 * random.integers(3, size=(n, 1)) + 1e-5 * random.normal(size=(n, d)) for n, d in shapes)
    if kind == "collapsed":
        return 1.0 + 1e-9 * random.normal(size=shapes[0]), random.normal(size=shapes[1])
    return tuple(random.standard_t(1, size=shape) ** 3 for shape in shapes)


KINDS = ["plain", "far from the origin", "narrow clusters", "collapsed", "heavy tails"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("small_blocks")
def test_nearest(kind, random):
    points, among = pair(kind, random)
    distances, indices = nearest_neighbours(points, among)
    expected = cdist(points, among)
    assert distances.dtype == np.float64
    assert np.array_equal(indices, expected.argmin(axis=1))
    np.testing.assert_allclose(distances, expected.min(axis=1), rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("small_blocks")
def test_kth_distances(kind, random):
    points, _ = pair(kind, random)
    expected = cdist(points, points)
    np.fill_diagonal(expected, np.inf)
    expected.sort(axis=1)
    found = kth_distances(points, (5, 1, 3))
    assert found.shape == (3, len(points))
    np.testing.assert_allclose(found, expected[:, [4, 0, 2]].T, rtol=1e-12)


def test_equal_points_are_at_no_distance(random):
    """Exactly 0, which no difference of large squares would be."""
    points = 100.0 + random.normal(size=(50, 40))
    points[10:13] = points[9]
    found = kth_distances(points, (3, 4))
    assert np.array_equal(np.flatnonzero(found[0] == 0.0), [9, 10, 11, 12])
    assert found[1].min() > 0.0
    distances, indices = nearest_neighbours(points[::-1], points)
    assert not distances.any()
    assert np.array_equal(points[indices], points[::-1])


def test_one_image_repeated_is_finite():
    points = np.full((40, 8), 0.3)
    assert not kth_distances(points, (1, 5)).any()
    assert not nearest_neighbours(points, points)[0].any()


@pytest.mark.parametrize("n", [4, 6, 10])
def test_hardly_more_points_than_neighbours(n, random):
    points = random.normal(size=(n, 5))
    expected = np.sort(cdist(points, points), axis=1)[:, 3]
    np.testing.assert_allclose(kth_distances(points, (3,))[0], expected, rtol=1e-12)
    assert nearest_neighbours(points, points[:1])[1].tolist() == [0] * n


@pytest.mark.usefixtures("small_blocks")
def test_progress_adds_up(random):
    points = random.normal(size=(150, 4))
    for work in (
        lambda advance: nearest_neighbours(points, points[:50], advance),
        lambda advance: kth_distances(points, (2,), advance),
    ):
        told = []
        work(told.append)
        assert sum(told) == 150
        assert len(told) == 5
        assert min(told) >= 0


def test_memory_does_not_grow_with_the_number_of_pairs(random, monkeypatch):
    """3,000 points have 9 million distances: 36 MB in float32 alone."""
    monkeypatch.setattr(arrays, "ROWS", 250)
    points = random.normal(size=(3_000, 16)).astype(np.float32)
    tracemalloc.start()
    nearest_neighbours(points, points)
    kth_distances(points, (3, 5))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 9e6


def test_features_in_a_file(random, tmp_path):
    points = random.normal(size=(100, 6)).astype(np.float32)
    np.save(tmp_path / "features.npy", points)
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    assert np.array_equal(kth_distances(mapped, (2,)), kth_distances(points, (2,)))
    assert np.array_equal(nearest_neighbours(points[:9], mapped[9:])[0], nearest_neighbours(points[:9], points[9:])[0])


def test_bad_input_is_refused(random):
    points = random.normal(size=(5, 3))
    with pytest.raises(ValueError, match="points must be at least 6, found 5"):
        kth_distances(points, (3, 5))
    with pytest.raises(ValueError, match="number 1, found 0"):
        kth_distances(points, (0,))
    with pytest.raises(ValueError, match="3 and of 2 dimensions"):
        nearest_neighbours(points, points[:, :2])
    with pytest.raises(ValueError, match="points to look among must be at least 1, found 0"):
        nearest_neighbours(points, points[:0])
    with pytest.raises(ValueError, match="points must be finite"):
        nearest_neighbours(points * np.nan, points)
