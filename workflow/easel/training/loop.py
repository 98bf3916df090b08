"""The training loop: one for every family.

A training is a pure function of (settings, images, seed): what it logs and what it leaves does not depend on
how often it was stopped, or into how many compiled calls its steps were cut.
"""

import hashlib
import importlib
import json
import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from easel.config import Gan, Vae, VaeGan
from easel.console import Progress, log
from easel.errors import EaselError
from easel.images import grid, save_png, to_uint8
from easel.training import checkpoints, networks
from easel.training.batches import Batches
from easel.training.ema import Average
from easel.training.layers import quick
from easel.training.schedule import Schedule
from easel.training.signals import StopSignals

GRID = 8  # progress pictures show GRID × GRID samples
CALL_SECONDS = 1.0  # how long a compiled call should take: the rhythm of the progress bar and of stopping

# Settings that change no step's result: a longer training goes on from a shorter one's state.
NOT_IN_STATE = ("epochs", "checkpoint_every", "description", "source")


class Training:
    """One training: its networks, where it stands, and what it has logged.

    networks: every network by name; `sampler` names the one that images are drawn from, and its weights in
    `networks` are the average's where there is one.
    history: a dict per row of history.csv. seconds: spent training, over all jobs that took part.
    """

    def __init__(
        self,
        images: np.ndarray,              # uint8 (N, S, S, 3): the training split
        settings: Gan | Vae | VaeGan,    # the preset with the run's overrides
        seed: int,                       # of the weights, the order of the images, the latents
        precision: str,                  # Keras dtype policy: "float32" or "mixed_bfloat16"
        states: Path,                    # folder for state that survives a killed job
        depends_on: Mapping[str, Any],   # what else the result depends on: data and code fingerprints
        label: str = "training",         # shown with the progress
    ):  # fmt: skip
        count, self.image_size = images.shape[:2]
        if settings.batch_size > count:
            raise EaselError(
                f"{label}: batch_size is {settings.batch_size}, but there are only {count} training images"
            )
        self.settings, self.precision, self.label = settings, precision, label
        self.schedule = Schedule.of(settings, count)
        key = state_key(settings, seed, precision, depends_on)
        self.state = states / key
        if states.is_dir() and not self.state.is_dir() and any(states.iterdir()):
            log.info("%s: earlier state in %s is for other settings, data or code, and is not used", label, states)

        keras.utils.set_random_seed(seed)
        objective_of = importlib.import_module(f"easel.training.objectives.{settings.family}").Objective

        def build(name: str) -> keras.Model:
            return quick(networks.build(name, settings, self.image_size, precision))

        self.objective = objective_of(build, settings)
        self.sampler = self.objective.sampler
        self.networks = dict(self.objective.networks)
        average = None
        if settings.ema_decay:
            twin = networks.build(self.sampler, settings, self.image_size, precision)
            average = Average(self.networks[self.sampler], twin, settings.ema_decay)
            self.networks[self.sampler] = twin
        optimizers = {f"{name}_optimizer": optimizer for name, optimizer in self.objective.optimizers.items()}
        averages = {"average": average.network} if average else {}
        self.variables = networks.variables(self.objective.networks | optimizers | averages)
        batches = Batches(images, settings.batch_size, seed, settings.flip)
        self.run_steps = compile_steps(self.objective, batches, average)

        self.latents = np.random.default_rng([seed, 1]).standard_normal((GRID**2, settings.latent_dim), np.float32)
        self.step = 0
        self.seconds = 0.0
        self.history: list[dict[str, float]] = []
        self.pending: list[list[float]] = []  # metrics of the steps since the last row of the history
        self.resumed_at: list[int] = []

    def run(self) -> None:
        """Train to the end, going on from the newest whole checkpoint.

        Raises EaselError when a loss is no longer finite, and, with the state saved, when a signal asks to stop.
        """
        self.restore()
        schedule, batch_size = self.schedule, self.settings.batch_size
        calls = CallLength(CALL_SECONDS)
        clock = time.monotonic()
        with (
            StopSignals() as stop,
            Progress(schedule.last * batch_size, "images", self.label, self.step * batch_size) as progress,
        ):
            if self.step == 0:
                self.keep_pictures()
            while self.step < schedule.last:
                count = min(calls.steps, schedule.next_event(self.step) - self.step)
                rows = calls.timed(self.run_steps, self.step, count)
                self.check_finite(rows)
                self.step += count
                clock, before = time.monotonic(), clock
                self.seconds += clock - before
                self.log_rows(rows)
                self.keep_pictures()
                progress.update(count * batch_size, describe_losses(self.objective.metrics, rows))
                if schedule.checkpoints(self.step) or stop.asked:
                    self.save()
                if stop.asked and self.step < schedule.last:
                    raise EaselError(
                        f"{self.label}: stopped by {stop.asked} at step {self.step} of {schedule.last}. Its state is "
                        "saved; the same snakemake command goes on from there."
                    )
        # After the last checkpoint, because a longer training of this run does not end here.
        self.keep_pictures()
        self.end_row()

    def log_rows(self, rows: np.ndarray) -> None:
        """Take in metrics of some steps, float32 (steps, metrics); end a row of the history where one is due."""
        self.pending += rows.tolist()
        if self.schedule.logs(self.step):
            self.end_row()

    def end_row(self) -> None:
        """Make a row of the history of the metrics since the one before."""
        if self.pending:
            means = np.mean(np.array(self.pending, np.float64), axis=0)
            where = {
                "epoch": self.step / self.schedule.per_epoch,
                "step": self.step,
                "images": self.step * self.settings.batch_size,
                "seconds": self.seconds,
            }
            self.history.append(where | dict(zip(self.objective.metrics, means.tolist(), strict=True)))
            self.pending = []

    def keep_pictures(self) -> None:
        """Draw the progress picture and keep the snapshot that are due at this step, unless they are there."""
        network = self.networks[self.sampler]
        if self.schedule.draws(self.step) and not self.picture(self.step).exists():
            picture = grid(to_uint8(network(self.latents, training=False)), GRID)
            save_png(self.picture(self.step), picture)
        if self.step in self.schedule.snapshots and not self.snapshot(self.step).exists():
            networks.save(self.exported(self.sampler), self.snapshot(self.step))

    def check_finite(self, rows: np.ndarray) -> None:
        """Stop at the first step whose metrics, float32 (steps, metrics), are not all finite."""
        if np.isfinite(rows).all():
            return
        at, column = np.argwhere(~np.isfinite(rows))[0]
        kept = f" The last good checkpoint is in {self.state}." if any(self.state.glob("checkpoint-*.npz")) else ""
        raise EaselError(
            f"{self.label}: {self.objective.metrics[column]} is {rows[at, column]} at step {self.step + at}: the "
            f"training has diverged. Lower learning_rate, or set precision: float32.{kept}"
        )

    def save(self) -> None:
        """Write a checkpoint."""
        names = ("seconds", "history", "pending", "resumed_at")
        checkpoints.save(self.state, self.step, self.variables, {name: getattr(self, name) for name in names})

    def restore(self) -> None:
        """Go to where the newest whole checkpoint left off, if there is one."""
        if found := checkpoints.restore(self.state, self.variables, self.schedule.last):
            self.step, notes = found
            for name, value in notes.items():
                setattr(self, name, value)
        if 0 < self.step < self.schedule.last:
            self.resumed_at = [*self.resumed_at, self.step]
            log.info("%s: goes on from step %d of %d", self.label, self.step, self.schedule.last)

    def exported(self, name: str) -> keras.Model:
        """A network in float32, as it is kept for use after training."""
        return networks.in_float32(self.networks[name], name, self.settings, self.image_size)

    def picture(self, step: int) -> Path:
        """Where the progress picture of a step lies."""
        return self.state / "progress" / f"step-{step:06d}.png"

    def snapshot(self, step: int) -> Path:
        """Where the snapshot of a step lies."""
        return self.state / "snapshots" / f"step-{step:06d}.keras"


def compile_steps(objective, batches: Batches, average: Average | None) -> Callable[[int, int], np.ndarray]:
    """A function (first step, count) -> float32 (count, metrics) that takes many steps in one compiled call."""

    @tf.function(input_signature=[tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.int64)])
    def run_steps(first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        rows = tf.TensorArray(tf.float32, tf.cast(count, tf.int32), element_shape=[len(objective.metrics)])
        for i in tf.range(count):
            tf.autograph.experimental.set_loop_options(parallel_iterations=1)
            metrics = objective.step(first + i, batches)
            if average is not None:
                average.update(first + i)
            rows = rows.write(tf.cast(i, tf.int32), tf.stack(metrics))
        return rows.stack()

    return lambda first, count: run_steps(tf.constant(first, tf.int64), tf.constant(count, tf.int64)).numpy()


class CallLength:
    """How many steps one compiled call takes, so that it lasts about `seconds`."""

    def __init__(self, seconds: float):
        self.seconds, self.steps = seconds, 1

    def timed(self, run_steps: Callable[[int, int], np.ndarray], first: int, count: int) -> np.ndarray:
        """Run, and set the length of the next call by how long this one took; it at most doubles."""
        started = time.monotonic()
        rows = run_steps(first, count)
        per_step = (time.monotonic() - started) / count
        self.steps = max(1, min(2 * self.steps, math.floor(self.seconds / per_step)))
        return rows


def state_key(settings: Gan | Vae | VaeGan, seed: int, precision: str, depends_on: Mapping[str, Any]) -> str:
    """Twelve hexadecimal digits that differ where a training would compute something else."""
    key = {name: value for name, value in settings.model_dump().items() if name not in NOT_IN_STATE}
    key |= {"seed": seed, "precision": precision, "tensorflow": tf.__version__, "keras": keras.__version__}
    return hashlib.sha256(json.dumps(key | dict(depends_on), sort_keys=True).encode()).hexdigest()[:12]


def describe_losses(metrics: tuple[str, ...], rows: np.ndarray) -> str:
    """The newest losses, for the progress bar; rows: float32 (steps, metrics)."""
    newest = zip(metrics, rows[-1], strict=True)
    return ", ".join(f"{name} {value:.3g}" for name, value in newest if not name.endswith("accuracy"))
