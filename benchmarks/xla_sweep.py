"""Compile every preset's training step with XLA on the CPU, and compare it with the same step that is not compiled.

    python benchmarks/xla_sweep.py                                              # every preset and precision
    python benchmarks/xla_sweep.py --presets dcgan vae --precisions float32

float32 losses must be within 5e-5 of those of the step without XLA, and gradients alike; in 16 bits everything must be
finite. No operation that TensorFlow refuses on a GPU under `deterministic: true` may be in a step. Exits with status 1
if a preset fails. Networks are small: width 4, four images, n_dis at most 2. tests/training/test_steps.py does the same
for a few presets and precisions.

XLA never gives back the memory maps of a compiled step, and the kernel allows a process 65,530 of them: about forty
steps. So a process compiles a few, and the next one goes on. LLVM optimises nothing: what it makes of XLA's operations
is machine code of this CPU, of which a GPU has none.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

from easel.config.presets import Preset
from easel.planning.machine import CORES
from easel.runtime.lean_keras import import_keras
from easel.study.files import adapter
from easel.study.resolve import read_preset
from easel.training.steps import RunSteps
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)
import tensorflow as tf  # noqa: E402

ROOT = Path(__file__).parents[1]
PRESETS = sorted(file.stem for file in (ROOT / "config/presets").glob("*.yaml"))
PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")

SMALL = {"width": 4, "batch_size": 4, "latent_dim": 8, "epochs": 1.0, "flip": True}
LATENT_DIMS = {"vq_vae": 16}  # a grid
LOSSES, GRADIENTS = 5e-5, 0.02
"""The largest errors in float32: of a loss, relative if it is above 1; of a network's gradient, relative in length.
Rounding that carries a number over a ReLU's edge changes a gradient by up to 1e-2; a wrong gradient is off by far more.
"""

STEPS_PER_PROCESS = 6

REFUSED = frozenset({
    "AdjustContrastv2", "AvgPool3DGrad", "Bincount", "CropAndResizeGradBoxes", "CropAndResizeGradImage",
    "CudnnRNN", "CudnnRNNV2", "CudnnRNNV3", "DenseBincount", "DepthwiseConv2dNativeBackpropFilter",
    "FakeQuantWithMinMaxVarsPerChannelGradient", "FractionalAvgPoolGrad", "FractionalMaxPoolGrad",
    "MaxPoolGradGradWithArgmax", "MaxPoolGradWithArgmax", "RaggedBincount", "ResizeBicubicGrad",
    "ResizeNearestNeighborGrad", "SparseBincount", "SparseMatrixMatMul", "SparseTensorDenseMatMul",
})  # fmt: skip
"""Operations without a deterministic kernel for GPUs in TensorFlow 2.21, of those that networks for images may have:
they raise UnimplementedError there after `enable_op_determinism`, or cuDNN chooses their order of sums. So does
`FusedBatchNormGrad` with is_training=False."""


class Step(NamedTuple):
    """What was found about one preset's compiled step."""

    loss_error: float | None
    """The largest error of a loss; None in 16 bits."""
    gradient_error: float | None
    """The largest error of a network's gradient, relative in length; None in 16 bits."""
    finite: bool
    refused: set[str]
    """Operations in it that have no deterministic kernel for GPUs."""

    @property
    def faults(self) -> list[str]:
        """What is wrong with it; nothing if all is well."""
        found = [] if self.finite else ["not finite"]
        for name, error, most in (("loss", self.loss_error, LOSSES), ("gradient", self.gradient_error, GRADIENTS)):
            if error is not None and not error <= most:
                found.append(f"{name} differs by {error:.1e}, over {most:.0e}")
        return found + [f"{kind} is not deterministic on a GPU" for kind in sorted(self.refused)]


def trainer_of(preset: str, precision: str, jit_compile: bool) -> Trainer:
    """A small training of a preset on 64 images of noise."""
    keras.backend.clear_session()
    written = read_preset(ROOT / f"config/presets/{preset}.yaml", ROOT)
    small = SMALL | {"latent_dim": LATENT_DIMS.get(preset, SMALL["latent_dim"])}
    if written.get("n_dis", 1) > 1:
        small |= {"n_dis": 2}
    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), np.uint8)
    return Trainer(
        images, adapter(Preset).validate_python(written | small), 0, precision, preset, np.arange(64) % 4,
        ("red", "green", "blue", "grey"), jit_compile,
    )  # fmt: skip


def compiled_step(preset: str, precision: str) -> Step:
    """Take two steps of a preset with XLA; where n_dis is 2, the first is of the discriminator alone."""
    compiled = trainer_of(preset, precision, jit_compile=True)
    losses, gradients = [], []
    plain = trainer_of(preset, precision, jit_compile=False) if precision == "float32" else None
    for step in range(2):
        if plain:  # each step from the same weights: differences in the last bit would grow from step to step
            for name, variable in compiled.variables.items():
                variable.assign(plain.variables[name])
        rows = compiled.run_steps(step, 1)
        if plain:
            expected = eagerly(plain.run_steps, step)
            losses.append(np.max(np.abs(rows - expected) / np.maximum(1.0, np.abs(expected))))
            gradients += [
                distance(momenta(compiled, name), momenta(plain, name)) for name in compiled.objective.optimizers
            ]
    values = [variable.numpy() for variable in compiled.variables.values()]
    finite = np.isfinite(rows).all() and all(np.isfinite(each).all() for each in values if each.dtype.kind == "f")
    errors = (max(map(float, losses)), max(gradients)) if plain else (None, None)
    return Step(*errors, bool(finite), refused(compiled.run_steps.function))


def eagerly(run_steps: RunSteps, step: int) -> np.ndarray:
    """One step without a graph, which takes long to trace: float32 (1, metrics)."""
    tf.config.run_functions_eagerly(True)
    try:
        return run_steps(step, 1)
    finally:
        tf.config.run_functions_eagerly(False)


def momenta(trainer: Trainer, optimizer: str) -> np.ndarray:
    """Adam's running means of an optimiser, after a step from 0 a multiple of the gradients: float32 (n,)."""
    means = trainer.objective.optimizers[optimizer]._momentums
    return np.concatenate([mean.numpy().ravel() for mean in means])


def distance(one: np.ndarray, other: np.ndarray) -> float:
    """The length of the difference relative to that of the second."""
    return float(np.linalg.norm(one - other) / max(np.linalg.norm(other), 1e-12))


def refused(function: tf.types.experimental.PolymorphicFunction) -> set[str]:
    """The operations of a function, and of those that it calls, that have no deterministic kernel for GPUs."""
    graph = function.get_concrete_function().graph.as_graph_def()
    nodes = [*graph.node, *(node for function in graph.library.function for node in function.node_def)]
    found = {node.op for node in nodes} & REFUSED
    if any(node.op.startswith("FusedBatchNormGrad") and not node.attr["is_training"].b for node in nodes):
        found.add("FusedBatchNormGrad(is_training=False)")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--presets", nargs="*", default=PRESETS)
    parser.add_argument("--precisions", nargs="*", default=PRECISIONS)
    parser.add_argument("--processes", type=int, default=CORES)
    given = parser.parse_args()
    os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"  # for the processes that compile
    failed = False
    print("| preset | precision | loss | gradient | CPU seconds | |\n| --- | --- | --- | --- | --- | --- |")
    chosen = [(preset, precision) for preset in given.presets for precision in given.precisions]
    for (preset, precision), (found, seconds) in zip(chosen, in_processes(chosen, given.processes), strict=True):
        errors = ["-" if each is None else f"{each:.1e}" for each in (found.loss_error, found.gradient_error)]
        failed |= bool(found.faults)
        print(
            f"| {preset} | {precision} | {' | '.join(errors)} | {seconds:.0f} | {'; '.join(found.faults) or 'good'} |",
            flush=True,
        )
    sys.exit(int(failed))


def in_processes(chosen: list[tuple[str, str]], count: int) -> Iterator[tuple[Step, float]]:
    """`timed_step` of each, by so many processes at a time, which give way to new ones before their maps run out."""
    spawn = multiprocessing.get_context("spawn")
    for some in batched(chosen, count * STEPS_PER_PROCESS):
        with ProcessPoolExecutor(count, mp_context=spawn) as processes:
            yield from processes.map(timed_step, *zip(*some, strict=True))


def batched(chosen: list[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    """Parts of a list, of at most this size."""
    return (chosen[start : start + size] for start in range(0, len(chosen), size))


def timed_step(preset: str, precision: str) -> tuple[Step, float]:
    """`compiled_step`, and the CPU seconds that it took."""
    started = time.process_time()
    return compiled_step(preset, precision), time.process_time() - started


if __name__ == "__main__":
    main()
