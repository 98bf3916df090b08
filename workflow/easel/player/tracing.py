"""A Keras network as a program: its layers in order, a step for each, merged where one step can do the work of two."""

from collections import Counter
from typing import Any

import keras
import numpy as np

from easel.player.layers import builder_of, mixture, refusal
from easel.player.plan import Program, Shape, Step
from easel.sampling.truncation import MIXTURE


def traced(network: keras.Model, *outputs: str) -> Program:
    """A network as a program. outputs: the names of its outputs, in their order.

    Raises Unplayable if it has a layer that no step is known for.
    """
    trace = Trace()
    inputs = {each.name: (trace.number(), shape_of(each)) for each in network.inputs}
    found = trace.network(network, [value for value, _ in inputs.values()])
    return merged(Program(inputs, trace.steps, dict(zip(outputs, found, strict=True))))


def shape_of(tensor: keras.KerasTensor) -> Shape:
    """The shape of one image's part of a tensor."""
    return tuple(tensor.shape[1:])


class Trace:
    """Steps as they are found, and the numbers of their values."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self._values = 0

    def number(self) -> int:
        """A number for a new value."""
        self._values += 1
        return self._values - 1

    def add(self, step: Step, inputs: list[int]) -> int:
        """Add a step that takes these values, and return the number of its output."""
        step.inputs, step.output = inputs, self.number()
        self.steps.append(step)
        return step.output

    def network(self, network: keras.Model, inputs: list[int]) -> list[int]:
        """Add the steps of a network, nested ones included, that takes these values; the numbers of its outputs."""
        fresh = [keras.Input(batch_shape=each.shape, dtype=each.dtype) for each in network.inputs]
        numbers = {id(tensor): value for tensor, value in zip(fresh, inputs, strict=True)}
        kept = [*fresh]  # an identity stays a tensor's own only as long as it lives

        def call(operation: Any, *args: Any, **kwargs: Any) -> Any:
            made = operation(*args, **kwargs)
            taken, given = (keras.tree.flatten(each) for each in (args, made))
            if not all(id(each) in numbers for each in taken):  # a constant
                raise refusal(operation)
            values = [numbers[id(each)] for each in taken]
            if operation.name == MIXTURE:
                found = [self.add(mixture(operation, [], shape_of(made)), values)]
            elif isinstance(operation, keras.Model) and not isinstance(operation, keras.Sequential):
                found = self.network(operation, values)
            else:
                step = builder_of(operation)(operation, [shape_of(each) for each in taken], shape_of(made))
                found = [self.add(step, values) if step else values[0]]
            numbers.update({id(each): value for each, value in zip(given, found, strict=True)})
            kept.extend(given)
            return made

        copy = keras.models.clone_model(
            network,
            input_tensors=fresh if len(fresh) > 1 else fresh[0],
            clone_function=lambda layer: layer,
            call_function=call,
        )
        return [numbers[id(each)] for each in copy.outputs]


def merged(program: Program) -> Program:
    """The same program with fewer steps: what is done to a step's output alone, element by element, is part of it."""
    uses = Counter(value for step in program.steps for value in step.inputs) + Counter(program.outputs.values())
    kept: dict[int, Step] = {}  # by output
    for step in program.steps:
        before = kept.get(step.inputs[0])
        if before and uses[before.output] == 1 and can_end_in(before, step):
            del kept[before.output]
            if step.op == "affine":
                scale_columns(before, step)
            before.activation, before.output, before.shape = step.activation, step.output, step.shape
            kept[step.output] = before
        else:
            kept[step.output] = step
    return Program(program.inputs, list(kept.values()), program.outputs)


def can_end_in(before: Step, step: Step) -> bool:
    """True if a step can do the work of the one that takes its output, too."""
    if before.activation is not None:
        return False
    if step.op == "affine" and before.op == "linear":  # whose channels may be fewer: those of a flattened image
        return before.weights["bias"].size % step.weights["scale"].size == 0
    return step.op == "activation"


def scale_columns(linear: Step, affine: Step) -> None:
    """Let a linear step do what an affine one does to its outputs."""
    kernel, bias = (linear.weights[name].astype(np.float64) for name in ("kernel", "bias"))
    scale, shift = (np.resize(affine.weights[name].astype(np.float64), bias.shape) for name in ("scale", "shift"))
    linear.weights["kernel"] = (kernel * scale).astype(np.float32)
    linear.weights["bias"] = (bias * scale + shift).astype(np.float32)
