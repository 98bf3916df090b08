"""The steps of each kind of layer, and the merging of steps that need not be apart."""

from collections.abc import Callable
from itertools import product
from typing import Any

import keras
import numpy as np

from easel.player.plan import Linear, Shape, Step, Unplayable
from easel.sampling.truncation import INTERVALS

Builder = Callable[[Any, list[Shape], Shape], Step | None]
"""A function of a layer, its inputs' shapes and its output's: a step without numbers of values, or None for a layer
that only names or shapes what it is given."""

ALIASES = ("Reshape", "Flatten", "Dropout")


def step(op: str, shape: Shape, settings: dict[str, Any] | None = None, **weights: np.ndarray) -> Step:
    """A step whose values are not numbered yet."""
    return Step(
        op, [], -1, shape, settings or {}, {name: np.asarray(each, np.float32) for name, each in weights.items()}
    )


def builder_of(layer: Any) -> Builder:
    """The function that makes a layer's step. Raises Unplayable for a kind of layer that is not known."""
    found = BUILDERS.get(type(layer).__name__)
    if found is None:
        raise refusal(layer)
    return found


def refusal(layer: Any) -> Unplayable:
    """The error of a layer that cannot be played, or not with its settings."""
    return Unplayable(layer.name, type(layer).__name__)


def require(layer: Any, is_known: bool) -> None:
    """Refuse a layer with settings that no step has."""
    if not is_known:
        raise refusal(layer)


# --- sums ----------------------------------------------------------------------------------------------


def dense(layer: keras.layers.Dense, inputs: list[Shape], output: Shape) -> Step:
    *positions, channels = inputs[0]
    count = int(np.prod(positions, dtype=int))
    return linear(
        layer, layer.kernel, Linear((count, 1, channels), (count, 1, layer.units), 1, 1, one_phase([(0, 0)])), output
    )


def conv(layer: keras.layers.Conv2D, inputs: list[Shape], output: Shape) -> Step:
    require(layer, layer.groups == 1 and set(layer.dilation_rate) == {1} and len(set(layer.strides)) == 1)
    stride, (rows, columns) = layer.strides[0], layer.kernel_size
    befores = [
        max((after - 1) * stride + size - before, 0) // 2 if layer.padding == "same" else 0
        for before, after, size in zip(inputs[0], output, layer.kernel_size, strict=False)
    ]
    taps = [(y - befores[0], x - befores[1]) for y, x in product(range(rows), range(columns))]
    kernel = np.asarray(layer.kernel).reshape(-1, output[-1])
    return linear(layer, kernel, Linear(inputs[0], output, stride, 1, one_phase(taps)), output)


def conv_transpose(layer: keras.layers.Conv2DTranspose, inputs: list[Shape], output: Shape) -> Step:
    require(layer, set(layer.dilation_rate) == {1} and len(set(layer.strides)) == 1 and not layer.output_padding)
    stride, kernel = layer.strides[0], np.asarray(layer.kernel)  # (rows, columns, out, in)
    befores = [max(size - stride, 0) // 2 if layer.padding == "same" else 0 for size in layer.kernel_size]
    phases: list[dict[str, Any]] = []
    parts: list[np.ndarray] = []
    for at in product(range(stride), repeat=2):
        ways = [
            [(tap, (start + before - tap) // stride) for tap in range(size) if (start + before - tap) % stride == 0]
            for start, before, size in zip(at, befores, layer.kernel_size, strict=True)
        ]
        phases.append({"at": list(at), "taps": [[dy, dx] for (_, dy), (_, dx) in product(*ways)]})
        parts += [kernel[y, x].T for (y, _), (x, _) in product(*ways)]
    return linear(layer, np.concatenate(parts), Linear(inputs[0], output, 1, stride, phases), output)


def one_phase(taps: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """All positions, with the same taps."""
    return [{"at": [0, 0], "taps": [list(tap) for tap in taps]}]


def linear(layer: Any, kernel: Any, settings: Linear, output: Shape) -> Step:
    """The step of a layer with a kernel (rows, channels) and, if it has one, its bias and activation."""
    bias = np.zeros(settings.output[-1]) if layer.bias is None else layer.bias
    made = step("linear", output, {"geometry": settings._asdict()}, kernel=kernel, bias=bias)
    made.activation = activation_of(layer)
    return made


# --- element by element --------------------------------------------------------------------------------


def batch_norm(layer: keras.layers.BatchNormalization, inputs: list[Shape], output: Shape) -> Step:
    require(layer, layer.axis in (-1, len(output)))
    mean, variance = (np.asarray(each, np.float64) for each in (layer.moving_mean, layer.moving_variance))
    scale = (np.asarray(layer.gamma, np.float64) if layer.scale else 1.0) / np.sqrt(variance + layer.epsilon)
    shift = (np.asarray(layer.beta, np.float64) if layer.center else 0.0) - mean * scale
    return step("affine", output, scale=scale, shift=shift)


def rescaling(layer: keras.layers.Rescaling, inputs: list[Shape], output: Shape) -> Step:
    return step("affine", output, scale=np.atleast_1d(layer.scale), shift=np.atleast_1d(layer.offset))


def depthwise(layer: keras.layers.DepthwiseConv2D, inputs: list[Shape], output: Shape) -> Step:
    require(layer, set(layer.kernel_size) == {1} and layer.depth_multiplier == 1 and set(layer.strides) == {1})
    scale = np.asarray(layer.kernel).reshape(-1)
    return step("affine", output, scale=scale, shift=np.zeros_like(scale) if layer.bias is None else layer.bias)


def leaky(layer: keras.layers.LeakyReLU, inputs: list[Shape], output: Shape) -> Step:
    return activated({"kind": "leaky", "slope": float(layer.negative_slope)}, output)


def relu(layer: keras.layers.ReLU, inputs: list[Shape], output: Shape) -> Step:
    require(layer, layer.max_value is None and not layer.threshold)
    return activated({"kind": "leaky", "slope": float(layer.negative_slope)}, output)


def activation(layer: keras.layers.Activation, inputs: list[Shape], output: Shape) -> Step | None:
    found = activation_of(layer)
    return activated(found, output) if found else None


def activated(kind: dict[str, Any], shape: Shape) -> Step:
    made = step("activation", shape)
    made.activation = kind
    return made


def activation_of(layer: Any) -> dict[str, Any] | None:
    """The activation that a layer ends in; None for the identity."""
    name = layer.activation.__name__
    require(layer, name in ("linear", "relu", "tanh"))
    return {"linear": None, "relu": {"kind": "leaky", "slope": 0.0}, "tanh": {"kind": "tanh"}}[name]


def combine(op: str) -> Builder:
    """The builder of `add` or `multiply`: of values of which the smaller repeat along the last axis."""

    def build(layer: Any, inputs: list[Shape], output: Shape) -> Step:
        require(layer, all(set(shape[:-1]) == {1} or shape == output for shape in inputs))
        return step(op, output)

    return build


# --- parts and places ----------------------------------------------------------------------------------


def concatenate(layer: keras.layers.Concatenate, inputs: list[Shape], output: Shape) -> Step:
    require(layer, len(output) == 1)
    return step("concatenate", output)


def cropping(layer: keras.layers.Cropping1D, inputs: list[Shape], output: Shape) -> Step:
    require(layer, inputs[0][1] == 1)
    return step("slice", output, {"start": layer.cropping[0]})


def embedding(layer: keras.layers.Embedding, inputs: list[Shape], output: Shape) -> Step:
    return step("embedding", output, table=layer.embeddings)


def upsampling(layer: keras.layers.UpSampling2D, inputs: list[Shape], output: Shape) -> Step:
    require(layer, layer.interpolation in ("nearest", "bilinear"))
    bilinear = layer.interpolation == "bilinear"
    return step("upsample", output, {"input": inputs[0], "factors": list(layer.size), "bilinear": bilinear})


def pooling(layer: keras.layers.AveragePooling2D, inputs: list[Shape], output: Shape) -> Step:
    size = layer.pool_size[0]
    is_even = all(before == size * after for before, after in zip(inputs[0][:2], output[:2], strict=True))
    require(layer, set(layer.pool_size) == set(layer.strides) == {size} and is_even)
    return step("pool", output, {"input": inputs[0], "size": size})


def attention(layer: keras.layers.Attention, inputs: list[Shape], output: Shape) -> Step:
    require(layer, not layer.use_scale and layer.score_mode == "dot" and len(inputs) == 3)
    return step("attention", output, {"queries": inputs[0], "values": inputs[1]})


def mixture(network: keras.Model, inputs: list[Shape], output: Shape) -> Step:
    """The nested network of a fitted prior; components that are never chosen are left out."""
    intervals = network.get_layer(INTERVALS).get_weights()[0].astype(np.float64)
    used = intervals[:, 0] < 1.0
    means, factors = (network.get_layer(name).get_weights()[0][used] for name in ("means", "factors"))
    return step("mixture", output, {"intervals": intervals[used].tolist()}, means=means, factors=factors)


BUILDERS: dict[str, Builder] = {
    "Dense": dense, "Conv2D": conv, "Conv2DTranspose": conv_transpose,
    "BatchNormalization": batch_norm, "Rescaling": rescaling, "DepthwiseConv2D": depthwise,
    "LeakyReLU": leaky, "ReLU": relu, "Activation": activation,
    "Add": combine("add"), "Multiply": combine("multiply"),
    "Concatenate": concatenate, "Cropping1D": cropping, "Embedding": embedding,
    "UpSampling2D": upsampling, "AveragePooling2D": pooling, "Attention": attention,
    **{name: lambda layer, inputs, output: None for name in ALIASES},
}  # fmt: skip
"""By the type of a layer."""
