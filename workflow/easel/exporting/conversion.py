"""Conversion of trained networks, and the comparison of each file's outputs with those of Keras."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from easel.exporting.plain_networks import plain
from easel.runtime.errors import EaselError
from easel.sampling.networks import BATCH

LIMIT = 1e-4
"""Largest difference from Keras that an output may have, relative to the image's largest output where that is over 1:
an 80th of an 8-bit level. In deep networks of 32-bit numbers, Keras's own rounding errors reach 1e-5."""
MOST_CHANGED = 0.01
"""Share of images that may differ more, in networks that choose: rounding may choose another code."""
CHOOSING = ("mixture", "whitening", "one_position", "nearness")
"""Layers that choose a code, or a component of a mixture."""


class Form(NamedTuple):
    """A format of networks."""

    module: str
    """The module that writes it."""
    suffix: str
    only_32_bits: bool = False
    """True if it has no 64-bit numbers."""


FORMS = {
    "onnx": Form("easel.exporting.onnx_files", "onnx"),
    "litert": Form("easel.exporting.litert_files", "tflite", only_32_bits=True),
}


@dataclass(frozen=True)
class Network:
    """A trained network, and inputs to compare its outputs for."""

    name: str
    """`generator` or `encoder`."""
    keras: keras.Model
    inputs: Mapping[str, np.ndarray]
    """By the names of its inputs, all of the same number of images."""
    decoder: keras.Model | None = None
    """Of an encoder: the generator, which makes images of its latents."""

    @property
    def output_names(self) -> list[str]:
        """The names of its outputs in exported files."""
        if self.name == "generator":
            return ["images"]
        second = self.keras.outputs[1]
        is_choice = keras.backend.is_int_dtype(second.dtype)
        return ["latents", ("component", "codes")[len(second.shape) - 1] if is_choice else "log_variance"]

    @property
    def chooses(self) -> bool:
        """True if it chooses codes, or components of a mixture."""
        return any(layer.name in CHOOSING for layer in self.keras.layers)

    def outputs(self) -> dict[str, np.ndarray]:
        """Its outputs by Keras, under their names in exported files."""
        found = called(self.keras, [self.inputs[each.name] for each in self.keras.inputs])
        return dict(zip(self.output_names, found, strict=True))

    def to_compare(self, outputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """What of outputs is compared: of an encoder's latents the images that Keras makes of them.

        Dimensions of a fitted mixture that no image uses have tiny variances, by which rounding errors of a latent
        number are divided. They are without effect, as the generator multiplies by the same.
        """
        if self.decoder is None:
            return dict(outputs)
        (images,) = called(self.decoder, [outputs["latents"]])
        return {**outputs, "latents": images}


def called(network: keras.Model, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """A network's outputs, in batches."""
    parts = []
    for start in range(0, len(inputs[0]), BATCH):
        batch = [each[start : start + BATCH] for each in inputs]
        found = network(batch if len(batch) > 1 else batch[0], training=False)
        parts.append([np.asarray(each) for each in (found if isinstance(found, list | tuple) else [found])])
    return [np.concatenate(part) for part in zip(*parts, strict=True)]


def convert(networks: list[Network], formats: list[str], folder: Path) -> Iterator[dict[str, Any]]:
    """Write each network in each format, and yield the files' entries in export.json.

    LiteRT gets no encoder. Raises EaselError where a file's outputs are not those of Keras, or a format lacks an
    operation.
    """
    wanted = {network.name: network.outputs() for network in networks}
    for network in networks:
        for each in formats:
            if each in FORMS and (network.name, each) != ("encoder", "litert"):
                yield written(network, each, folder, wanted[network.name])


def written(network: Network, form: str, folder: Path, wanted: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Write a network in a format, and compare. wanted: its outputs by Keras."""
    facts = FORMS[form]
    files = importlib.import_module(facts.module)
    file = folder / f"{network.name}.{facts.suffix}"
    copy = plain(network.keras, *network.output_names, only_32_bits=facts.only_32_bits)
    try:
        files.write(copy, file)
    except Exception as error:  # of many kinds: of TensorFlow, tf2onnx and ONNX
        reason = str(error).strip().partition("\n")[0][:300]
        raise EaselError(
            f"{file.name}: {form} cannot hold this network: {reason}. Leave {form} out of export"
        ) from error
    return {
        "file": file.name,
        "format": form,
        "inputs": described(network.inputs),
        "outputs": described(wanted),
        **({"opset": files.OPSET} if form == "onnx" else {}),
        **compared(
            file.name,
            network.to_compare(wanted),
            network.to_compare(files.outputs(file, network.inputs)),
            MOST_CHANGED if network.chooses else 0.0,
        ),
    }


def described(arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The type and shape of one image's entry in each array."""
    return {name: {"type": array.dtype.name, "shape": list(array.shape[1:])} for name, array in arrays.items()}


def compared(
    file: str, wanted: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray], most_changed: float
) -> dict[str, Any]:
    """How outputs differ from those of Keras, image by image: entries of export.json.

    Raises EaselError if more than a share `most_changed` of the images differ by more than LIMIT.
    """
    largest = np.max([difference(wanted[name], found[name]) for name in wanted], axis=0)
    is_close = largest <= LIMIT
    count, changed = len(largest), int(np.count_nonzero(~is_close))
    if changed > most_changed * count:
        raise EaselError(
            f"{file}: the outputs for {changed:,} of {count:,} images differ from Keras's by more than {LIMIT:g}, by "
            f"up to {largest.max():.2g}. Leave this format out of export"
        )
    return {
        "compared": count,
        "limit": LIMIT,
        "largest_difference": float(largest[is_close].max(initial=0.0)),
        "chose_differently": changed,
    }


def difference(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Each image's largest difference, relative to its largest output where that is over 1: float64 (N,).

    Infinite where an output is not finite.
    """
    wanted, found = (np.asarray(each, np.float64).reshape(len(each), -1) for each in (wanted, found))
    with np.errstate(invalid="ignore"):
        relative = np.abs(wanted - found).max(axis=1) / np.maximum(1.0, np.abs(wanted).max(axis=1))
    return np.where(np.isfinite(relative), relative, np.inf)
