"""Programs: networks as lists of steps.

A value is the output of a step or an input, identified by a number; a step's operation is one of

| operation | output | settings | weights |
| --- | --- | --- | --- |
| `linear` | sums over taps: dense layers and convolutions both ways | `geometry`: see `Linear` | `kernel`, `bias` |
| `affine` | x · scale + shift, which repeat along the last axis | | `scale`, `shift` |
| `activation` | none but the activation that any step can end in | | |
| `add`, `multiply` | of several values, the smaller repeated along the last axis | | |
| `concatenate` | vectors, one after the other | | |
| `slice` | a part of a vector | `start` | |
| `embedding` | rows of a table | | `table` |
| `upsample` | an image with more rows and columns | `input`, `factors`, `bilinear` | |
| `pool` | means of squares of an image | `input`, `size` | |
| `attention` | softmax(queries · keysᵀ) · values | | |
| `mixture` | N(0, 1) to a mixture of Gaussians, as `easel.training.priors.Mixture` | `intervals` | `means`, `factors` |
| `codes` | N(0, 1) to the codes of a recurrent prior, as `easel.training.codes` | `side`, `uniform` | of a GRU |

All arrays are those of one image, without the axis of a batch, in the order of Keras.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

Shape = tuple[int, ...]


class Unplayable(Exception):
    """A network that no program can be made of, because of one of its layers."""

    def __init__(self, layer: str, kind: str):
        super().__init__(f"layer {layer} of type {kind}")
        self.layer, self.kind = layer, kind


@dataclass
class Step:
    """An operation on values. It can end in an activation: {"kind": "leaky", "slope": 0.2} or {"kind": "tanh"}."""

    op: str
    inputs: list[int]
    output: int
    shape: Shape
    settings: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    activation: dict[str, Any] | None = None


@dataclass
class Program:
    """A network: the numbers and shapes of its inputs by name, its steps in order, and its outputs by name."""

    inputs: dict[str, tuple[int, Shape]]
    steps: list[Step]
    outputs: dict[str, int]

    @property
    def weights(self) -> int:
        """The number of its weights."""
        return sum(array.size for step in self.steps for array in step.weights.values())


class Linear(NamedTuple):
    """The geometry of the step `linear`: each output is a sum over a few positions of the input.

    The output's positions are divided into phases, of which each has taps of its own: that of a convolution is one, and
    a transposed convolution of stride s has s · s. The kernel float32 (rows, channels out) has for each phase, and for
    each of its taps, a row for each channel in. Where a phase begins at (y, x), its output at row y + i · out_step is
    computed from the input's rows i · in_step + dy.
    """

    input: Shape
    """Rows, columns and channels of the input."""
    output: Shape
    in_step: int
    out_step: int
    phases: list[dict[str, Any]]
    """`at`: (y, x), and `taps`: (dy, dx) of each."""


def as_record(program: Program, numbers: Mapping[int, int]) -> dict[str, Any]:
    """A program for a page. numbers: of tensors, by the identity of a step's array."""
    return {
        "inputs": {name: {"value": value, "shape": list(shape)} for name, (value, shape) in program.inputs.items()},
        "steps": [
            {
                "op": step.op,
                "inputs": step.inputs,
                "output": step.output,
                "shape": list(step.shape),
                **step.settings,
                **({"activation": step.activation} if step.activation else {}),
                "weights": {name: numbers[id(array)] for name, array in step.weights.items()},
            }
            for step in program.steps
        ],
        "outputs": program.outputs,
    }
