"""A VQ-VAE's codes as latents from N(0, 1), one dimension for each position of the grid, and back.

The code at a position is the quantile u = Φ(z) of the prior's distribution given the earlier codes (inverse transform
sampling). So each code has an interval of z; the latents of an image are the medians of its codes' intervals. The
networks consist of Keras's own layers and operations, so that they load without Easel.
"""

from math import isqrt

import keras
from keras import layers, ops

from easel.training.priors import normal_cdf, normal_quantile

UNIFORM = 1e-5
"""The share of a uniform distribution mixed into the prior, so that no interval is too narrow for float32. It puts a
random code into one of 1,500 images of 64 codes."""


def generator(prior: keras.Model, codebook: keras.Model, decoder: keras.Model) -> keras.Model:
    """Latents float32 (B, P) to images float32 (B, H, W, C) in -1..1: the prior's layers unrolled over positions."""
    positions, codes = prior.output_shape[1:]
    side = isqrt(positions)
    latents = keras.Input((positions,), name="latents")
    u = normal_cdf(latents)
    step = one_position(prior)
    border = ops.full_like(latents[:, 0], codes, dtype="int32")
    state = ops.tile(ops.zeros_like(latents[:, :1]), (1, step.output_shape[1][1]))
    chosen: list[keras.KerasTensor] = []
    for i in range(positions):
        left = chosen[i - 1] if i else border
        above = chosen[i - side] if i >= side else border
        code, state = step([left, above, ops.full_like(border, i), u[:, i], state])
        chosen.append(code)
    return keras.Model(latents, decoder(codebook(ops.stack(chosen, axis=1))), name="generator")


def one_position(prior: keras.Model) -> keras.Model:
    """Sample the code of one position: [left, above, position int32 (B,), u float64 (B,), state float32 (B, S)] to
    [code int32 (B,), state float32 (B, S)]."""
    layer = prior.get_layer
    cell = layer("memory").cell
    seen = [keras.Input((), dtype="int32", name=f"{name}_input") for name in ("left", "above", "position")]
    u = keras.Input((), dtype="float64", name="u")
    state = keras.Input((cell.units,), name="state")
    x = layers.Add()([layer(name)(code) for name, code in zip(("left", "above", "position"), seen, strict=True)])
    x, (after,) = cell(x, [state])
    ends = ops.cumsum(probabilities(layer("logits")(x)), axis=1)
    code = ops.sum(ops.cast(ends[:, :-1] < u[:, None], "int32"), axis=1)
    return keras.Model([*seen, u, state], [code, after], name="one_position")


def encoder(encoder: keras.Model, codebook: keras.Model, prior: keras.Model) -> keras.Model:
    """Images float32 (B, H, W, C) in -1..1 to a list: latents float32 (B, P), and codes int32 (B, P)."""
    images = keras.Input(encoder.input_shape[1:], name="images")
    entries = codebook.get_weights()[0]
    nearness = layers.Dense(len(entries), dtype="float32", name="nearness")  # z·e - |e|² / 2
    chosen = ops.argmax(nearness(encoder(images)), axis=2)
    nearness.set_weights([entries.T, -0.5 * (entries**2).sum(axis=1)])
    mass = probabilities(prior(chosen))
    medians = ops.cumsum(mass, axis=2) - 0.5 * mass
    median = ops.squeeze(ops.take_along_axis(medians, chosen[:, :, None], axis=2), 2)
    return keras.Model(images, [normal_quantile(median), chosen], name="encoder")


def probabilities(logits: keras.KerasTensor) -> keras.KerasTensor:
    """The probabilities of codes, float64 (..., K), because they are summed up. logits: (..., K) in any precision."""
    codes = logits.shape[-1]
    return (1.0 - UNIFORM) * ops.softmax(ops.cast(logits, "float64"), axis=-1) + UNIFORM / codes
