"""Where the operations of a training step would run on a GPU, and what would cross between its memory and the host's.

    python benchmarks/placement.py                                   # every preset and precision, as a table
    python benchmarks/placement.py --presets dcgan vae --list        # and what crosses in these
    PYTHONPATH=../before/workflow python benchmarks/placement.py     # with another checkout's code

The result is in placement.md.

No GPU is needed: the step is traced, and TensorFlow's registry of kernels, which its builds for Linux on x86-64 have
with or without a GPU, is asked what would become of each operation. The rules are those of TensorFlow 2.21's placer:

- an operation runs on the GPU if a kernel for its types is registered there, unless `tf.device` says otherwise;
- a kernel's arguments are in the GPU's memory but for those that its registration lists as host memory;
- integers of 32 bits are in host memory wherever they pass a function, a loop or a condition;
- variables are on the GPU but for those of 32-bit integers;
- what is computed from constants alone, and what copies its input, is removed by the optimiser of graphs.

A crossing to the host makes TensorFlow wait until the GPU has computed all that was asked of it, so each is a **wait**.
Operations that XLA compiles are one operation here; conditions inside it are listed, because XLA reads a condition's
predicate on the host, too.
"""

import argparse
import inspect
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from easel.config.presets import Preset
from easel.runtime.lean_keras import import_keras
from easel.study.files import adapter
from easel.study.resolve import read_preset
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402
from tensorflow.python.framework import kernels  # noqa: E402
from tensorflow.python.ops.handle_data_util import get_resource_handle_data  # noqa: E402

ROOT = Path(__file__).parents[1]
PRESETS = sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml"))
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
HOST, DEVICE = "host", "device"
HALF = tf.float16.as_datatype_enum
COMPILED = "_XlaMustCompile"


class Crossing(NamedTuple):
    """A tensor that crosses between host and GPU."""

    producer: str
    """The name of the operation that makes the tensor."""
    consumer: str
    """The type of the first operation that needs it on the other side."""
    dtype: str
    shape: tuple[int | None, ...] | None
    to_host: bool
    per_step: bool
    """True inside the loop over steps, false if it crosses once in a call of many steps."""

    @property
    def elements(self) -> int | None:
        """The number of values; None if the shape is not known when the step is traced."""
        if self.shape is None or None in self.shape:
            return None
        count = 1
        for side in self.shape:
            count *= side or 0
        return count

    @property
    def bytes(self) -> int | None:
        """The size; None if it is not known when the step is traced."""
        return None if self.elements is None else self.elements * tf.as_dtype(self.dtype).size

    def __str__(self) -> str:
        way = "to the host" if self.to_host else "to the GPU"
        when = "each step" if self.per_step else "each call"
        return f"{self.dtype}{list(self.shape or ['?'])} of {self.producer} {way} for {self.consumer}, {when}"


@dataclass
class Placement:
    """What was found about one traced training step."""

    crossings: list[Crossing] = field(default_factory=list)
    without_kernel: list[tuple[str, str, int]] = field(default_factory=list)
    """Of each operation inside the loop that has no kernel for a GPU: its type, its name, and the number of values of
    its largest input or output whose size is known."""
    waiting_conditions: list[str] = field(default_factory=list)
    """Loops and conditions inside the loop over steps whose predicate is computed on the GPU, by name."""

    @property
    def waits(self) -> list[Crossing]:
        """What crosses to the host in each step."""
        return [each for each in self.crossings if each.per_step and each.to_host]

    @property
    def bytes_to_host(self) -> int:
        """Bytes that cross to the host in each step."""
        return bytes_of(self.crossings, to_host=True)

    @property
    def bytes_to_gpu(self) -> int:
        """Bytes that cross to the GPU in each step."""
        return bytes_of(self.crossings, to_host=False)


def bytes_of(crossings: Sequence[Crossing], to_host: bool) -> int:
    """Bytes that cross one way in each step."""
    return sum(each.bytes or 0 for each in crossings if each.per_step and each.to_host is to_host)


# --- the registry ---------------------------------------------------------------------------------------------------


class Kernel(NamedTuple):
    """One registration: the types it is for, by attribute, and the arguments that it keeps in host memory."""

    types: dict[str, frozenset[int]]
    host: frozenset[str]


@cache
def gpu_kernels(operation: str) -> tuple[Kernel, ...]:
    """The kernels of a type of operation for a GPU, those for any device last."""
    found = kernels.get_registered_kernels_for_op(operation).kernel
    return tuple(
        Kernel(
            {each.name: frozenset(each.allowed_values.list.type) for each in kernel.constraint},
            frozenset(kernel.host_memory_arg),
        )
        for device in ("GPU", "DEFAULT")
        for kernel in found
        if kernel.device_type == device and not kernel.label
    )


def has_gpu_kernels() -> bool:
    """True if this build of TensorFlow registers kernels for GPUs (builds for macOS and for aarch64 need not)."""
    return tf.test.is_built_with_cuda() and bool(gpu_kernels("Conv2D"))


def kernel_for(operation, half: int) -> Kernel | None:
    """The kernel that would run an operation on a GPU; None if there is none for its types.

    half: the type to take in place of float16.
    """
    if not (found := gpu_kernels(operation.type)):
        return None
    types = {name: {half if each == HALF else each for each in of} for name, of in types_of(operation).items()}
    for kernel in found:
        if all(types.get(name, allowed) <= allowed for name, allowed in kernel.types.items()):
            return kernel
    return None


def types_of(operation) -> dict[str, frozenset[int]]:
    """The types of an operation, by attribute."""
    attributes = operation.node_def.attr
    found = {}
    for each in operation.op_def.attr:
        if each.type == "type":
            found[each.name] = frozenset([attributes[each.name].type])
        elif each.type == "list(type)":
            found[each.name] = frozenset(attributes[each.name].list.type)
    return found


def arguments(operation, declared) -> Iterator[str]:
    """The name of the argument that each input (or output) of an operation belongs to, in order.

    declared: the operation's `op_def.input_arg` or `output_arg`.
    """
    attributes = operation.node_def.attr
    for argument in declared:
        count = 1
        if argument.number_attr:
            count = attributes[argument.number_attr].i
        elif argument.type_list_attr:
            count = len(attributes[argument.type_list_attr].list.type)
        yield from [argument.name] * count


# --- the walk -------------------------------------------------------------------------------------------------------


class Walk:
    """Follows tensors through a graph and the functions that it calls; `found` collects what crosses.

    half: the type to take in place of float16, for what the same step would do in another precision.
    """

    def __init__(self, half: tf.DType = tf.float16):
        self.found = Placement()
        self.half = half.as_datatype_enum
        self.sent: set[tuple] = set()
        self.constant: set[tuple] = set()

    def graph(self, graph, inputs: Sequence[str], per_step: bool) -> list[str]:
        """Walk a function's graph whose inputs are in these memories. Returns the memories of its outputs."""
        where: dict[str, str] = {}  # tensor -> memory; by name, because tensors cannot be hashed
        on_host: set[str] = set()  # resources whose variables are on the host
        for tensor, memory in zip(graph.inputs, inputs, strict=True):
            where[tensor.name] = memory
            if tensor.dtype == tf.resource and holds_int32(tensor):
                on_host.add(tensor.name)
        for operation in in_order(graph):
            if operation.type not in ("Placeholder", "NoOp"):
                self.operation(graph, operation, where, on_host, per_step)
        return [where[tensor.name] for tensor in graph.outputs]

    def operation(self, graph, operation, where, on_host, per_step: bool) -> None:
        """Walk one operation, and note where its outputs are."""
        kind = operation.type
        if self.folds(operation):
            self.constant |= {key(each) for each in operation.outputs}
            for tensor in operation.outputs:
                where[tensor.name] = self.memory_of_constant(operation, tensor)
        elif kind in ("If", "StatelessIf", "Case", "StatelessCase"):
            self.condition(graph, operation, where, per_step)
        elif kind in ("While", "StatelessWhile"):
            self.loop(graph, operation, where, per_step)
        elif kind in ("PartitionedCall", "StatefulPartitionedCall"):
            self.call(graph, operation, where, per_step)
        elif kind == "Identity":  # the optimiser of graphs removes it
            where[operation.outputs[0].name] = where[operation.inputs[0].name]
        else:
            self.plain(operation, where, on_host, per_step)

    def plain(self, operation, where, on_host, per_step: bool) -> None:
        """Walk an operation that calls no function."""
        kernel = kernel_for(operation, self.half)
        forced = "CPU" in operation.device or any(each.name in on_host for each in operation.inputs)
        # Shapes are read where the tensor is.
        forced |= operation.type in ("Shape", "Size", "Rank") and where[operation.inputs[0].name] == HOST
        if kernel is None and not forced and per_step:
            sizes = [elements(each) for each in (*operation.inputs, *operation.outputs)]
            self.found.without_kernel.append((operation.type, operation.name, max([*filter(None, sizes), 0])))
        host = kernel is None or forced
        names = arguments(operation, operation.op_def.input_arg)
        for tensor, name in zip(operation.inputs, names, strict=True):
            self.bring(tensor, HOST if host or name in kernel.host else DEVICE, where, operation, per_step)
        names = arguments(operation, operation.op_def.output_arg)
        for tensor, name in zip(operation.outputs, names, strict=True):
            where[tensor.name] = HOST if host or name in kernel.host else DEVICE

    def folds(self, operation) -> bool:
        """True if the optimiser of graphs replaces an operation by its result, because it always has the same."""
        if operation.type in ("Shape", "Size", "Rank"):
            return operation.inputs[0].shape.is_fully_defined()
        if operation.op_def.is_stateful or operation.type == "Placeholder" or functions_of(operation):
            return False
        return all(key(each) in self.constant for each in operation.inputs) and bool(operation.outputs)

    def memory_of_constant(self, operation, tensor) -> str:
        """Where a constant is: the placer puts one with a single consumer where that is."""
        if tensor.dtype == tf.int32 or "CPU" in operation.device:
            return HOST
        consumers = tensor.consumers()
        if operation.type == "Const" and len(consumers) == 1 and not functions_of(consumers[0]):
            consumer = consumers[0]
            if kernel_for(consumer, self.half) is None or "CPU" in consumer.device:
                return HOST
        return DEVICE

    def bring(self, tensor, memory: str, where, consumer, per_step: bool) -> None:
        """Note the crossing of a tensor that an operation needs in this memory, once for each tensor."""
        if tensor.dtype in (tf.resource, tf.variant, tf.string) or where[tensor.name] == memory:
            return
        if (*key(tensor), memory) not in self.sent:
            self.sent.add((*key(tensor), memory))
            shape = None if tensor.shape.rank is None else tuple(tensor.shape.as_list())
            self.found.crossings.append(
                Crossing(tensor.name, consumer.type, tensor.dtype.name, shape, memory == HOST, per_step)
            )

    def passed(self, operation, tensors, where, per_step: bool) -> list[str]:
        """The memories of tensors that pass into a function: 32-bit integers are in the host's there."""
        memories = []
        for tensor in tensors:
            if tensor.dtype == tf.int32:
                self.bring(tensor, HOST, where, operation, per_step)
                memories.append(HOST)
            else:
                memories.append(where[tensor.name])
        return memories

    def condition(self, graph, operation, where, per_step: bool) -> None:
        predicate, *others = operation.inputs
        if where[predicate.name] == DEVICE and predicate.op.type != "Const" and per_step:
            self.found.waiting_conditions.append(operation.name)
        self.bring(predicate, HOST, where, operation, per_step)
        memories = self.passed(operation, others, where, per_step)
        attributes = operation.node_def.attr
        if operation.type.endswith("Case"):
            names = [each.name for each in attributes["branches"].list.func]
        else:
            names = [attributes[each].func.name for each in ("then_branch", "else_branch")]
        before, ways, ends = self.found.crossings, [], []
        for name in names:
            self.found.crossings = []
            ends.append(self.graph(function_graph(graph, name), memories, per_step))
            ways.append(self.found.crossings)
        # A step goes one of the ways: the costlier counts.
        self.found.crossings = before + max(ways, key=lambda way: (bytes_of(way, to_host=True), len(way)))
        for tensor, *found in zip(operation.outputs, *ends, strict=True):
            where[tensor.name] = end_of(tensor, found)

    def loop(self, graph, operation, where, per_step: bool) -> None:
        memories = self.passed(operation, operation.inputs, where, per_step)
        attributes = operation.node_def.attr
        test, body = (function_graph(graph, attributes[each].func.name) for each in ("cond", "body"))
        (end,) = self.graph(test, memories, per_step=True)
        if end == DEVICE:
            self.found.waiting_conditions.append(operation.name)
        self.bring(test.outputs[0], HOST, {test.outputs[0].name: end}, operation, per_step=True)
        ends = self.graph(body, memories, per_step=True)
        for tensor, start, memory in zip(body.outputs, memories, ends, strict=True):
            self.bring(tensor, start, {tensor.name: memory}, operation, per_step=True)
        for tensor, memory in zip(operation.outputs, memories, strict=True):
            where[tensor.name] = memory

    def call(self, graph, operation, where, per_step: bool) -> None:
        name = operation.node_def.attr["f"].func.name
        called = function_graph(graph, name)
        if is_compiled(graph, name):
            for tensor in operation.inputs:
                self.bring(tensor, DEVICE, where, operation, per_step)
            self.conditions_inside(called, per_step)
            ends = [DEVICE] * len(operation.outputs)
        else:
            memories = self.passed(operation, operation.inputs, where, per_step)
            ends = self.graph(called, memories, per_step)
        for tensor, memory in zip(operation.outputs, ends, strict=True):
            where[tensor.name] = memory if is_compiled(graph, name) else end_of(tensor, [memory])

    def conditions_inside(self, graph, per_step: bool) -> None:
        """Note the conditions of what XLA compiles."""
        for operation in graph.get_operations():
            if operation.type in ("If", "StatelessIf", "Case", "StatelessCase") and per_step:
                self.found.waiting_conditions.append(operation.name)
            for name in functions_of(operation):
                self.conditions_inside(function_graph(graph, name), per_step)


def key(tensor) -> tuple[int, str]:
    """What tells a tensor from all others (tensors cannot be hashed)."""
    return id(tensor.graph), tensor.name


def in_order(graph) -> list:
    """The operations of a graph, each after those that make its inputs. (A loop's gradient adds inputs to the loop.)"""
    ordered: dict[int, tf.Operation] = {}
    for operation in graph.get_operations():
        waiting = [operation]
        while waiting:
            missing = [each.op for each in waiting[-1].inputs if id(each.op) not in ordered]
            if missing:
                waiting += missing
            else:
                last = waiting.pop()
                ordered[id(last)] = last
    return list(ordered.values())


def end_of(tensor, memories: Sequence[str]) -> str:
    """The memory of a function's output that its branches leave in these."""
    return HOST if tensor.dtype == tf.int32 or set(memories) == {HOST} else DEVICE


def functions_of(operation) -> list[str]:
    """The names of the functions that an operation calls."""
    found = []
    for each in operation.op_def.attr:
        value = operation.node_def.attr[each.name]
        if each.type == "func":
            found.append(value.func.name)
        elif each.type == "list(func)":
            found += [function.name for function in value.list.func]
    return [name for name in found if name]


def function_graph(graph, name: str):
    """The graph of a function that a graph calls."""
    while graph is not None:
        if (found := graph._get_function(name)) is not None:
            return found.graph
        graph = getattr(graph, "outer_graph", None)
    raise KeyError(name)


def is_compiled(graph, name: str) -> bool:
    """True if XLA compiles a function."""
    found = graph._get_function(name)
    attributes = found.cached_definition.attr
    return COMPILED in attributes and attributes[COMPILED].b


def holds_int32(resource) -> bool:
    """True if a resource is a variable of 32-bit integers, which TensorFlow keeps on the host."""
    data = getattr(resource, "_handle_data", None) or get_resource_handle_data(resource)
    return bool(data and data.shape_and_type and data.shape_and_type[0].dtype == tf.int32.as_datatype_enum)


def elements(tensor) -> int | None:
    """The number of values of a tensor; None if that is not known when it is traced."""
    return tensor.shape.num_elements() if tensor.shape.rank is not None else None


def placement(function, half: tf.DType = tf.float16) -> Placement:
    """The placement of a function that takes many steps, such as a trainer's; see `function_of`.

    half: the type to take in place of float16. The steps of all precisions have the same operations with other types,
    but for the scaling of float16's loss, so a step traced in mixed_float16 answers for them all.
    """
    graph = function.get_concrete_function().graph
    walk = Walk(half)
    walk.graph(graph, [HOST if tensor.dtype == tf.int32 else DEVICE for tensor in graph.inputs], per_step=False)
    return walk.found


def function_of(trainer):
    """The compiled function (`tf.function`) that takes a trainer's steps."""
    steps = trainer.run_steps
    # Before there was a class for it, a closure.
    return getattr(steps, "function", None) or inspect.getclosurevars(steps).nonlocals["run_steps"]


def placement_of(
    preset: str,
    precision: str = "float32",
    images: int = 50_000,  # of 32×32, as CIFAR-10 has
    jit_compile: bool = False,
    **overrides: object,  # settings other than the preset's
) -> Placement:
    """The placement of a preset's step, from networks that are built for it."""
    keras.backend.clear_session()
    written = read_preset(ROOT / f"config/presets/{preset}.yaml", ROOT) | {"flip": True, "stream": False} | overrides
    array = np.zeros((images, 32, 32, 3), np.uint8)
    labels, classes = np.arange(images) % 10, [str(digit) for digit in range(10)]
    settings = adapter(Preset).validate_python(written)
    trainer = Trainer(array, settings, 0, precision, labels=labels, classes=classes, jit_compile=jit_compile)
    return placement(function_of(trainer))


def summary(found: Placement) -> dict[str, object]:
    """A placement in JSON's types: per step, bytes each way, waits, operations without a kernel, conditions."""
    return {
        "bytes_to_host": found.bytes_to_host,
        "bytes_to_gpu": found.bytes_to_gpu,
        "waits": len(found.waits),
        "without_kernel": sorted({kind for kind, _, _ in found.without_kernel}),
        "waiting_conditions": found.waiting_conditions,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--presets", nargs="*", default=PRESETS)
    parser.add_argument("--precisions", nargs="*", default=PRECISIONS)
    parser.add_argument("--width", type=int, help="of the networks; each preset's own if left out")
    parser.add_argument("--xla", action="store_true", help="compile steps with XLA, as on a single GPU")
    parser.add_argument("--list", action="store_true", help="print each tensor that crosses to the host, too")
    given = parser.parse_args()
    if not has_gpu_kernels():
        sys.exit("This build of TensorFlow has no kernels for GPUs to ask; those for Linux on x86-64 have them.")
    overrides = {} if given.width is None else {"width": given.width}
    print("| preset | precision | to the host, bytes | waits | without a kernel for GPUs | conditions that wait |")
    print("| --- | --- | --- | --- | --- | --- |")
    for preset in given.presets:
        for precision in given.precisions:
            found = placement_of(preset, precision, jit_compile=given.xla, **overrides)
            row = summary(found)
            kinds, conditions = ", ".join(row["without_kernel"]), len(found.waiting_conditions)
            print(
                f"| {preset} | {precision} | {row['bytes_to_host']:,} | {row['waits']} | {kinds or '-'} "
                f"| {conditions or '-'} |",
                flush=True,
            )
            if given.list:
                print(*(f"    {each}" for each in found.waits), sep="\n")


if __name__ == "__main__":
    main()
