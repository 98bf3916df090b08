"""Cells of feature space."""

import numpy as np
import pytest

from easel.metrics.cells import cells_of, centres


@pytest.mark.parametrize(("held_out", "count"), [(10, 1), (39, 1), (40, 2), (400, 20), (100_000, 50)])
def test_as_many_cells_as_held_out_images_fill(held_out, count, random):
    features = random.normal(size=(300, 4)).astype(np.float32)
    assert centres(features, held_out).shape == (count, 4)
    np.testing.assert_array_equal(centres(features, held_out), centres(features, held_out))


def test_clusters_are_cells(random):
    features = np.repeat([[0.0, 0.0], [50.0, 0.0]], 100, axis=0) + random.normal(size=(200, 2))
    found = cells_of(features, centres(features, 40))
    assert len(set(found[:100])) == len(set(found[100:])) == 1
    assert found[0] != found[-1]


def test_equal_features_have_cells_too():
    features = np.full((60, 3), 2.0)
    assert cells_of(features, centres(features, 400)).shape == (60,)
