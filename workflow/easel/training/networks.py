"""Build the networks of a model under a dtype policy, name their variables, copy and describe them."""

import importlib
import inspect
import re
from collections import Counter
from collections.abc import Mapping

import keras
import numpy as np

from easel.config.models import unfit_size
from easel.config.presets import PresetBase
from easel.runtime.errors import EaselError
from easel.training.layers import plain_weights


def build(
    network: str,  # the name of a function in the model's file
    settings: PresetBase,
    image_size: int,  # pixels: images are square
    precision: str = "float32",  # a Keras dtype policy
    classes: int = 0,  # of a conditional network; 0 if it is unconditional
) -> keras.Model:
    """Build one network of `settings.model`; its function gets the settings that are its parameters' names.

    Raises EaselError for a size of images that the model is not made for.
    """
    if unfit := unfit_size(settings.model, image_size):
        raise EaselError(unfit)
    function = getattr(importlib.import_module(f"easel.models.{settings.model}"), network)
    arguments = settings.model_dump() | {"image_size": image_size, "classes": classes}
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        return function(**{name: arguments[name] for name in inspect.signature(function).parameters})
    finally:
        keras.config.set_dtype_policy(before)


def float32_copy(
    network: keras.Model, name: str, settings: PresetBase, image_size: int, classes: int = 0
) -> keras.Model:
    """A copy of a network in Keras's own layers whose arithmetic is float32, so that it gives the same everywhere."""
    copy = build(name, settings, image_size, classes=classes)
    for layer, trained in zip(copy.layers, network.layers, strict=True):
        layer.set_weights(plain_weights(trained))
    return copy


def freeze(network: keras.Model, convolutions: int) -> None:
    """Keep a network's first convolutions, and the layers that belong to them, as they are while it trains.

    FreezeD (Mo et al. 2020, arXiv 2002.10964). A batch normalisation among them still uses the statistics of each
    batch; its scale and shift stay.
    """
    count = 0
    for layer in network.layers:
        count += isinstance(layer, keras.layers.Conv2D)
        if count > convolutions or isinstance(layer, keras.layers.Dense | keras.layers.Embedding):
            break
        layer.trainable = False


def with_canonical_names(network: keras.Model) -> keras.Model:
    """The network with its layers and operations, nested ones included, renamed as if it were the first that this
    process has built."""
    numbers: Counter[str] = Counter()
    for operation in network.operations:
        kind = re.sub(r"_\d+$", "", operation.name)
        operation.name = f"{kind}_{numbers[kind]}" if numbers[kind] else kind
        numbers[kind] += 1
        if isinstance(operation, keras.Model):
            with_canonical_names(operation)
    return network


def variables(owners: Mapping[str, keras.Model | keras.optimizers.Optimizer]) -> dict[str, keras.Variable]:
    """Every variable of networks and optimisers, by a name that is the same in every process.

    A network's statistics (batch normalisation) and random seeds (dropout) are included.
    """
    return {
        f"{owner}/{index:03d}": variable
        for owner, thing in owners.items()
        for index, variable in enumerate(thing.variables)
    }


def describe(network: keras.Model) -> dict:
    """The description of a network that the report draws: parameters, inputs' names and shapes, and layers.

    Layers are listed branch by branch, each after those whose outputs it takes.
    """
    return {
        "parameters": network.count_params(),
        "inputs": [list(tensor.shape[1:]) for tensor in network.inputs],
        "input_names": [tensor._keras_history[0].name for tensor in network.inputs],
        "layers": [
            {
                "name": layer.name,
                "type": type(layer).__name__,
                "output_shape": list(calls[0].output_tensors[0].shape[1:]),
                "parameters": layer.count_params() if isinstance(layer, keras.Layer) else 0,
                "detail": _detail(layer),
                "after": list(dict.fromkeys(parent.operation.name for call in calls for parent in call.parent_nodes)),
            }
            for layer, calls in _calls(network).items()
            if not isinstance(layer, keras.layers.InputLayer)
        ],
    }


def _calls(network: keras.Model) -> dict:
    """Each layer of a functional network with its calls there; a shared layer has several, and may have others
    elsewhere."""
    calls: dict[keras.Layer, list] = {}
    seen = set()

    def visit(tensor: keras.KerasTensor) -> None:
        layer, index, _ = tensor._keras_history
        call = layer._inbound_nodes[index]
        if call not in seen:
            seen.add(call)
            for each in call.input_tensors:
                visit(each)
            calls.setdefault(layer, []).append(call)

    for output in network.outputs:
        visit(output)
    return calls


def _detail(layer: keras.Layer) -> str:
    """The detail of a layer that its type and shape do not show: kernel and stride, a rate, a scale, an activation."""
    if hasattr(layer, "kernel_size"):
        kernel = "×".join(map(str, layer.kernel_size))
        return f"{kernel}, stride {layer.strides[0]}" if np.prod(layer.strides) > 1 else kernel
    if isinstance(layer, keras.layers.Activation):
        return layer.activation.__name__
    if isinstance(layer, keras.layers.Dropout):
        return f"rate {layer.rate:g}"
    if isinstance(layer, keras.layers.Rescaling):
        return f"× {layer.scale:g}"
    return ""
