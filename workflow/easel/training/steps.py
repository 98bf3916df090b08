"""Many training steps in one compiled call.

Counters are 32-bit integers: TensorFlow keeps those on the host, where loops and conditions are decided. Comparing
64-bit ones on a GPU would make every step wait for all that the GPU has still to compute.
"""

import math
import time
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from easel.training.batches import Batch, Batches
from easel.training.ema import Average
from easel.training.objectives import ObjectiveBase

RunSteps = Callable[[int, int], np.ndarray]
"""(first step, count) -> the metrics of each step, float32 (count, metrics)"""

COUNTER = tf.TensorSpec([], tf.int32)


class CompiledSteps:
    """`RunSteps` by a compiled function of two int32 () tensors."""

    def __init__(self, function: tf.types.experimental.PolymorphicFunction):
        self.function = function

    def __call__(self, first: int, count: int) -> np.ndarray:
        return self.function(tf.constant(first, tf.int32), tf.constant(count, tf.int32)).numpy()


def compile_steps(
    objective: ObjectiveBase, batches: Batches, averages: Sequence[Average], jit_compile: bool
) -> CompiledSteps:
    """A function that takes many steps, on all devices of the current strategy, and returns their metrics.

    averages: of networks' weights, updated with the generator. jit_compile: compile learning with XLA. Making the
    batch stays outside, because XLA's normal distribution is another function of the same random bits.
    """
    strategy = tf.distribute.get_strategy()

    def learn(batch: Batch, update_generator: bool) -> tf.Tensor:
        metrics = objective.step(batch, update_generator)
        if update_generator:
            for average in averages:
                average.update(batch.step // objective.generator_every)
        return tf.stack(metrics)

    if jit_compile:
        learn = tf.function(learn, jit_compile=True, autograph=False)

    def take(step: tf.Tensor, update_generator: bool) -> tf.Tensor:
        def of_one_device() -> tf.Tensor:
            return learn(batches.batch(step), update_generator)

        return strategy.reduce(tf.distribute.ReduceOp.MEAN, strategy.run(of_one_device), axis=None)

    def take_step(step: tf.Tensor) -> tf.Tensor:
        if objective.generator_every == 1:
            return take(step, update_generator=True)
        # The condition encloses what runs on each device, because devices synchronise inside.
        is_due = (step + 1) % objective.generator_every == 0
        return tf.cond(is_due, lambda: take(step, update_generator=True), lambda: take(step, update_generator=False))

    @tf.function(input_signature=[COUNTER, COUNTER], autograph=False)
    def run_steps(first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        def next_row(i: tf.Tensor, rows: tf.TensorArray) -> tuple[tf.Tensor, tf.TensorArray]:
            return i + 1, rows.write(i, take_step(first + i))

        none = tf.TensorArray(tf.float32, count, element_shape=[len(objective.metrics)])
        _, rows = tf.while_loop(lambda i, rows: i < count, next_row, (tf.constant(0), none), parallel_iterations=1)
        return rows.stack()

    return CompiledSteps(run_steps)


class CallLength:
    """The number of steps in the next compiled call, adapted so that a call lasts about `seconds`.

    steps: in the next call. is_warm: True once the calls so far have traced, compiled and taken every kind of step.
    """

    def __init__(self, seconds: float, turn: int = 1):
        """turn: any so many steps in a row are of every kind: an objective's `generator_every`."""
        self.seconds, self.steps = seconds, turn
        self._still_cold = turn  # steps

    @property
    def is_warm(self) -> bool:
        return self._still_cold <= 0

    def timed(self, run_steps: RunSteps, first: int, count: int) -> tuple[np.ndarray, float]:
        """Take `count` steps and adapt the length of the next call, which at most doubles.

        Returns the metrics of each step, float32 (count, metrics), and the seconds.
        """
        started = time.monotonic()
        rows = run_steps(first, count)
        seconds = time.monotonic() - started
        self._still_cold -= count
        self.steps = max(1, min(2 * self.steps, math.floor(self.seconds * count / seconds)))
        return rows, seconds
