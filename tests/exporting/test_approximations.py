"""The normal distribution by Chebyshev series, against SciPy."""

import numpy as np
import pytest
from scipy import special

from easel.exporting.approximations import erf, erfinv, upper_quantile, upper_share

ROUNDING = {"float64": 2e-15, "float32": 1e-6}


@pytest.mark.parametrize("dtype", ROUNDING)
def test_erf(dtype):
    x = np.linspace(-7, 7, 100_001).astype(dtype)
    np.testing.assert_allclose(np.asarray(erf(x)), special.erf(np.float64(x)), atol=ROUNDING[dtype], rtol=0)


@pytest.mark.parametrize("dtype", ROUNDING)
def test_erfinv(dtype):
    x = np.linspace(-1 + 1e-6, 1 - 1e-6, 100_001).astype(dtype)
    tolerance = {"float64": 1e-12, "float32": 2e-6}[dtype]
    np.testing.assert_allclose(np.asarray(erfinv(x)), special.erfinv(np.float64(x)), atol=tolerance, rtol=0)


@pytest.mark.parametrize("dtype", ROUNDING)
def test_shares_of_the_tail_are_right_in_every_digit(dtype):
    z = np.linspace(0, 7, 100_001).astype(dtype)
    tolerance = {"float64": 2e-14, "float32": 1e-5}[dtype]
    np.testing.assert_allclose(np.asarray(upper_share(z)), special.ndtr(-np.float64(z)), rtol=tolerance)


@pytest.mark.parametrize("dtype", ROUNDING)
def test_quantiles_of_the_tail(dtype):
    share = np.geomspace(1e-13, 0.5, 100_001).astype(dtype)
    tolerance = {"float64": 1e-12, "float32": 3e-6}[dtype]
    found = np.asarray(upper_quantile(share))
    np.testing.assert_allclose(found, -special.ndtri(np.float64(share)), atol=tolerance, rtol=0)


def test_the_result_has_the_type_of_the_numbers():
    for dtype in ROUNDING:
        assert np.asarray(erf(np.zeros(1, dtype))).dtype == dtype
        assert np.asarray(erfinv(np.zeros(1, dtype))).dtype == dtype
