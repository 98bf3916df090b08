"""Starting from trained networks: their weights, and which layers of new networks take them.

A layer is known by its name, or, where Keras has named it, by its kind and its number counted from the images: from
the last in a network that makes images, from the first in any other. So the layers of the highest resolutions
correspond between networks for images of different sizes. A layer is taken whole or not at all. Optimisers start anew.
"""

import hashlib
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from pydantic import TypeAdapter, ValidationError

from easel.config.presets import Preset
from easel.runtime.console import log
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json
from easel.training import checkpoints, networks
from easel.training.layers import accelerated, plain_weights
from easel.training.objectives import ObjectiveBase
from easel.training.spectral_norm import FIRST_ITERATIONS, Normalised

GENERATORS = ("generator", "decoder")
"""The networks that make images, whatever their family calls them."""


@dataclass(frozen=True)
class Source:
    """Trained networks to start from.

    live: the networks in training, by name. averaged: their moving averages, of those that have one. name: of the
    training, or of the file without its folder. step: of the training that they come from; None for a file.
    """

    name: str
    live: Mapping[str, keras.Model]
    averaged: Mapping[str, keras.Model] = field(default_factory=dict)
    step: int | None = None

    @property
    def digest(self) -> str:
        """The SHA-256 of all weights and of what they belong to."""
        found = hashlib.sha256()
        for kind, models in (("live", self.live), ("averaged", self.averaged)):
            for name, model in models.items():
                for key, layer in layers_of(model, name).items():
                    for weight in layer.weights:
                        found.update(f"{kind} {name} {key} {weight.name} {tuple(weight.shape)}".encode())
                        found.update(np.ascontiguousarray(weight.numpy()).tobytes())
        return found.hexdigest()


def read_source(name: str, file: Path) -> Source:
    """Read what a training starts from. name: its `start_from`. file: the train.json of a training, or a .keras file.

    Raises EaselError if it cannot be used.
    """
    return read_training(name, file) if file.suffix == ".json" else read_file(file)


def read_file(file: Path) -> Source:
    """A generator from a .keras file; inside one with a fitted prior, the network that makes the images."""
    if not (file.is_file() and zipfile.is_zipfile(file)):
        raise EaselError(f"start_from: {file} is no .keras file; save a network with Keras 3's model.save")
    try:
        model = keras.models.load_model(file, compile=False)
    except Exception as error:  # of any kind: Keras, HDF5 and JSON each have their own
        reason = str(error).strip().splitlines()[0]
        raise EaselError(f"start_from: {file} cannot be loaded as a .keras file: {reason}") from error
    while isinstance(model, keras.Model) and (inner := maker_of(model)) is not None:
        model = inner
    shape = getattr(model, "output_shape", None)
    if not (isinstance(shape, tuple) and len(shape) == 4):
        raise EaselError(f"start_from: the network in {file} makes no images, but {shape}; name a generator.keras")
    return Source(file.name, {"generator": model})


def maker_of(model: keras.Model) -> keras.Model | None:
    """The network inside a network whose output is the output of the whole; None if there is none."""
    operation = model.outputs[0]._keras_history[0] if getattr(model, "outputs", None) else None
    return operation if isinstance(operation, keras.Model) else None


def read_training(name: str, record: Path) -> Source:
    """The networks at the end of a training, with their moving averages. record: its train.json, next to state/."""
    trained = read_json(record)
    step = trained["steps"]
    folder = record.parent / "state" / trained["fingerprints"]["state"]
    file = folder / f"checkpoint-{step:09d}.npz"
    remedy = f"Train it again, with --forcerun {record}, or start from {record.with_name('generator.keras')}"
    try:
        arrays = checkpoints.read(file).arrays
    except checkpoints.Damaged as error:
        raise EaselError(f"start_from: {name}: its networks are not in {file} any more ({error}). {remedy}") from None
    try:
        settings: Any = TypeAdapter(Preset).validate_python(trained["settings"])
    except ValidationError:
        raise EaselError(f"start_from: {name} was trained by another version of Easel. {remedy}") from None
    described, classes = trained["networks"], (trained["classes"] or {}).get("names", [])
    image_size = described[trained["sampler"]]["layers"][-1]["output_shape"][0]

    def built(network: str, owner: str) -> keras.Model:
        bare = networks.build(network, settings, image_size, classes=len(classes))
        model = accelerated(bare, spectral_norm=network in settings.spectrally_normalised)
        values = [arrays.get(f"{owner}/{index:03d}") for index in range(len(model.variables))]
        shapes = [tuple(variable.shape) for variable in model.variables]
        if [None if value is None else value.shape for value in values] != shapes or (
            f"{owner}/{len(shapes):03d}" in arrays
        ):
            raise EaselError(f"start_from: {name}: its {network} is not that of today's model. {remedy}")
        for variable, value in zip(model.variables, values, strict=True):
            variable.assign(value)
        return model

    live = {network: built(network, network) for network in described}
    averaged = {
        network: built(network, f"average_{network}") for network in described if f"average_{network}/000" in arrays
    }
    return Source(name, live, averaged, step)


# --- taking weights ----------------------------------------------------------------------------------------


def apply(source: Source, objective: ObjectiveBase, averages: Mapping[str, keras.Model], label: str) -> dict[str, Any]:
    """Assign the weights of `source` to the networks of a training, and to their moving averages.

    averages: the latter, by network. An average takes the source's own, or the weights in training where there is
    none. Returns the entry `start` of train.json. Raises EaselError if no layer fits.
    """
    taken = {}
    for name, network in objective.networks.items():
        counterpart = next((each for each in alike(name, objective.sampler) if each in source.live), None)
        live = {} if counterpart is None else layers_of(source.live[counterpart], counterpart)
        entry = take(live, network, name) | {"from": counterpart}
        for each in entry["left"]:
            if not layers_of(network, name)[each["layer"]].trainable:
                raise EaselError(
                    f"{label}: freeze keeps the discriminator's {each['layer']} as it was trained, but that of "
                    f"{source.name} does not fit it; set freeze to a lower number, or remove it"
                )
        if name in averages:
            mean = source.averaged.get(counterpart or "")
            take(live if mean is None else layers_of(mean, counterpart or ""), averages[name], name)
            entry["averaged"] = mean is not None
        taken[name] = entry
        log.info("%s: start_from %s: %s", label, source.name, in_one_line(name, entry))
    if not any(entry["taken"] for entry in taken.values()):
        raise EaselError(
            f"{label}: start_from: no layer of {source.name} fits this run's networks by name and shape; choose a "
            "source with the same model and width, or remove start_from"
        )
    return {"from": source.name, "step": source.step, "weights": source.digest, "networks": taken}


def alike(network: str, sampler: str) -> Sequence[str]:
    """The names that the counterpart of a network can have in another family."""
    return (network, *GENERATORS) if network == sampler else (network,)


def take(source: Mapping[str, keras.Layer], network: keras.Model, name: str) -> dict[str, Any]:
    """Assign weights to the layers of a network that have a counterpart of the same weights and shapes.

    source: the layers to take them from, by key. name: of the network. Returns the layers that have taken weights, and
    those left as they were, each with its number of parameters and the reason.
    """
    taken, left = [], []
    for key, layer in layers_of(network, name).items():
        about = {"layer": key, "parameters": sum(int(np.prod(weight.shape)) for weight in own_weights(layer))}
        if key not in source:
            left.append(about | {"reason": "missing"})
        elif shapes(source[key]) != shapes(layer):
            left.append(about | {"reason": "shape", "found": shapes(source[key]), "wanted": shapes(layer)})
        else:
            carry(source[key], layer)
            taken.append(about)
    return {"taken": taken, "left": left}


def layers_of(network: keras.Model, name: str) -> dict[str, keras.Layer]:
    """The layers of a network that have weights, by a key that is the same in networks alike. name: of the network."""
    found = [layer for layer in network.layers if layer.weights]
    if name not in GENERATORS:
        return dict(zip(keys_of(found), found, strict=True))
    found.reverse()  # the number of a layer counts from the images
    return dict(reversed(list(zip(keys_of(found), found, strict=True))))


def keys_of(layers: Sequence[keras.Layer]) -> list[str]:
    """The keys of layers: a name that was given, or a kind and a number from 0, such as `conv2d 2`."""
    numbers: Counter[str] = Counter()
    keys = []
    for layer in layers:
        kind = re.sub(r"_\d+$", "", layer.name)
        if kind.replace("_", "") == type(layer).__name__.lower():
            keys.append(f"{kind} {numbers[kind]}")
            numbers[kind] += 1
        else:
            keys.append(layer.name)
    return keys


def own_weights(layer: keras.Layer) -> list[keras.Variable]:
    """The weights of a layer without the singular vectors of a normalised one."""
    return layer.own_weights if isinstance(layer, Normalised) else layer.weights


def shapes(layer: keras.Layer) -> list[list[Any]]:
    """The names and shapes of the weights of a layer: `[["kernel", 4, 4, 3, 64], ["bias", 64]]`."""
    return [[weight.name, *weight.shape] for weight in own_weights(layer)]


def carry(source: keras.Layer, layer: keras.Layer) -> None:
    """Assign the weights of a layer to another of the same shapes; either kernel may be normalised."""
    if isinstance(source, Normalised) and not isinstance(layer, Normalised):
        layer.set_weights(plain_weights(source))
        return
    for weight, value in zip(own_weights(layer), own_weights(source), strict=True):
        weight.assign(value)
    if not isinstance(layer, Normalised):
        return
    if isinstance(source, Normalised):
        layer.left.assign(source.left)
        layer.right.assign(source.right)
    else:  # a kernel as it is used, whose norm is 1 if it was normalised
        for _ in range(FIRST_ITERATIONS):
            layer.iterate()


def in_one_line(name: str, entry: Mapping[str, Any]) -> str:
    """What a network has taken: `discriminator: 5 of 6 layers, 1,234 of 1,300 parameters; not trained yet: dense 0`."""
    layers = entry["taken"] + entry["left"]
    parameters = [sum(each["parameters"] for each in part) for part in (entry["taken"], layers)]
    said = f"{name}: {len(entry['taken'])} of {len(layers)} layers, {parameters[0]:,} of {parameters[1]:,} parameters"
    if entry["from"] is None:
        return f"{said}, because there is none to start from"
    rest = ", ".join(each["layer"] for each in entry["left"])
    return f"{said}; not trained yet: {rest}" if rest else said
