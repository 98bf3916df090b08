"""The spread over seeds, as that of trainings and of samples."""

import numpy as np
import pytest

from easel.metrics.spread import spread


def test_components_of_one_run():
    """By hand: variances 4 over seeds and 1 of samples. χ² with 2 degrees of freedom: 7.377759 and 0.050636."""
    found = spread([[10.0, 12.0, 14.0]], [[1.0, 1.0, 1.0]])
    assert found[:3] == pytest.approx((2.0, 1.0, 3**0.5))
    assert found.share == pytest.approx(0.75)
    assert (found.low, found.high) == pytest.approx(((8 / 7.377759 - 1) ** 0.5, (8 / 0.05063562 - 1) ** 0.5), rel=1e-6)


def test_runs_are_averaged_around_their_own_means():
    """Variances 4 and 8, of samples 1 and 3. Runs that share seeds have no interval together."""
    found = spread([[10.0, 12.0, 14.0], [100.0, 104.0]], [[1.0] * 3, [3**0.5] * 2])
    assert found[:3] == pytest.approx((6**0.5, 2**0.5, 2.0))
    assert found.share == pytest.approx(4 / 6)
    assert np.isnan([found.low, found.high]).all()


def test_one_seed_tells_the_sampling_spread_only():
    found = spread([[10.0], [20.0]], [[3.0], [4.0]])
    assert found.sampling == pytest.approx(12.5**0.5)
    assert np.isnan([found.total, found.training, found.low, found.high, found.share]).all()


def test_a_run_with_one_seed_does_not_count_beside_one_with_several():
    several = spread([[10.0, 12.0, 14.0]], [[1.0] * 3])
    assert spread([[10.0, 12.0, 14.0], [90.0]], [[1.0] * 3, [5.0]]) == several


def test_trainings_vary_by_nothing_where_samples_explain_all():
    found = spread([[10.0, 10.1, 10.2]], [[1.0] * 3])
    assert (found.training, found.low, found.share) == (0.0, 0.0, 0.0)
    assert spread([[10.0, 10.5, 11.0]], [[1.0] * 3]).high > 0.0  # they may vary all the same
    equal = spread([[10.0, 10.0]], [[1.0, 1.0]])
    assert (equal.training, equal.high) == (0.0, 0.0)
    assert np.isnan(equal.share)


def test_without_standard_errors_only_the_total_is_known():
    found = spread([[10.0, 12.0, 14.0]], [[np.nan, 1.0, 1.0]])
    assert found.total == 2.0
    assert np.isnan(found[1:]).all()


@pytest.mark.parametrize(("seeds", "training"), [(3, 3.0), (5, 1.0), (10, 0.3)])
def test_intervals_hold_the_spread_of_trainings(random, seeds, training):
    """Of 1,000 runs whose samples vary by 1, which is known up to a bootstrap of 20 resamples."""
    held, found = [], []
    for _ in range(1_000):
        values = random.normal(size=seeds) * np.hypot(1.0, training)
        got = spread([values], [np.sqrt(random.chisquare(19, size=seeds) / 19)])
        held.append(got.low <= training <= got.high)
        found.append(got.total**2 - got.sampling**2)
    assert 0.93 <= np.mean(held) <= 0.97
    assert np.mean(found) == pytest.approx(training**2, abs=0.1 * (1.0 + training**2))
