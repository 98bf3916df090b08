"""Measure what augmentation costs: milliseconds of CPU for a batch, forward (real images) and with the gradient of its
images (generated ones).

    .venv/bin/python benchmarks/augmentation.py [--sizes 32 64 128] [--batch 32] [--rounds 9]

The kinds take turns in every round; figures are medians over rounds. One thread.
"""

import argparse
import time
from collections.abc import Callable
from statistics import median

from easel.runtime.lean_keras import import_keras
from easel.training import ada, augmentation

import_keras()

import tensorflow as tf  # noqa: E402 (after easel, which chooses its kernels)

PROBABILITY = 0.5  # of ADA; its time does not depend on it

Augmentation = Callable[[tf.Tensor], tf.Tensor]


def kinds(batch: int) -> dict[str, Augmentation]:
    """Each kind of augmentation of float32 (batch, S, S, 3), with random numbers of its own."""
    of_ada, of_others = (
        tf.random.stateless_uniform((batch, count), [0, 0]) for count in (ada.UNIFORMS, augmentation.UNIFORMS)
    )
    found: dict[str, Augmentation] = {
        kind: lambda images, kind=kind: augmentation.augment(images, of_others, [kind]) for kind in augmentation.KINDS
    }
    return found | {"ada": lambda images: ada.augment(images, of_ada, tf.constant(PROBABILITY))}


def passes(augment: Augmentation) -> tuple[tf.types.experimental.PolymorphicFunction, ...]:
    """Compiled functions (images, upstream) of the forward pass alone, and with the gradient of the images."""

    @tf.function
    def forward(images: tf.Tensor, upstream: tf.Tensor) -> tf.Tensor:
        return augment(images)

    @tf.function
    def with_gradient(images: tf.Tensor, upstream: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.GradientTape() as tape:
            tape.watch(images)
            found = augment(images)
        return found, tape.gradient(found, images, upstream)

    return forward, with_gradient


def milliseconds(function: Callable, *arguments: tf.Tensor) -> float:
    started = time.process_time()
    function(*arguments)
    return (time.process_time() - started) * 1e3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 128])
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=9)
    asked = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    print("| images | augmentation | forward, ms | with gradient, ms |")
    print("| --- | --- | --- | --- |")
    for size in asked.sizes:
        images, upstream = (tf.random.stateless_normal((asked.batch, size, size, 3), [0, seed]) for seed in (1, 2))
        functions = {kind: passes(augment) for kind, augment in kinds(asked.batch).items()}
        rounds = [
            {kind: [milliseconds(each, images, upstream) for each in both] for kind, both in functions.items()}
            for _ in range(asked.rounds + 1)
        ][1:]  # the first compiles
        for kind in functions:
            times = (f"{median(each[kind][way] for each in rounds):.1f}" for way in range(2))
            print(f"| {asked.batch} × {size}² | `{kind}` | {' | '.join(times)} |", flush=True)


if __name__ == "__main__":
    main()
