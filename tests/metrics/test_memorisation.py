"""Memorisation: copies of training images are noticed, and new images are not."""

import numpy as np
import pytest

from easel.metrics import cells as metrics_cells
from easel.metrics.estimate import Bootstrap, DeLong
from easel.metrics.memorisation import memorisation
from easel.metrics.neighbours import nearest_neighbours


@pytest.fixture
def draw(random):
    """Images of a distribution, as features (n, 6)."""
    centres = 3.0 * random.normal(size=(5, 6))
    return lambda n: centres[random.integers(5, size=n)] + random.normal(size=(n, 6))


def judge(samples, held_out, train):
    return memorisation(nearest_neighbours(samples, train)[0], nearest_neighbours(held_out, train)[0])


def test_memorised_training_images_are_detected(draw, random):
    train = draw(1_000)
    samples = train[random.integers(1_000, size=500)] + 0.01 * random.normal(size=(500, 6))
    found = judge(samples, draw(500), train)
    assert found["data_copying_auc"].value > 0.99
    assert found["near_copy_rate"].value > 0.99


def test_exact_copies_are_detected_if_held_out_images_have_twins(draw):
    train, held_out = draw(1_000), draw(500)
    held_out[:10] = train[:10]  # 2 %
    assert judge(train[:400], held_out, train)["near_copy_rate"].value == 1.0
    assert judge(draw(400), held_out, train)["near_copy_rate"].value == 0.0


def test_a_tenth_of_copies_is_detected(draw):
    train, samples = draw(1_000), draw(500)
    samples[:50] = train[:50]
    found = judge(samples, draw(500), train)["near_copy_rate"]
    assert found.value == pytest.approx(0.11, abs=0.02)
    assert found.value - 5 * found.uncertainty.value > 0.01


def test_held_out_images_are_not_flagged(draw):
    train = draw(1_000)
    found = [judge(draw(400), draw(400), train) for _ in range(60)]
    for name, expected in (("data_copying_auc", 0.5), ("near_copy_rate", 0.01)):
        values = [each[name].value for each in found]
        assert np.mean(values) == pytest.approx(expected, abs=4 * np.std(values) / np.sqrt(60))
        assert np.mean([each[name].uncertainty.value for each in found]) == pytest.approx(np.std(values), rel=0.35)


def test_odd_samples_are_farther(draw):
    assert judge(draw(300) + 5.0, draw(300), draw(1_000))["data_copying_auc"].value < 0.1


def test_the_probability_is_that_of_all_pairs(random):
    """And its standard error that of the placements, by definition."""
    samples, held_out = random.integers(20, size=70).astype(float), random.integers(3, 25, size=50).astype(float)
    wins = (samples[:, None] < held_out) + 0.5 * (samples[:, None] == held_out)
    error = np.sqrt(wins.mean(axis=1).var(ddof=1) / 70 + wins.mean(axis=0).var(ddof=1) / 50)
    found = memorisation(samples, held_out)["data_copying_auc"]
    assert found == (pytest.approx(wins.mean(), rel=1e-12), DeLong(pytest.approx(error, rel=1e-12)))


def test_few_and_equal_distances_are_finite():
    found = memorisation(np.zeros(2), np.zeros(2))
    assert found["data_copying_auc"] == (0.5, DeLong(0.0))
    assert found["near_copy_rate"] == (1.0, Bootstrap(0.0, 200))


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.ones(1), r"distances of samples must be a list of at least 2, found shape \(1,\)"),
        (np.ones((3, 3)), "must be a list"),
        (np.array([1.0, np.nan]), "finite and at least 0"),
        (np.array([1.0, -1.0]), "finite and at least 0"),
    ],
)
def test_bad_distances_are_refused(samples, message):
    with pytest.raises(ValueError, match=message):
        memorisation(samples, np.ones(5))


@pytest.mark.parametrize("seed", range(3))
def test_typical_images_are_not_taken_for_copies(seed):
    """Of clusters of different spreads, unmemorised images of above-median density, the most typical there are.

    Cells take at least two fifths of their excess over 0.5 away; copies are found all the same.
    """
    random = np.random.default_rng(seed)
    centres, spreads = 4.0 * random.normal(size=(10, 6)), random.uniform(0.3, 2.0, size=10)

    def drawn(n):
        cluster, noise = random.integers(10, size=n), random.normal(size=(n, 6))
        density = -0.5 * (noise**2).sum(axis=1) - 6 * np.log(spreads[cluster])
        return centres[cluster] + spreads[cluster, None] * noise, density

    train, held_out = drawn(3_000)[0], drawn(1_000)[0]
    samples, density = drawn(2_000)
    typical = samples[density > np.median(density)]
    cells = metrics_cells.centres(train, len(held_out))

    def judged(images):
        return memorisation(
            nearest_neighbours(images, train)[0], nearest_neighbours(held_out, train)[0],
            metrics_cells.cells_of(images, cells), metrics_cells.cells_of(held_out, cells),
        )  # fmt: skip

    plain = judge(typical, held_out, train)["data_copying_auc"].value
    within = judged(typical)["data_copying_auc"]
    assert plain > 0.68
    assert within.value - 0.5 < 0.6 * (plain - 0.5)
    assert judged(typical)["near_copy_rate"].value < 0.03
    assert judged(samples)["data_copying_auc"].value == pytest.approx(0.5, abs=0.04)
    copies = judged(train[:300] + 0.01 * random.normal(size=(300, 6)))
    assert copies["data_copying_auc"].value > 0.99
    assert copies["near_copy_rate"].value > 0.9


def test_cells_are_weighted_by_their_held_out_images():
    """By hand: 1 in the first of two cells, 0 in the second, and a third that has too few."""
    near, far = np.full(10, 1.0), np.full(30, 2.0)
    samples = np.concatenate([near, far + 1.0, np.zeros(4)])
    held_out = np.concatenate([far, near, np.full(9, 5.0)])
    samples_cells = np.repeat([0, 1, 2], [10, 30, 4])
    held_out_cells = np.repeat([0, 1, 2], [30, 10, 9])
    found = memorisation(samples, held_out, samples_cells, held_out_cells)["data_copying_auc"]
    assert found == (pytest.approx(30 / 40), DeLong(0.0))
    few = memorisation(samples[:3], held_out, samples_cells[:3], held_out_cells)["data_copying_auc"]
    assert few.value == pytest.approx(np.mean(held_out > 1.0) + 0.5 * np.mean(held_out == 1.0))


def test_near_copies_are_near_by_the_scale_of_their_own_cell():
    """By hand: distances are about 1 in the first cell and about 100 in the second, and a copy has a tenth of that."""
    steps = np.linspace(0.9, 1.1, 99)
    held_out, held_out_cells = np.concatenate([steps, 100.0 * steps]), np.repeat([0, 1], 99)
    for cell, scale in ((0, 1.0), (1, 100.0)):
        copies, others = (np.full(50, share * scale) for share in (0.1, 0.95))
        for samples, rate in ((copies, 1.0), (others, 0.0)):
            found = memorisation(samples, held_out, np.full(50, cell), held_out_cells)["near_copy_rate"]
            assert found.value == rate
