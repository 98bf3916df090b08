"""The fitted mixture of a generator in 32 bits: LiteRT computes in no others.

A generator with a fitted prior begins with a network from N(0, 1) to the mixture (`easel.training.priors`). It takes
the share u = Φ(z) of the first latent number; the component is the one with c ≤ u < c + π, and its own number is
Φ⁻¹((u - c) / π). In 32 bits, u resolves neither its ends near 0 and 1 nor small differences. Therefore:

- the component is found by comparing z itself with the numbers at which it changes;
- shares are counted from the nearer end, of N(0, 1) and of the component;
- near an end a of the component, Φ(z) - Φ(a) is a series in d = z - a,

    Φ(a + d) - Φ(a) = φ(a) Σ (-1)ⁿ Heₙ(a) dⁿ⁺¹ / (n + 1)!,

  with Hermite polynomials He.
"""

from math import factorial

import keras
import numpy as np
from keras import layers, ops
from numpy.polynomial import HermiteE
from scipy.special import ndtr, ndtri

from easel.exporting.approximations import upper_quantile, upper_share
from easel.sampling.truncation import INTERVALS

TAIL = 1e-7
"""The share of a component at either end within which its number is clipped, as in `easel.training.priors`."""
NEAR = 0.1
"""Distance from an end up to which the series is taken."""
TERMS = 6
"""Terms of the series: enough for 32 bits."""
FAR = 1e4
"""A number beyond all latents."""


def in_32_bits(mixture: keras.Model, latents: keras.KerasTensor) -> keras.KerasTensor:
    """What a mixture makes of latents float32 (B, D): codes float32 (B, D). In place of a call of `mixture`."""
    intervals = mixture.get_layer(INTERVALS).get_weights()[0].astype(np.float64)
    z, count = latents[:, :1], len(intervals)
    past = ops.sum(ops.cast(beyond(changes(intervals))(z) > 0, "int32"), axis=1)
    component = ops.minimum(past, count - 1)
    own = within(z, constants(facts_of(intervals), "facts")(component))
    noise = ops.concatenate([own, latents[:, 1:]], axis=1)
    dimensions = mixture.output_shape[1]
    factor = ops.reshape(mixture.get_layer("factors")(component), (-1, dimensions, dimensions))
    coloured = ops.squeeze(ops.matmul(factor, ops.expand_dims(noise, -1)), -1)
    return mixture.get_layer("means")(component) + coloured


def changes(intervals: np.ndarray) -> np.ndarray:
    """The largest latent number of each component: float32 (components,)."""
    ends = np.minimum(intervals.sum(axis=1), 1.0)
    found = np.clip(ndtri(ends), -FAR, FAR).astype(np.float32)
    for _ in range(3):  # rounding may have moved a number into the next component
        found = np.where(ndtr(found.astype(np.float64)) > ends, np.nextafter(found, np.float32(-FAR)), found)
    return found


def facts_of(intervals: np.ndarray) -> np.ndarray:
    """Of each component c, c + π, 1 - c, 1 - c - π, 1 / π, and for either end a rounded to 32 bits, what rounding has
    lost, and the coefficients of the series, divided by π: float32 (components, 5 + 2 · (2 + TERMS))."""
    starts, shares = intervals.T
    ends = starts + shares
    columns = [starts, ends, 1 - starts, 1 - ends, 1 / shares]
    for share, sign in ((starts, 1.0), (ends, -1.0)):
        end = np.where((share > 0) & (share < 1), ndtri(np.clip(share, 1e-300, 1 - 1e-16)), -sign * FAR)
        rounded = end.astype(np.float32)
        density = np.exp(-0.5 * end**2) / np.sqrt(2 * np.pi) / shares
        columns += [rounded, end - rounded]
        for n in range(TERMS):
            hermite = HermiteE.basis(n)(end)
            columns.append(density * (-sign) ** n * hermite / factorial(n + 1))
    return np.stack(columns, axis=1).astype(np.float32)


def beyond(numbers: np.ndarray) -> layers.Dense:
    """A layer: z float32 (B, 1) to z - number, float32 (B, numbers), whose sign is exact."""
    layer = layers.Dense(len(numbers), dtype="float32", name="changes")
    layer.build((None, 1))
    layer.set_weights([np.ones((1, len(numbers)), np.float32), -numbers])
    return layer


def constants(values: np.ndarray, name: str) -> layers.Embedding:
    """A table of constants as a layer: indices int32 (B,) to rows float32 (B, columns)."""
    layer = layers.Embedding(*values.shape, dtype="float32", name=name)
    layer.build()
    layer.set_weights([values])
    return layer


def within(z: keras.KerasTensor, facts: keras.KerasTensor) -> keras.KerasTensor:
    """The component's own number, float32 (B, 1), of latent numbers z, float32 (B, 1). facts: rows of `facts_of`."""
    start, end, above_start, above_end, per_share = (facts[:, i : i + 1] for i in range(5))
    tail = upper_share(ops.abs(z))
    is_low = z <= 0
    lower = ops.where(is_low, tail - start, above_start - tail) * per_share
    upper = ops.where(is_low, end - tail, tail - above_end) * per_share
    lower = near_end(z, facts[:, 5 : 7 + TERMS], 1.0, lower)
    upper = near_end(z, facts[:, 7 + TERMS :], -1.0, upper)
    return ops.where(lower < upper, -upper_quantile(ops.maximum(lower, TAIL)), upper_quantile(ops.maximum(upper, TAIL)))


def near_end(
    z: keras.KerasTensor, facts: keras.KerasTensor, sign: float, otherwise: keras.KerasTensor
) -> keras.KerasTensor:
    """The component's share between its end and z where that is near, by the series; otherwise the share given."""
    distance = sign * ((z - facts[:, :1]) - facts[:, 1:2])
    d = ops.clip(distance, 0.0, NEAR)
    total = facts[:, 1 + TERMS : 2 + TERMS]
    for n in reversed(range(TERMS - 1)):
        total = facts[:, 2 + n : 3 + n] + d * total
    return ops.where(distance < NEAR, d * total, otherwise)
