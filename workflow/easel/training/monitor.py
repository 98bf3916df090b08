"""Watching a training: progress pictures, checks for collapse and overfitting, snapshots, and TensorBoard."""

import numpy as np

from easel import keras_files
from easel.images import grid, load_png, row_classes, save_png, to_uint8
from easel.runtime.console import log
from easel.training import collapse, overfitting
from easel.training.history import Check
from easel.training.state import TrainingState
from easel.training.tensorboard import Board
from easel.training.trainer import Trainer

SIDE = 8  # progress pictures show SIDE × SIDE samples
LATENTS, DATA = 1, 3  # streams of random numbers; the others are in sampling/ and priors.py


class Monitor:
    """Draws and checks the samples of a training at the steps that its schedule names.

    inputs: of the generator, the same in every picture: latents float32 (SIDE², latent_dim), or a list of these and
    classes int32 (SIDE²,), a class in each row.
    """

    def __init__(self, trainer: Trainer, state: TrainingState, board: Board):
        self.trainer, self.state, self.schedule, self.board = trainer, state, trainer.schedule, board
        count, seed = len(trainer.images), trainer.seed
        chosen = np.random.default_rng([seed, DATA]).choice(count, min(SIDE**2, count), replace=False)
        self.data = trainer.images[np.sort(chosen)]
        shape = (SIDE**2, trainer.settings.latent_dim)
        latents = np.random.default_rng([seed, LATENTS]).standard_normal(shape, np.float32)
        conditional = trainer.labels is not None
        self.inputs = [latents, row_classes(range(len(trainer.classes)), SIDE, SIDE)] if conditional else latents
        held_out = trainer.held_out if trainer.is_watched else None
        self.watch = overfitting.Watch(trainer, held_out) if held_out else None

    def replay(self) -> None:
        """Write to TensorBoard what earlier jobs of this training measured and drew."""
        rows = self.state.rows()
        self.board.rows(
            row for row in rows if self.schedule.logs(int(row["step"])) and row["step"] < self.schedule.last
        )
        for check in self.state.history.checks:
            if self.state.picture(check.step).exists():
                self.board.picture(check.step, load_png(self.state.picture(check.step)))

    def observe(self, at_end: bool = False) -> None:
        """Draw a picture with its diversity check, and keep a snapshot, each if it is due at this step."""
        step, checks = self.state.step, self.state.history.checks
        if (self.schedule.draws(step) or at_end) and (not checks or checks[-1].step < step):
            self.draw_picture()
        # The snapshot of the step that this job resumed from exists already, unless somebody has removed it.
        is_new = step > self.state.resumed_from or not self.state.has_snapshot(step)
        if (step in self.schedule.snapshots or at_end) and is_new:
            self.save_snapshot()

    def draw_picture(self) -> None:
        """Draw the progress picture of this step, and check its samples: a new collapse or overfitting is logged."""
        trainer, step, history = self.trainer, self.state.step, self.state.history
        trainer.objective.fit(trainer.networks.__getitem__, trainer.images, trainer.labels, trainer.seed, quick=True)
        samples = to_uint8(trainer.generator(self.inputs, training=False))
        diversity = collapse.diversity(samples[: len(self.data)], self.data)
        kind = collapse.detect(history, diversity, self.schedule.per_epoch)
        if kind and not history.last_check(step).collapse:
            log.warning("%s: %s", trainer.label, collapse.MESSAGES[kind].format(step=step, diversity=diversity))
        history.checks.append(Check(step, diversity, kind, *self.overfitting()))
        picture = grid(samples, SIDE)
        save_png(self.state.picture(step), picture)
        self.state.keep(self.state.picture(step))
        self.board.picture(step, picture)

    def overfitting(self) -> tuple[float, float, str]:
        """The discriminator's gap, the near-copy rate and the sign of overfitting of this step, logged if it is new."""
        if not self.watch:
            return np.nan, np.nan, ""
        history, step, found = self.state.history, self.state.step, self.watch.check()
        sign = overfitting.sign(found, history.checks)
        if sign and history.last_check(step).overfitting != sign:
            said = overfitting.MESSAGES[sign].format(step=step, gap=found.gap, near_copy_rate=found.near_copy_rate)
            log.warning("%s: %s", self.trainer.label, said)
        return found.gap, found.near_copy_rate, sign

    def save_snapshot(self) -> None:
        """Keep the generator of this step, and an autoencoder's encoder, which belongs to it."""
        step, networks = self.state.step, self.trainer.exported()
        if prior := self.trainer.objective.fitted:
            self.state.note_prior(step, prior)
        for name, file in self.state.snapshot(step).items():
            keras_files.save(networks[name], file)
            self.state.keep(file)

    def log_row(self) -> None:
        """Write the row of history.csv that ends at this step, if one does, to TensorBoard."""
        if self.schedule.logs(self.state.step) and not self.state.ended:
            self.board.rows(self.state.rows(since=self.state.step - 1))

    def finish(self) -> None:
        """Draw, keep and log what is due at the end of the training."""
        self.observe(at_end=True)
        self.board.rows(self.state.rows(since=self.state.step - 1))
