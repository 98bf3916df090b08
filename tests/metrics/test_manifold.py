"""Precision, recall, density and coverage against other implementations, the definitions, and made-up failures."""

import itertools

import numpy as np
import pytest

from easel.metrics import manifold
from easel.metrics.manifold import prdc


def values(found):
    return {name: estimate.value for name, estimate in found.items()}


def by_definition(samples: np.ndarray, reference: np.ndarray, k_precision: int = 3, k_density: int = 5):
    """From all differences at once: exact for integers, ties and all."""

    def squares(x, y):
        return np.sum((x[:, None] - y[None]) ** 2, axis=2)

    def radii(points, k):
        among = squares(points, points).astype(float)
        np.fill_diagonal(among, np.inf)
        return np.sort(among, axis=1)[:, k - 1]

    across = squares(samples, reference)
    inside = across < radii(reference, k_density)
    return {
        "precision": (across <= radii(reference, k_precision)).any(axis=1).mean(),
        "recall": (across <= radii(samples, k_precision)[:, None]).any(axis=0).mean(),
        "density": inside.sum(axis=1).mean() / k_density,
        "coverage": inside.any(axis=0).mean(),
    }


def test_other_implementations(compared):
    """prdc counts strictly, torch-fidelity does not: here are no ties. torch-fidelity's means are float32."""
    samples, reference, expected = compared
    found = values(prdc(samples, reference))
    assert found == pytest.approx(expected["prdc"]["prdc"], rel=1e-14)
    theirs = expected["prdc"]["torch-fidelity"]
    assert {name: found[name] for name in theirs} == pytest.approx(theirs, rel=1e-7)


@pytest.mark.parametrize("unsure", [0.0, 0.02, 1.0], ids=["float64", "as it comes", "float32"])
@pytest.mark.usefixtures("small_blocks")
def test_ties_are_exact(unsure, random, monkeypatch):
    """On a lattice most distances occur many times, and samples that are real images lie on the rims of balls."""
    monkeypatch.setattr(manifold, "UNSURE", unsure)
    samples, reference = random.integers(4, size=(90, 5)), random.integers(4, size=(120, 5))
    samples[:20] = reference[:20]
    found = values(prdc(samples + 0.1, reference + 0.1))  # 0.1 is no binary fraction, the differences are whole still
    assert values(prdc(samples, reference)) == pytest.approx(by_definition(samples, reference), rel=1e-14)
    assert values(prdc(samples * 1.0, reference, 2, 7)) == pytest.approx(
        by_definition(samples, reference, 2, 7), rel=1e-14
    )
    assert found.keys() == {"precision", "recall", "density", "coverage"}


def test_copies_lie_on_rims():
    """Real images on a line, 1 apart; k = 1 lets every ball end at a neighbour. A copy is inside 3 balls with rims, of
    which precision needs one, and without rims inside its own alone."""
    reference = np.arange(5.0)[:, None]
    found = values(prdc(reference[1:4], reference, k_precision=1, k_density=1))
    assert found == {"precision": 1.0, "recall": 1.0, "density": 1.0, "coverage": pytest.approx(0.6)}


@pytest.mark.parametrize("kind", ["clusters", "heavy tails", "collapsed"])
@pytest.mark.usefixtures("small_blocks")
def test_the_definition_where_float32_would_fail(kind, random):
    reference = random.normal(size=(120, 12))
    samples = random.normal(size=(100, 12))
    if kind == "clusters":
        samples, reference = (
            1e-5 * each + 5.0 * random.integers(3, size=(len(each), 1)) for each in (samples, reference)
        )
    elif kind == "heavy tails":
        samples, reference = samples**7, reference**7
    else:
        samples = reference[0] + 1e-7 * samples
    assert values(prdc(samples, reference)) == pytest.approx(by_definition(samples, reference), rel=1e-14)


def test_mode_collapse_keeps_precision_and_loses_recall(random):
    """Ten modes, of which the generator draws one. With the two sets swapped it is the other way round."""
    centres = 10.0 * random.normal(size=(10, 8))
    reference = centres[np.arange(500) % 10] + random.normal(size=(500, 8))
    samples = centres[0] + 0.7 * random.normal(size=(500, 8))
    found = values(prdc(samples, reference))
    assert found["precision"] > 0.9
    assert found["recall"] < 0.15
    assert found["coverage"] < 0.15
    swapped = values(prdc(reference, samples))
    assert swapped["precision"] < 0.15
    assert swapped["recall"] > 0.9


def test_bad_but_varied_samples_lose_precision(random):
    reference, samples = random.normal(size=(400, 8)), 3.0 * random.normal(size=(400, 8))
    found = values(prdc(samples, reference))
    assert found["precision"] < 0.3
    assert found["recall"] > 0.8
    assert found["density"] < 0.2


def test_real_images_as_samples(random):
    first, second = random.normal(size=(2, 1_000, 6))
    found = prdc(first, second)
    assert found["density"].value == pytest.approx(1.0, abs=4 * found["density"].uncertainty.value)
    assert found["precision"].value == pytest.approx(found["recall"].value, abs=0.06)
    # Naeem et al. 2020, lemma 2: 1 - (n - 1)…(n - k) / (2n - 1)…(2n - k) for n of each.
    ratio = np.prod([(1_000 - i) / (2_000 - i) for i in range(1, 6)])
    assert found["coverage"].value == pytest.approx(1.0 - ratio, abs=0.02)


def test_uncertainties_are_standard_errors_of_means(random):
    samples, reference = random.normal(size=(300, 4)) + 0.5, random.normal(size=(200, 4))
    found = prdc(samples, reference)
    for name, n in (("precision", 300), ("recall", 200), ("coverage", 200)):
        share = found[name].value
        assert 0.0 < share < 1.0
        assert found[name].uncertainty.value == pytest.approx(np.sqrt(share * (1.0 - share) / (n - 1)), rel=1e-9)
    assert 0.0 < found["density"].uncertainty.value < 0.2


@pytest.mark.usefixtures("small_blocks")
def test_progress_adds_up(random):
    told = []
    prdc(random.normal(size=(100, 4)), random.normal(size=(80, 4)), advance=told.append)
    assert sum(told) == 2 * (100 + 80)
    assert min(told) >= 0


def test_one_image_repeated_is_finite(random):
    """Balls of no size: a copy is on the rim of one."""
    same, varied = np.full((30, 4), 0.3), random.normal(size=(30, 4))
    assert values(prdc(same, same)) == {"precision": 1.0, "recall": 1.0, "density": 0.0, "coverage": 0.0}
    for pair in itertools.permutations((same, varied)):
        assert all(np.isfinite([estimate.value, estimate.uncertainty.value]).all() for estimate in prdc(*pair).values())


def test_bad_input_is_refused(random):
    points = random.normal(size=(9, 4))
    with pytest.raises(ValueError, match="samples must be at least 4, found 3"):
        prdc(points[:3], points)
    with pytest.raises(ValueError, match="reference features must be at least 6, found 5"):
        prdc(points, points[:5])
    with pytest.raises(ValueError, match="4 and of 3 dimensions"):
        prdc(points, points[:, :3])
    with pytest.raises(ValueError, match="samples must be finite"):
        prdc(points * np.inf, points)
