"""Count what a training step asks of a device: kernels, and bytes that they read and write, from the traced step.

    .venv/bin/python benchmarks/step_counts.py [PRESET …] [classifier] [inception]

prints a line of JSON for each preset and precision, and for each judge's network. No step is taken, and no GPU is
needed. Constants are folded and views left out, as TensorFlow does before it runs a step; nothing is fused.
`benchmarks/gpu_prediction.py` predicts speeds from these numbers.
"""

import argparse
import json
import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from flops import PRESETS, forward, per_image, read
from placement import function_of

from easel.config.base import resolved_flip
from easel.judges.classifier.network import network
from easel.judges.inception import BATCH as INCEPTION_BATCH
from easel.judges.networks import BATCH as JUDGED_AT_ONCE
from easel.runtime.lean_keras import import_keras
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph  # noqa: E402

PRECISIONS = ("float32", "mixed_bfloat16")
IMAGES, SIDE, CLASSES = 1_000, 32, 10
CLASSIFIER_WIDTH, INCEPTION_SIDE = 32, 299
JUDGES = ["classifier", "inception"]
VIEWS = {
    "Const", "Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "StopGradient", "PreventGradient", "NoOp",
    "ReadVariableOp", "Placeholder", "VarHandleOp", "Shape", "ShapeN", "Size", "Rank", "BroadcastGradientArgs",
}  # fmt: skip
"""Operations that launch no kernel."""
STATIC = {"Shape", "ShapeN", "Size", "Rank"}
"""Operations that are constants where the shapes of their inputs are known."""
HEAVY = {"Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MatMul", "BatchMatMulV2", "Einsum"}
UPDATES = {"ResourceApplyAdam": 7, "AssignVariableOp": 2, "AssignAddVariableOp": 3, "AssignSubVariableOp": 3}
"""How often an update of a variable reads or writes as many numbers as it has: Adam a gradient, and three variables
twice."""
CALLS = ("If", "StatelessIf", "PartitionedCall", "StatefulPartitionedCall")


class Counts(NamedTuple):
    """What a step asks of a device, on average over steps with and without the generator's update."""

    kernels: float
    """Operations that compute."""
    heavy: float
    """Convolutions and matrix products among them."""
    megabytes: float
    """That they read and write."""

    def plus(self, other: "Counts", share: float = 1.0) -> "Counts":
        return Counts(*(one + share * two for one, two in zip(self, other, strict=True)))


def of_step(preset: str, precision: str) -> dict[str, Any]:
    """The counts of a preset's step at its own batch size, and its GFLOP per image."""
    settings = read(preset).model_copy(update={"epochs": 10})
    settings = settings.model_copy(update={"flip": resolved_flip(True), "stream": False})
    count = max(IMAGES, 2 * settings.batch_size)
    trainer = Trainer(
        np.zeros((count, SIDE, SIDE, 3), np.uint8), settings, 0, precision,
        labels=np.arange(count) % CLASSES, classes=[str(number) for number in range(CLASSES)],
    )  # fmt: skip
    every = trainer.objective.generator_every
    found = of_loop(function_of(trainer).get_concrete_function().graph, 1 / every)
    return {
        "preset": preset, "precision": precision, "batch_size": settings.batch_size, "n_dis": every,
        "gflop_per_image": round(per_image(preset, SIDE) / 1e9, 4),
        "kernels": round(found.kernels), "heavy": round(found.heavy), "megabytes": round(found.megabytes, 1),
        "variables": len(trainer.variables),
    }  # fmt: skip


def of_loop(graph: tf.Graph, update_share: float) -> Counts:
    """The counts of the loop over steps. update_share: of the steps, those that update the generator."""
    library = {each.signature.name: each for each in graph.as_graph_def().library.function}
    loop = next(each for each in graph.get_operations() if each.type in ("While", "StatelessWhile"))
    return of_function(library, loop.get_attr("body").name, update_share)


def of_function(library: dict[str, Any], name: str, update_share: float) -> Counts:
    """The counts of a function of the graph's library and of those that it calls."""
    return of_graph(library, function_def_to_graph(library[name]), update_share)


def of_graph(library: dict[str, Any], graph: tf.Graph, update_share: float = 1.0) -> Counts:
    """The counts of a graph's operations."""
    total, constants = Counts(0, 0, 0), set[str]()
    for each in graph.get_operations():
        if is_constant(each, constants):
            constants.add(each.name)
        elif each.type in CALLS:
            for called, share in calls(each, update_share):
                total = total.plus(of_function(library, called, update_share), share)
        elif each.type in ("While", "StatelessWhile"):
            raise ValueError(f"{each.name}: a loop within a step, whose length is unknown")
        elif each.type not in VIEWS:
            total = total.plus(Counts(1, each.type in HEAVY, bytes_of(each) / 1e6))
    return total


def calls(operation: tf.Operation, update_share: float) -> Iterator[tuple[str, float]]:
    """The functions that an operation calls, and in what share of steps. The only condition of a step asks whether the
    generator is updated."""
    if operation.type.endswith("If"):
        yield operation.get_attr("then_branch").name, update_share
        yield operation.get_attr("else_branch").name, 1 - update_share
    else:
        yield operation.get_attr("f").name, 1.0


def is_constant(operation: tf.Operation, constants: set[str]) -> bool:
    """True if TensorFlow computes it once, before the first step. constants: the names of those found so far."""
    if operation.type in ("Const", *STATIC):
        return all(each.shape.is_fully_defined() for each in operation.inputs)
    stateless = not operation.op_def.is_stateful and operation.type != "Placeholder"
    inputs = list(operation.inputs)
    return stateless and bool(inputs) and all(each.op.name in constants for each in inputs)


def of_judge(name: str) -> dict[str, Any]:
    """The counts of a judge's network for an image, in batches as it takes them. Both have random weights."""
    if name == "classifier":
        trained, batch = network((SIDE, SIDE, 3), CLASSES, CLASSIFIER_WIDTH), JUDGED_AT_ONCE
    else:
        side, batch = INCEPTION_SIDE, INCEPTION_BATCH
        trained = keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(side, side, 3))
    run = tf.function(lambda images: trained(images, training=False))
    graph = run.get_concrete_function(tf.TensorSpec((batch, *trained.input_shape[1:]), tf.float32)).graph
    found = of_graph({each.signature.name: each for each in graph.as_graph_def().library.function}, graph)
    return {
        "judge": name, "batch_size": batch,
        "gflop_per_image": round(sum(cost for layer in trained.layers if (cost := forward(layer))) / 1e9, 4),
        "kernels": round(found.kernels), "megabytes_per_image": round(found.megabytes / batch, 2),
    }  # fmt: skip


def bytes_of(operation: tf.Operation) -> float:
    """The bytes that an operation reads and writes."""
    if operation.type in UPDATES:
        return UPDATES[operation.type] * max(map(size, operation.inputs), default=0.0)
    return sum(map(size, (*operation.inputs, *operation.outputs)))


def size(tensor: tf.Tensor) -> float:
    """The bytes of a tensor; 0 where its shape is unknown, as of handles."""
    if tensor.dtype in (tf.resource, tf.variant) or not tensor.shape.is_fully_defined():
        return 0.0
    return float(math.prod(tensor.shape) * tensor.dtype.size)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=[*(file.stem for file in PRESETS), *JUDGES], metavar="NAME")
    for name in parser.parse_args().names:
        for precision in () if name in JUDGES else PRECISIONS:
            print(json.dumps(of_step(name, precision)), flush=True)
        if name in JUDGES:
            print(json.dumps(of_judge(name)), flush=True)


if __name__ == "__main__":
    main()
