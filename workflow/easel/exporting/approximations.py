"""The normal distribution in the operations that every format has: arithmetic, exp, log and square roots.

Neither ONNX Runtime nor LiteRT has the error function and its inverse in 64 bits. The functions here are Chebyshev
series, fitted when a network is exported; the tests compare them with SciPy's.
"""

from collections.abc import Callable
from functools import cache
from math import log, sqrt

import keras
import numpy as np
from keras import ops
from numpy.polynomial import Chebyshev
from scipy.special import erfcx, ndtri

DEGREES = {"float64": 32, "float32": 16}
"""The degree of a series whose error is below the rounding of the type."""
SMALLEST = 1e-15
"""The smallest share that has a quantile; a smaller one gets the same."""


def erf(x: keras.KerasTensor) -> keras.KerasTensor:
    """The error function of numbers, in their type."""
    return ops.sign(x) * (1.0 - 2.0 * upper_share(2**0.5 * ops.abs(x)))


def erfinv(x: keras.KerasTensor) -> keras.KerasTensor:
    """The inverse of the error function, of numbers within ±1, in their type."""
    return ops.sign(x) * upper_quantile(0.5 * (1.0 - ops.abs(x))) / 2**0.5


def upper_share(z: keras.KerasTensor) -> keras.KerasTensor:
    """The share of N(0, 1) above each number of at least 0, to full relative precision."""
    x = z / 2**0.5
    t = 2.0 / (2.0 + x)
    return 0.5 * t * ops.exp(-x * x + series(tail_of, (0.0, 1.0), 2.0 * t - 1.0))


def upper_quantile(share: keras.KerasTensor) -> keras.KerasTensor:
    """The number of at least 0 above which there is each share, up to 1/2, of N(0, 1)."""
    low, high = (sqrt(-2 * log(end)) for end in (0.5, SMALLEST))
    w = ops.sqrt(-2.0 * ops.log(ops.clip(share, SMALLEST, 0.5)))
    return series(quantile_of, (low, high), (2.0 * w - (low + high)) / (high - low))


def series(
    function: Callable[[np.ndarray], np.ndarray], domain: tuple[float, float], x: keras.KerasTensor
) -> keras.KerasTensor:
    """The Chebyshev series of a function on its domain, at x, which is the domain's variable mapped to -1..1."""
    first, *rest = coefficients(function, domain, DEGREES[keras.backend.standardize_dtype(x.dtype)])
    last = before = ops.zeros_like(x)  # Clenshaw's recurrence
    for coefficient in reversed(rest):
        last, before = coefficient + 2.0 * x * last - before, last
    return first + x * last - before


@cache
def coefficients(
    function: Callable[[np.ndarray], np.ndarray], domain: tuple[float, float], degree: int
) -> tuple[float, ...]:
    """The coefficients of a function's Chebyshev series."""
    return tuple(map(float, Chebyshev.interpolate(function, degree, domain).coef))


def tail_of(t: np.ndarray) -> np.ndarray:
    """log(erfc(x) exp(x²) / t) with t = 2 / (2 + x): smooth for t in 0..1, that is for all x of at least 0."""
    t = np.maximum(t, 1e-12)
    return np.log(erfcx(2 / t - 2) / t)


def quantile_of(w: np.ndarray) -> np.ndarray:
    """-Φ⁻¹(exp(-w² / 2)), which is smooth for all shares up to 1/2."""
    return -ndtri(np.exp(-0.5 * w * w))
