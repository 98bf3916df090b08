"""The Fréchet distance: closed forms, other implementations, and sensitivity."""

import tracemalloc

import numpy as np
import pytest
from scipy.linalg import sqrtm
from scipy.ndimage import gaussian_filter
from scipy.stats import linregress

from easel.metrics import arrays
from easel.metrics.fid import _intercept, _Reference, bootstrap, distance_to, extrapolated, frechet_distance, statistics


def features(n: int, d: int, amplitude: float, drift: float) -> np.ndarray:
    """Features from sines alone, so that other implementations can be given the very same numbers."""
    waves = np.sin(1.0 + np.arange(n * d, dtype=np.float64).reshape(n, d) ** 1.5)
    return amplitude * waves + drift * np.cos(np.arange(n, dtype=np.float64) ** 1.3)[:, None] * np.linspace(-1, 1, d)


def distance(first: np.ndarray, second: np.ndarray) -> float:
    return frechet_distance(*statistics(first), *statistics(second))


def test_statistics_are_numpys(random):
    samples = random.normal(size=(30, 5)).astype(np.float32)
    mean, covariance = statistics(samples)
    assert mean.dtype == covariance.dtype == np.float64
    np.testing.assert_allclose(mean, samples.astype(np.float64).mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(covariance, np.cov(samples.astype(np.float64), rowvar=False), rtol=1e-12)


def test_covariance_is_unbiased(random):
    covariances = [statistics(random.normal(size=(3, 2)))[1] for _ in range(4_000)]
    np.testing.assert_allclose(np.mean(covariances, axis=0), np.eye(2), atol=0.06)


def test_statistics_refuse_one_sample_and_what_is_not_finite():
    with pytest.raises(ValueError, match="at least 2 samples, found 1"):
        statistics(np.zeros((1, 4)))
    with pytest.raises(ValueError, match="finite"):
        statistics(np.array([[0.0, 1.0], [np.nan, 1.0]]))


def test_statistics_a_block_at_a_time(random, small_blocks):
    samples = random.normal(size=(200, 5)).astype(np.float32)
    mean, covariance = statistics(samples)
    np.testing.assert_allclose(mean, samples.astype(np.float64).mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(covariance, np.cov(samples.astype(np.float64), rowvar=False), rtol=1e-12)


def test_features_are_never_all_in_float64(random, tmp_path, monkeypatch):
    """Here they would be 10 MB."""
    np.save(tmp_path / "features.npy", random.normal(size=(20_000, 64)).astype(np.float32))
    monkeypatch.setattr(arrays, "ROWS", 500)
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    tracemalloc.start()
    statistics(mapped)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2e6


# --- closed forms ----------------------------------------------------------------------------------------


def test_one_dimension():
    """(m₁ - m₂)² + (s₁ - s₂)²."""
    found = frechet_distance(np.array([1.0]), np.array([[4.0]]), np.array([-2.0]), np.array([[0.25]]))
    assert found == pytest.approx(3.0**2 + 1.5**2, rel=1e-14)


def test_diagonal_gaussians(random):
    """The sum of the one-dimensional distances."""
    means, deviations = random.normal(size=(2, 40)), random.uniform(0.1, 3.0, size=(2, 40))
    found = frechet_distance(means[0], np.diag(deviations[0] ** 2), means[1], np.diag(deviations[1] ** 2))
    expected = np.sum((means[0] - means[1]) ** 2) + np.sum((deviations[0] - deviations[1]) ** 2)
    assert found == pytest.approx(expected, rel=1e-12)


def test_a_shift_alone(random):
    mean, covariance = statistics(random.normal(size=(200, 20)))
    assert frechet_distance(mean, covariance, mean + 2.0, covariance) == pytest.approx(20 * 2.0**2, rel=1e-9)


def test_a_scaled_covariance(random):
    """Tr C (1 - s)² for covariances C and s² C."""
    mean, covariance = statistics(random.normal(size=(200, 20)))
    found = frechet_distance(mean, covariance, mean, 9.0 * covariance)
    assert found == pytest.approx(4.0 * np.trace(covariance), rel=1e-9)


def test_disjoint_subspaces():
    """Two singular covariances without a common direction: nothing overlaps, both traces count."""
    first, second = np.diag([1.0, 2.0, 0.0, 0.0]), np.diag([0.0, 0.0, 3.0, 4.0])
    assert frechet_distance(np.zeros(4), first, np.zeros(4), second) == pytest.approx(10.0, rel=1e-12)


def test_a_rotation_of_both_changes_nothing(random):
    first, second = random.normal(size=(100, 8)) * np.arange(1, 9), random.normal(size=(90, 8)) + 0.3
    rotation = np.linalg.qr(random.normal(size=(8, 8)))[0]
    assert distance(first @ rotation, second @ rotation) == pytest.approx(distance(first, second), rel=1e-9)


# --- other implementations -------------------------------------------------------------------------------


# pytorch-fid 0.3.0 and clean-fid 0.1.35 (they agree to the last digit) with NumPy 1.26.4 and SciPy 1.11.4.
# With fewer samples than dimensions they add 1e-6 to both diagonals; torch-fidelity 0.4.0, which does not,
# gives 8.290971958 there.
@pytest.mark.parametrize(
    ("first", "second", "expected", "tolerance"),
    [
        ((500, 16, 1.0, 0.5), (400, 16, 1.3, 0.2), 0.7315591463161795, 1e-10),
        ((40, 64, 1.0, 0.5), (50, 64, 1.3, 0.2), 8.29097215978517, 1e-6),
    ],
)
def test_other_implementations(first, second, expected, tolerance):
    assert distance(features(*first), features(*second)) == pytest.approx(expected, rel=tolerance)


def test_other_implementations_on_features_of_many_kinds(compared):
    """torch-fidelity takes general eigenvalues, clean-fid scipy.linalg.sqrtm. Where they differ is the square root of
    what is 0 but for rounding, and only singular covariances have that.
    """
    samples, reference, expected = compared
    tolerance = 1e-6 if len(samples) < samples.shape[1] else 1e-10
    for found in (distance(samples, reference), distance_to(samples, *statistics(reference))):
        for theirs in expected["fid"].values():
            assert found == pytest.approx(theirs, rel=tolerance)


def test_the_formula_with_a_general_matrix_square_root(random):
    first = random.normal(size=(300, 24)) @ random.normal(size=(24, 24))
    second = random.normal(size=(300, 24)) @ random.normal(size=(24, 24)) + 0.5
    (mean1, covariance1), (mean2, covariance2) = statistics(first), statistics(second)
    root = np.real(sqrtm(covariance1 @ covariance2))
    expected = np.sum((mean1 - mean2) ** 2) + np.trace(covariance1 + covariance2 - 2.0 * root)
    assert frechet_distance(mean1, covariance1, mean2, covariance2) == pytest.approx(expected, rel=1e-8)


# --- properties ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1_000, 12], ids=["full rank", "singular"])
def test_symmetric_and_zero_for_equals(random, n):
    first, second = random.normal(size=(n, 32)), random.normal(size=(n, 32)) * 1.5 + 0.2
    assert distance(first, second) == pytest.approx(distance(second, first), rel=1e-6)
    assert 0.0 <= distance(first, first) < 1e-5
    assert distance(first, second) > 1.0


def test_constant_samples_are_finite(random):
    """A generator that draws one image: no spread of its own, so all of the reference's spread counts."""
    reference = random.normal(size=(500, 16))
    _, covariance = statistics(reference)
    found = distance(np.broadcast_to(reference.mean(axis=0), (100, 16)), reference)
    assert found == pytest.approx(np.trace(covariance), rel=1e-9)


def test_rises_steadily_with_noise(random):
    reference, samples, noise = random.normal(size=(3, 4_000, 16))
    found = [distance(samples + scale * noise, reference) for scale in (0.0, 0.25, 0.5, 1.0, 2.0)]
    assert np.all(np.diff(found) > 0)


def test_a_dropped_mode_raises_it(random):
    centres = 4.0 * random.normal(size=(10, 16))
    images = centres[:, None] + random.normal(size=(10, 400, 16))  # (modes, samples, d)
    reference, samples = images[:, :200], images[:, 200:]
    found = [distance(samples[:kept].reshape(-1, 16), reference.reshape(-1, 16)) for kept in (10, 9, 7, 4, 1)]
    assert np.all(np.diff(found) > 0)
    assert found[1] > 10 * found[0]


@pytest.fixture
def photographs(random):
    """Draws pictures (n, 16, 16) of sharp bright spots on grey, and what a random layer makes of pictures (n, 40)."""
    layer = random.normal(size=(256, 40)) / 16.0

    def draw(n: int) -> np.ndarray:
        return random.random(size=(n, 16, 16)) ** 8

    return draw, lambda pictures: np.maximum(pictures.reshape(-1, 256) @ layer, 0.0)


def test_halves_of_real_images_have_a_low_fid(photographs):
    """The floor: what the bias of so many samples is. Noise of a tenth of the pixels' spread is well above it."""
    draw, features = photographs
    first, second, third = (draw(2_000) for _ in range(3))
    floor = distance(features(first), features(second))
    assert distance(features(first), features(third)) == pytest.approx(floor, rel=0.5)
    noisy = first + 0.1 * np.random.default_rng(1).normal(size=first.shape)
    assert distance(features(noisy), features(second)) > 2.0 * floor


def test_rises_steadily_with_blur(photographs):
    draw, features = photographs
    pictures, reference = draw(1_000), features(draw(1_000))
    blurred = [gaussian_filter(pictures, (0.0, sigma, sigma)) for sigma in (0.0, 0.3, 0.5, 1.0, 2.0)]
    assert np.all(np.diff([distance(features(each), reference) for each in blurred]) > 0)


def test_fewer_samples_read_higher(random):
    """The known bias, about C/n: ten times the samples leave about a tenth of it."""
    reference = statistics(random.normal(size=(200_000, 16)))
    few, many = (
        np.mean([frechet_distance(*statistics(random.normal(size=(n, 16))), *reference) for _ in range(10)])
        for n in (200, 2_000)
    )
    assert few / many == pytest.approx(10.0, rel=0.2)


# --- the bootstrap ---------------------------------------------------------------------------------------


def test_bootstrap_estimates_the_spread_between_samples(random):
    reference = statistics(random.normal(size=(50_000, 8)))
    draws = 0.5 + random.normal(size=(60, 1_000, 8))
    between = np.std([frechet_distance(*statistics(draw), *reference) for draw in draws], ddof=1)
    told = np.mean([bootstrap(draw, *reference) for draw in draws[:20]])
    assert told == pytest.approx(between, rel=0.3)


def test_bootstrap_is_the_same_each_time(random):
    samples, reference = random.normal(size=(300, 8)), statistics(random.normal(size=(300, 8)))
    assert bootstrap(samples, *reference) == bootstrap(samples, *reference) > 0.0
    assert bootstrap(samples, *reference, seed=1) != bootstrap(samples, *reference)


@pytest.fixture
def sizes(monkeypatch):
    """The numbers of samples whose distance is computed, in order."""
    found, to_samples = [], _Reference.to_samples
    monkeypatch.setattr(_Reference, "to_samples", lambda self, x: found.append(len(x)) or to_samples(self, x))
    return found


def test_bootstrap_resamples_have_as_many_samples(random, sizes):
    bootstrap(random.normal(size=(30, 4)), np.zeros(4), np.eye(4), resamples=5)
    assert sizes == [30] * 5


def test_bootstrap_of_fewer_samples_than_dimensions(random):
    reference = statistics(random.normal(size=(2_000, 60)))
    assert 0.0 < bootstrap(random.normal(size=(40, 60)), *reference) < 5.0


# --- endlessly many samples ------------------------------------------------------------------------------


@pytest.fixture
def wide():
    """The reference, N(0, 1) in 16 dimensions, and what a distribution of deviation 1.2 around 0.1 has as distance."""
    return (np.zeros(16), np.eye(16)), 16 * (0.1**2 + 0.2**2)


def test_extrapolated_has_no_bias(random, wide):
    reference, true = wide
    draws = 0.1 + 1.2 * random.normal(size=(80, 600, 16))
    found = np.array([extrapolated(draw, *reference).value for draw in draws])
    plain = np.mean([distance_to(draw, *reference) for draw in draws])
    assert abs(found.mean() - true) < 4 * found.std() / np.sqrt(80)
    assert plain - true > 10 * abs(found.mean() - true)


def test_extrapolated_estimates_its_spread_between_samples(random, wide):
    """With the spread that the draw of the samples itself has; the regression alone knows about half."""
    reference, _ = wide
    draws = 0.1 + 1.2 * random.normal(size=(60, 600, 16))
    between = np.std([extrapolated(draw, *reference).value for draw in draws])
    spread = np.std([distance_to(draw, *reference) for draw in draws])
    found = [extrapolated(draw, *reference, spread=spread) for draw in draws[:30]]
    assert np.mean([each.uncertainty.value for each in found]) == pytest.approx(between, rel=0.3)
    assert (found[0].uncertainty.kind, found[0].uncertainty.sizes) == ("intercept_error_and_bootstrap", 15)
    assert np.mean([extrapolated(draw, *reference).uncertainty.value for draw in draws[:30]]) < 0.75 * between


@pytest.mark.parametrize(
    ("n", "d", "smallest"),
    [(1_000, 4, 100), (200, 16, 64), (100, 16, 50), (3, 8, 2)],
    ids=["a tenth", "four times the dimensions", "half, below eight times the dimensions", "the fewest there can be"],
)
def test_extrapolated_takes_even_steps_from_the_smallest_size_to_all(random, sizes, n, d, smallest):
    extrapolated(random.normal(size=(n, d)), np.zeros(d), np.eye(d))
    assert sizes == sorted({int(size) for size in np.linspace(smallest, n, 15)})


def test_extrapolated_of_few_samples_is_finite(random):
    reference = statistics(random.normal(size=(300, 8)))
    for features in (random.normal(size=(20, 8)), np.zeros((20, 8))):
        found = extrapolated(features, *reference)
        assert np.isfinite([found.value, found.uncertainty.value]).all()
        assert found.uncertainty.kind == "intercept_error"
    found = extrapolated(random.normal(size=(3, 8)), *reference)
    assert np.isfinite(found.value)
    assert found.uncertainty is None
    with pytest.raises(ValueError, match="at least 3, found 2"):
        extrapolated(random.normal(size=(2, 8)), *reference)


def test_extrapolated_is_the_same_each_time(random, wide):
    samples = random.normal(size=(300, 16))
    assert extrapolated(samples, *wide[0]) == extrapolated(samples, *wide[0])
    assert extrapolated(samples, *wide[0], seed=1) != extrapolated(samples, *wide[0])


def test_the_line_is_scipys(random):
    x, y = random.normal(size=(2, 9))
    line = linregress(x, y)
    assert _intercept(x, y) == pytest.approx((line.intercept, line.intercept_stderr), rel=1e-12)
