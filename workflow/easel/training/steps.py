"""Many training steps in one compiled call."""

import math
import time
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from easel.training.batches import Batch, Batches
from easel.training.ema import Average

RunSteps = Callable[[int, int], np.ndarray]
"""(first step, count) -> the metrics of each step, float32 (count, metrics)"""


def compile_steps(objective, batches: Batches, average: Average | None, jit_compile: bool) -> RunSteps:
    """A function that takes many steps, on all devices of the strategy that it is made under, and then returns.

    jit_compile: whether XLA compiles what a step does with its batch. Drawing the batch it cannot, and its normal
    distribution would be another.
    """
    strategy = tf.distribute.get_strategy()

    def learn(batch: Batch, rare: bool) -> tf.Tensor:
        metrics = objective.step(batch, rare)
        if average is not None and rare:
            average.update(batch.step // objective.rare_every)
        return tf.stack(metrics)

    if jit_compile:
        learn = tf.function(learn, jit_compile=True)

    def take(step: tf.Tensor, rare: bool) -> tf.Tensor:
        def of_one_device() -> tf.Tensor:
            return learn(batches.batch(step), rare)

        return strategy.reduce(tf.distribute.ReduceOp.MEAN, strategy.run(of_one_device), axis=None)

    def take_step(step: tf.Tensor) -> tf.Tensor:
        if objective.rare_every == 1:
            return take(step, rare=True)
        # The condition stands outside of what runs on each device, because devices synchronise inside.
        is_rare = (step + 1) % objective.rare_every == 0
        return tf.cond(is_rare, lambda: take(step, rare=True), lambda: take(step, rare=False))

    @tf.function(input_signature=[tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.int64)])
    def run_steps(first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        rows = tf.TensorArray(tf.float32, tf.cast(count, tf.int32), element_shape=[len(objective.metrics)])
        for i in tf.range(count):
            tf.autograph.experimental.set_loop_options(parallel_iterations=1)
            rows = rows.write(tf.cast(i, tf.int32), take_step(first + i))
        return rows.stack()

    return lambda first, count: run_steps(tf.constant(first, tf.int64), tf.constant(count, tf.int64)).numpy()


class CallLength:
    """How many steps one compiled call takes, so that it lasts about `seconds`; how many have been `taken`."""

    def __init__(self, seconds: float):
        self.seconds, self.steps, self.taken = seconds, 1, 0

    def timed(self, run_steps: RunSteps, first: int, count: int) -> tuple[np.ndarray, float]:
        """Run, and set the length of the next call by how long this one took; it at most doubles.

        Returns the rows and the seconds.
        """
        started = time.monotonic()
        rows = run_steps(first, count)
        seconds = time.monotonic() - started
        self.taken += 1
        self.steps = max(1, min(2 * self.steps, math.floor(self.seconds * count / seconds)))
        return rows, seconds
