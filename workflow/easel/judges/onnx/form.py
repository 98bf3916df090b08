"""Whether a network in an ONNX file is a feature extractor of images, and how it is called."""

import difflib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnxruntime

from easel.config.judges.onnx import OnnxSettings
from easel.runtime.errors import EaselError

CHANNELS = 3
TYPES: dict[str, type[np.floating]] = {"tensor(float)": np.float32, "tensor(float16)": np.float16}
"""ONNX Runtime's names of the types that an input may have."""
DIMENSIONS = {"none": (2,), "mean": (3, 4), "cls": (3,)}
"""How many dimensions an output has, by the setting `pool`."""

Shape = Sequence[int | str | None]
"""The sizes of a tensor's dimensions, as a file states them: a size that may vary is a name or None."""


class Form(NamedTuple):
    """How a network is called."""

    input: str
    type: type[np.floating]
    channels_first: bool
    """True for images (B, C, H, W), False for (B, H, W, C)."""
    output: str
    input_shape: list[int | str | None]
    """As the file states it: a size that may vary is a name or None."""


def of(session: onnxruntime.InferenceSession, settings: OnnxSettings, file: Path) -> Form:
    """The form of a network, as far as its file states it.

    Raises EaselError for a network that is no feature extractor of images, or is one of other images than the settings
    say.
    """
    try:
        taken = image_input(session.get_inputs())
        channels_first = has_channels_first(taken.shape, settings.layout)
        check_size(taken.shape, channels_first, settings)
        given = feature_output(session.get_outputs(), settings.output)
        if given.shape:  # [] if the file does not say
            check_dimensions(given.name, len(given.shape), settings.pool)
    except Unfit as problem:
        raise EaselError(f"{file}: {problem}") from None
    return Form(taken.name, TYPES[taken.type], channels_first, given.name, list(taken.shape))


class Unfit(Exception):
    """Why a network is no judge, as a clause whose subject is its file."""


def image_input(inputs: Sequence[Any]) -> Any:
    """The only input, of four dimensions."""
    if len(inputs) != 1:
        raise Unfit(
            f"expected one input, images; found {names(inputs)}. Export the part of the network that sees images alone"
        )
    (found,) = inputs
    if found.type not in TYPES or len(found.shape) != 4:
        raise Unfit(
            f"expected an input of four dimensions, in floats of 16 or 32 bits; found '{found.name}', {found.type} "
            f"{shown(found.shape)}"
        )
    return found


def has_channels_first(shape: Shape, layout: str) -> bool:
    """True for (B, C, H, W), False for (B, H, W, C)."""
    first, last = shape[1], shape[3]
    chosen = layout == "nchw" or (layout == "auto" and not (last == CHANNELS and first != CHANNELS))
    channels = first if chosen else last
    if isinstance(channels, int) and channels != CHANNELS:
        where = "" if layout == "auto" else f", its channels {'first' if chosen else 'last'} with 'layout: {layout}'"
        raise Unfit(
            f"takes images of another number of channels: {shown(shape)}{where}; the dataset's images have {CHANNELS}"
        )
    return chosen


def check_size(shape: Shape, channels_first: bool, settings: OnnxSettings) -> None:
    """Compare the sizes that a file fixes with the settings."""
    batch, size = shape[0], tuple(shape[2:] if channels_first else shape[1:3])
    fixed = {side for side in size if isinstance(side, int)}
    if len(fixed) > 1:
        raise Unfit(f"takes images of {' × '.join(map(str, size))} pixels; expected as many in height as in width")
    if fixed - {settings.image_size}:
        (side,) = fixed
        raise Unfit(
            f"takes images of {side} × {side} pixels, and 'image_size' is {settings.image_size}; set image_size: {side}"
        )
    if isinstance(batch, int) and batch != settings.batch_size:
        raise Unfit(f"takes {batch} images at once, and 'batch_size' is {settings.batch_size}; set batch_size: {batch}")


def feature_output(outputs: Sequence[Any], name: str) -> Any:
    """The output of a name, or the only one."""
    if not name and len(outputs) == 1:
        return outputs[0]
    found = {each.name: each for each in outputs}
    if name in found:
        return found[name]
    if not name:
        raise Unfit(f"has several outputs: {names(outputs)}; set 'output' to the one that is the features")
    close = difflib.get_close_matches(name, found, 1)
    meant = f"; did you mean '{close[0]}'?" if close else ""
    raise Unfit(f"has no output '{name}'; it has {names(outputs)}{meant}")


def check_dimensions(name: str, dimensions: int, pool: str) -> None:
    """Compare the number of an output's dimensions with the setting `pool`."""
    if dimensions in DIMENSIONS[pool]:
        return
    problem = f"its output '{name}' has {dimensions} dimensions, and 'pool: {pool}' expects"
    expected = " or ".join(map(str, DIMENSIONS[pool]))
    match dimensions:
        case 2:
            remedy = "leave 'pool' out"
        case 3:
            remedy = "set pool: cls for the first token, or pool: mean"
        case 4:
            remedy = "set pool: mean"
        case _:
            remedy = "choose another output"
    raise Unfit(f"{problem} {expected}; {remedy}")


def names(values: Sequence[Any]) -> str:
    """Inputs or outputs by their names: `a, b, c`, without those after the twelfth."""
    return ", ".join([each.name for each in values[:12]] + ["…"] * (len(values) > 12)) or "none"


def shown(shape: Shape) -> str:
    """A shape as text: `(batch, 3, 224, 224)`, with `?` for a size without a name."""
    return f"({', '.join('?' if size is None else str(size) for size in shape)})"
