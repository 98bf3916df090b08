"""Networks with plain operations in place of those that a format lacks. Weights are shared, and outputs are the same up
to rounding."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
from keras import layers, ops

from easel.exporting.approximations import erf, erfinv
from easel.exporting.mixtures import in_32_bits
from easel.sampling.truncation import MIXTURE

Replacement = Callable[..., Any]
"""A function of an operation (or a layer, or a nested network) and its inputs: its outputs."""


def plain(network: keras.Model, *outputs: str, only_32_bits: bool = False) -> keras.Model:
    """A copy of a network for export. outputs: the names of its outputs, in their order.

    only_32_bits: leave no 64-bit numbers in a fitted mixture.
    """
    copied = replaced(network, REPLACED | (IN_32_BITS if only_32_bits else {}))
    inputs = copied.inputs if len(copied.inputs) > 1 else copied.inputs[0]
    return keras.Model(inputs, dict(zip(outputs, copied.outputs, strict=True)), name=network.name)


def replaced(network: keras.Model, replacements: Mapping[str, Replacement]) -> keras.Model:
    """A copy of a network, which shares its layers, with replacements in place of some."""
    copies: dict[int, keras.Model] = {}  # of what is nested, which may be called many times

    def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
        replacement = replacements.get(type(operation).__name__) or replacements.get(operation.name)
        if not replacement and not isinstance(operation, keras.Model):
            return operation(*args, **kwargs)
        if id(operation) not in copies:
            copies[id(operation)] = (
                nested(replacement, operation, *args) if replacement else replaced(operation, replacements)
            )
        return copies[id(operation)](*args)

    return keras.models.clone_model(network, clone_function=lambda layer: layer, call_function=call)


def nested(replacement: Replacement, operation: Any, *args: keras.KerasTensor) -> keras.Model:
    """A replacement as a network of its own, in which its operations may have the names of others."""
    inputs = [keras.Input(batch_shape=x.shape, dtype=x.dtype) for x in args]
    return keras.Model(inputs, replacement(operation, *inputs), name=f"plain_{operation.name}")


def upsampled(layer: layers.UpSampling2D, x: keras.KerasTensor) -> keras.KerasTensor:
    """A layer's outputs with their shape stated: the exporters do not follow the repeats of which it consists."""
    return ops.reshape(layer(x), (-1, *layer.compute_output_shape(x.shape)[1:]))


def position_of_largest(operation: Any, x: keras.KerasTensor) -> keras.KerasTensor:
    """argmax over the last axis, without the bits of -0 that Keras looks at."""
    if operation.axis not in (-1, len(x.shape) - 1) or operation.keepdims:
        raise ValueError(f"argmax should be over the last axis, which it drops; found axis {operation.axis}")
    return ops.squeeze(ops.top_k(x, 1)[1], -1)


REPLACED: dict[str, Replacement] = {
    "UpSampling2D": upsampled,
    "Argmax": position_of_largest,
    "Erf": lambda _, x: erf(x),
    "Erfinv": lambda _, x: erfinv(x),
}
"""By the type of an operation, or the name of a nested network."""
IN_32_BITS: dict[str, Replacement] = {MIXTURE: in_32_bits}
