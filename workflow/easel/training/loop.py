"""The training loop: one for every family.

A training is a pure function of (settings, images, seed): what it logs and what it leaves does not depend on
how often it was stopped, or into how many compiled calls its steps were cut.
"""

import hashlib
import importlib
import json
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from easel import keras_files
from easel.config.presets import Preset
from easel.images import grid, load_png, save_png, to_uint8
from easel.runtime.console import Progress, log
from easel.runtime.errors import EaselError
from easel.runtime.files import read_json, write_json
from easel.runtime.interruption import StopSignals
from easel.training import checkpoints, collapse, networks, replicas
from easel.training.batches import Batches
from easel.training.checkpoints import Checkpoint
from easel.training.ema import Average
from easel.training.history import History, Look
from easel.training.layers import quick
from easel.training.schedule import Schedule
from easel.training.sources import source_of
from easel.training.steps import CallLength, compile_steps
from easel.training.tensorboard import Board

GRID = 8  # progress pictures show GRID × GRID samples
CALL_SECONDS = 1.0  # how long a compiled call should take: the rhythm of the progress bar and of stopping


class Training:
    """One training: its networks, where it stands, and what it has measured.

    networks: every network by name; `sampler` names the one that images are drawn from, and its weights in
    `networks` are the average's where there is one.
    """

    def __init__(
        self,
        images: np.ndarray,              # uint8 (N, S, S, 3): the training split, in memory or mapped from its file
        settings: Preset,                # the preset with the run's overrides
        seed: int,                       # of the weights, the order of the images, the latents
        precision: str,                  # Keras dtype policy: "float32", "mixed_bfloat16" or "mixed_float16"
        states: Path,                    # folder for state that survives a killed job
        depends_on: Mapping[str, Any],   # what else the result depends on: data and code fingerprints
        label: str = "training",         # shown with the progress
        labels: np.ndarray | None = None,  # (N,): indices into `classes`, for networks that are told them
        classes: Sequence[str] = (),     # the names of the dataset's classes
        jit_compile: bool = False,       # by XLA
        devices: Sequence[str] = (),     # that share each batch, such as ["GPU:0", "GPU:1"]; none: one device
        board: Path | None = None,       # folder for TensorBoard's events
    ):  # fmt: skip
        count, self.image_size = images.shape[:2]
        if settings.batch_size > count:
            raise EaselError(
                f"{label}: batch_size is {settings.batch_size}, but there are only {count} training images"
            )
        self.settings, self.precision, self.jit_compile, self.label = settings, precision, jit_compile, label
        self.labels, self.classes = (labels, classes) if settings.is_conditional else (None, ())
        if self.labels is not None and len(self.classes) < 2:
            raise EaselError(
                f"{label}: conditional is true, but the dataset has no classes to tell apart; set conditional: false"
                f"{' and aux_classifier_weight: 0' if settings.aux_classifier_weight else ''}"
            )
        self.schedule = Schedule.of(settings, count)
        self.board = board
        self.state = state_folder(states, settings, seed, precision, jit_compile, depends_on, label)

        keras.utils.set_random_seed(seed)
        strategy = replicas.strategy(devices)
        self.replicas = strategy.num_replicas_in_sync
        with strategy.scope():
            self._build(images, seed)

        chosen = np.random.default_rng([seed, 3]).choice(count, min(GRID**2, count), replace=False)
        self.images, self.some_images, self.seed = images, images[np.sort(chosen)], seed
        self.latents = np.random.default_rng([seed, 1]).standard_normal((GRID**2, settings.latent_dim), np.float32)
        # A row of each class, in turn. Not by `sampling.in_turn`: how is drawn afterwards must outdate no training.
        shown = None if self.labels is None else np.arange(GRID**2, dtype=np.int32) // GRID % len(self.classes)
        self.inputs = self.latents if shown is None else [self.latents, shown]
        self.step = self.began_at = 0
        self.history = History(self.objective.metrics)
        self.seconds_in_steps = 0.0  # inside compiled calls, without each job's first, which traces and compiles
        self.resumed_at: list[int] = []

    def _build(self, images: np.ndarray, seed: int) -> None:
        """Make everything that holds variables, and the function that changes them."""
        settings = self.settings

        def build(name: str) -> keras.Model:
            network = networks.build(name, settings, self.image_size, self.precision, len(self.classes))
            return quick(network, spectral_norm=name in settings.spectrally_normalised)

        objective_of = importlib.import_module(f"easel.training.objectives.{settings.family}").Objective
        self.objective = objective_of(build, settings, self.schedule)
        self.sampler = self.objective.sampler
        self.networks = dict(self.objective.networks)
        average = None
        if settings.ema_decay:
            average = Average(self.networks[self.sampler], build(self.sampler), settings.ema_decay)
            self.networks[self.sampler] = average.network
        self.generator = self.objective.to_images(self.networks.__getitem__)
        optimizers = {f"{name}_optimizer": optimizer for name, optimizer in self.objective.optimizers.items()}
        averages = {"average": average.network} if average else {}
        self.variables = networks.variables(self.objective.networks | optimizers | averages | self.objective.state)
        self.source = source_of(images, settings.stream)
        batches = Batches(self.source, settings.batch_size, settings.latent_dim, seed, settings.flip, self.labels)
        self.run_steps = compile_steps(self.objective, batches, average, self.jit_compile)

    # --- the loop ------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Train to the end, going on from the newest whole checkpoint.

        Raises EaselError when something is no longer finite, and, with the state saved, when a signal asks to stop.
        """
        self.restore()
        batch_size = self.settings.batch_size
        calls = CallLength(CALL_SECONDS)
        with (
            StopSignals() as stop,
            Progress(self.schedule.last * batch_size, "images", self.label, self.step * batch_size) as progress,
            Board(self.board) as board,
        ):
            self.show_past(board)
            self.look(board)
            clock = time.monotonic()
            while not self.ended:
                count = min(calls.steps, self.schedule.next_event(self.step) - self.step)
                rows, inside = calls.timed(self.run_steps, self.step, count)
                self.check_losses(rows)
                self.step += count
                self.seconds_in_steps += inside if calls.taken > 1 else 0.0
                clock, before = time.monotonic(), clock
                self.history.add(rows, clock - before)
                self.look(board)
                if self.schedule.logs(self.step) and not self.ended:
                    board.rows(self.rows(since=self.step - 1))
                progress.update(count * batch_size, describe_losses(self.objective.metrics, rows))
                if self.schedule.checkpoints(self.step) or self.ended or stop.asked:
                    self.save()
                if stop.asked and not self.ended:
                    raise EaselError(
                        f"{self.label}: stopped by {stop.asked} at step {self.step} of {self.schedule.last}. Its state "
                        "is saved; the same snakemake command goes on from there."
                    )
            # After the last checkpoint, because a longer training of this run does not end here.
            self.look(board, at_end=True)
            board.rows(self.rows(since=self.step - 1))

    @property
    def ended(self) -> bool:
        """Whether there is nothing left to train."""
        return self.step >= self.schedule.last or self.stopped_by_collapse

    @property
    def stopped_by_collapse(self) -> bool:
        """Whether training ends before its time because of a collapse."""
        looks = self.history.looks
        stops = self.settings.on_collapse == "stop" and bool(looks) and bool(looks[-1].collapse)
        return stops and self.step < self.schedule.last

    def rows(self, since: int = 0) -> list[dict[str, float]]:
        """The rows of history.csv after step `since`."""
        return self.history.rows(self.settings.log_every, self.schedule.per_epoch, self.settings.batch_size, since)

    def look(self, board: Board, at_end: bool = False) -> None:
        """Draw the samples of this step, judge how they differ, and keep the snapshot, as far as each is due."""
        due = self.schedule.draws(self.step) or at_end
        if due and (not self.history.looks or self.history.looks[-1].step < self.step):
            self.objective.fit(self.networks.__getitem__, self.images, self.seed, roughly=True)
            samples = to_uint8(self.generator(self.inputs, training=False))
            diversity = collapse.diversity(samples[: len(self.some_images)], self.some_images)
            kind = collapse.verdict(self.history, diversity, self.schedule.per_epoch)
            if kind and not self.history.last_look(self.step).collapse:
                log.warning("%s: %s", self.label, collapse.MESSAGES[kind].format(step=self.step, diversity=diversity))
            self.history.looks.append(Look(self.step, diversity, kind))
            picture = grid(samples, GRID)
            save_png(self.picture(self.step), picture)
            board.picture(self.step, picture)
        keeps = self.step in self.schedule.snapshots or at_end
        if keeps and (self.step > self.began_at or not self.snapshot(self.step).exists()):
            keras_files.save(self.exported("generator")["generator"], self.snapshot(self.step))

    def show_past(self, board: Board) -> None:
        """Tell TensorBoard what earlier jobs of this training did."""
        board.rows(row for row in self.rows() if self.schedule.logs(row["step"]) and row["step"] < self.schedule.last)
        for look in self.history.looks:
            if self.picture(look.step).exists():
                board.picture(look.step, load_png(self.picture(look.step)))

    # --- trouble -------------------------------------------------------------------------------------------

    def check_losses(self, rows: np.ndarray) -> None:
        """Stop at the first step whose metrics, float32 (steps, metrics), are not all finite."""
        if not np.isfinite(rows).all():
            at, column = np.argwhere(~np.isfinite(rows))[0]
            self.diverged(f"{self.objective.metrics[column]} is {rows[at, column]} at step {self.step + at}")

    def check_weights(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Stop if a variable is not finite: a checkpoint of it would be of no use."""
        for name, array in arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                self.diverged(f"a variable of the {name.partition('/')[0]} is not finite after step {self.step - 1}")

    def diverged(self, what: str) -> None:
        """Raise an error that says what is not finite and what is kept."""
        kept = [file for file in checkpoints.files(self.state) if checkpoints.step_of(file) <= self.step]
        last = f" The last finite checkpoint is kept: {kept[-1]}." if kept else ""
        scaled = "" if self.precision == "float32" else ", or set precision: float32"
        raise EaselError(f"{self.label}: {what}: the training has diverged. Lower learning_rate{scaled}.{last}")

    # --- state ---------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write a checkpoint."""
        variables = {name: variable.numpy() for name, variable in self.variables.items()}
        self.check_weights(variables)
        notes = {
            "key": self.state.name, "looks": self.history.looks, "resumed_at": self.resumed_at,
            "seconds_in_steps": self.seconds_in_steps,
        }  # fmt: skip
        checkpoints.save(self.state, Checkpoint(self.step, variables | self.history.arrays(), notes))

    def restore(self) -> None:
        """Go to where the newest whole checkpoint left off, if there is one."""
        found = checkpoints.newest(self.state, self.schedule.last, self.refused)
        if found is None:
            return
        for name, variable in self.variables.items():
            variable.assign(found.arrays[name])
        self.step = found.step
        self.history.restore(found.arrays, found.notes["looks"])
        self.began_at = found.step
        self.resumed_at, self.seconds_in_steps = found.notes["resumed_at"], found.notes["seconds_in_steps"]
        if not self.ended and self.step:
            self.resumed_at = [*self.resumed_at, self.step]
            log.info("%s: goes on from step %d of %d", self.label, self.step, self.schedule.last)

    def refused(self, checkpoint: Checkpoint) -> str:
        """Why this training cannot go on from a checkpoint; "" where it can."""
        if checkpoint.notes["key"] != self.state.name:
            return "it is of another training"
        if checkpoint.arrays.keys() != self.variables.keys() | self.history.arrays().keys():
            return "it holds other variables than this training has"
        collapses = [kind for _, _, kind in checkpoint.notes["looks"][:-1] if kind]
        if self.settings.on_collapse == "stop" and collapses:
            return "it is of a training that went on after a collapse"
        return ""

    def exported(self, *names: str) -> dict[str, keras.Model]:
        """`generator`, `encoder` or both in float32, as they are kept for use after training: of one fit."""
        copy = cache(self.plain)
        self.objective.fit(copy, self.images, self.seed, roughly=False)
        make = {"generator": self.objective.to_images, "encoder": self.objective.to_latents}
        return {name: networks.renamed(make[name](copy)) for name in names}

    def plain(self, name: str) -> keras.Model:
        """A copy of a trained network in Keras's own layers and in float32."""
        return networks.in_float32(self.networks[name], name, self.settings, self.image_size, len(self.classes))

    def picture(self, step: int) -> Path:
        """Where the progress picture of a step lies."""
        return self.state / "progress" / f"step-{step:06d}.png"

    def snapshot(self, step: int) -> Path:
        """Where the snapshot of a step lies."""
        return self.state / "snapshots" / f"step-{step:06d}.keras"


def state_folder(
    states: Path,
    settings: Preset,
    seed: int,
    precision: str,
    jit_compile: bool,
    depends_on: Mapping[str, Any],
    label: str,
) -> Path:
    """The folder for the state of a training: its name is a hash of everything that its steps depend on.

    What that is stands in its made_for.json. Where there is only state that was made for something else, says so.
    """
    made_for = settings.state_settings | {"seed": seed, "precision": precision, "jit_compile": jit_compile}
    made_for |= {"tensorflow": tf.__version__, "keras": keras.__version__, **depends_on}
    made_for = json.loads(json.dumps(made_for, sort_keys=True))
    folder = states / hashlib.sha256(json.dumps(made_for).encode()).hexdigest()[:12]
    if not (folder / "made_for.json").exists():
        for other in sorted(states.glob("*/made_for.json")):
            log.info(
                "%s: the state in %s is not used: %s", label, other.parent, differences(read_json(other), made_for)
            )
        write_json(folder / "made_for.json", made_for)
    return folder


def differences(before: Mapping[str, Any], now: Mapping[str, Any], inside: str = "") -> str:
    """What differs between two records: `learning_rate was 0.0002 and is 0.0004; code of workflow/… has changed`."""
    said = []
    for name in sorted(before.keys() | now.keys()):
        one, other = before.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            said += [differences(one, other, name)] if one != other else []
        elif one != other:
            hashes = inside or name == "data"
            said.append(f"{inside} {name} has changed".strip() if hashes else f"{name} was {one} and is {other}")
    return "; ".join(said)


def describe_losses(metrics: tuple[str, ...], rows: np.ndarray) -> str:
    """The newest losses, for the progress bar; rows: float32 (steps, metrics)."""
    newest = zip(metrics, rows[-1], strict=True)
    return ", ".join(f"{name} {value:.3g}" for name, value in newest if not name.endswith("accuracy"))
