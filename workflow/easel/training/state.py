"""The state of one training, in memory and on disk: the step reached, the measurements, and checkpoints of both."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from pydantic import BaseModel, ValidationError

from easel.runtime.console import log
from easel.runtime.cpu import cpu_seconds_used
from easel.runtime.errors import EaselError
from easel.runtime.files import read_if_whole, sha256, write_json
from easel.training import checkpoints
from easel.training.checkpoints import Checkpoint
from easel.training.history import History
from easel.training.state_key import state_folder, state_key
from easel.training.trainer import Trainer


class Notes(BaseModel):
    """The part of a checkpoint that is not in arrays. key: the name of the state's folder. held_out: the SHA-256 of the
    images that the checks have seen besides those of the training."""

    key: str
    checks: list[tuple[int, float, str, float, float, str]]
    held_out: str
    resumed_at: list[int]
    seconds_in_steps: float
    cpu_seconds: float


CHECKSUMS = "checksums.json"
"""The file in a state's folder that has the SHA-256 of its pictures and snapshots. A checkpoint ends with its own."""

PRIORS = "priors.json"
"""The file in a state's folder that has what was fitted for the samples of each snapshot, by step."""


class TrainingState:
    """The step that a training has reached, its measurements until then, and the folder that holds its checkpoints.

    folder: survives a killed job; its name is a hash of everything that the steps depend on. resumed_from: the step of
    the checkpoint that this job restored, else 0. resumed_at: the steps at which jobs resumed. seconds_in_steps: inside
    compiled calls, without each job's first ones, which trace and compile. earlier_cpu_seconds: of the jobs that
    brought it to the checkpoint that this job restored.
    """

    def __init__(
        self,
        trainer: Trainer,
        states: Path,  # the folder for the states of this run and seed
        depends_on: Mapping[str, Any],  # what else the result depends on: data and code fingerprints
    ):
        self.trainer, self.label = trainer, trainer.label
        self.folder = state_folder(states, state_key(trainer, depends_on), trainer.label)
        self.step = self.resumed_from = 0
        self.history = History(trainer.objective.metrics, trainer.watched)
        self.seconds_in_steps = self.earlier_cpu_seconds = 0.0
        self.resumed_at: list[int] = []

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds, user and system, of all jobs that took part, each from the start of its process.

        Imports, compilation, pictures and snapshots count. Of a killed job, what came after its last checkpoint does
        not.
        """
        return self.earlier_cpu_seconds + cpu_seconds_used()

    @property
    def ended(self) -> bool:
        """True if no step is left to train."""
        return self.step >= self.trainer.schedule.last or self.stopped_by_collapse

    @property
    def stopped_by_collapse(self) -> bool:
        """True if training ended early because of a collapse."""
        checks = self.history.checks
        stops = self.trainer.settings.on_collapse == "stop" and bool(checks) and bool(checks[-1].collapse)
        return stops and self.step < self.trainer.schedule.last

    def advance(self, rows: np.ndarray, seconds: float, seconds_in_steps: float) -> None:
        """Take in the next steps: their metrics, float32 (steps, metrics), and the seconds that they took.

        Raises EaselError if one of the metrics is not finite.
        """
        self.check_losses(rows)
        self.step += len(rows)
        self.history.add(rows, seconds)
        self.seconds_in_steps += seconds_in_steps

    def rows(self, since: int = 0) -> list[dict[str, float]]:
        """The rows of history.csv after step `since`."""
        schedule, settings = self.trainer.schedule, self.trainer.settings
        return self.history.rows(settings.log_every, schedule.per_epoch, settings.batch_size, since)

    def picture(self, step: int) -> Path:
        """The file of the progress picture of a step."""
        return self.folder / "progress" / f"step-{step:06d}.png"

    def snapshot(self, step: int) -> dict[str, Path]:
        """The files of the snapshot of a step, by network: of the generator, and of an autoencoder's encoder."""
        names = {"generator": f"step-{step:06d}.keras", "encoder": f"step-{step:06d}-encoder.keras"}
        return {network: self.folder / "snapshots" / names[network] for network in self.trainer.kept}

    def has_snapshot(self, step: int) -> bool:
        """True if every file of the snapshot of a step exists."""
        return all(file.exists() for file in self.snapshot(step).values())

    def note_prior(self, step: int, fitted: Mapping[str, Any]) -> None:
        """Note what was fitted for the samples of a snapshot: the entry `prior` of train.json."""
        write_json(self.folder / PRIORS, read_if_whole(self.folder / PRIORS) | {str(step): fitted})

    def prior(self, step: int) -> dict[str, Any] | None:
        """What was fitted for the samples of a snapshot; None if nothing was."""
        return read_if_whole(self.folder / PRIORS).get(str(step))

    def keep(self, file: Path) -> None:
        """Note the checksum of a picture or a snapshot that has just been written."""
        write_json(self.folder / CHECKSUMS, self.checksums() | {file.relative_to(self.folder).as_posix(): sha256(file)})

    def checksums(self) -> dict[str, str]:
        """The SHA-256 of each picture and snapshot, by its path in `folder`; empty if that is not known."""
        return read_if_whole(self.folder / CHECKSUMS)

    def set_damaged_aside(self) -> None:
        """Rename pictures and snapshots that are not what was written, with a warning."""
        for name, checksum in self.checksums().items():
            file = self.folder / name
            if file.is_file() and sha256(file) != checksum:
                log.warning("%s: damaged (its SHA-256 is not the one noted when it was written); not used", file)
                file.rename(file.with_name(f"{file.name}.damaged"))

    # --- checkpoints ---------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write a checkpoint. Raises EaselError, and writes none, if a variable is not finite."""
        variables = {name: variable.numpy() for name, variable in self.trainer.variables.items()}
        self.check_variables(variables)
        notes = {
            "key": self.folder.name, "checks": self.history.checks, "resumed_at": self.resumed_at,
            "held_out": self.trainer.held_out_sha256, "seconds_in_steps": self.seconds_in_steps,
            "cpu_seconds": self.cpu_seconds,
        }  # fmt: skip
        checkpoints.save(self.folder, Checkpoint(self.step, variables | self.history.arrays(), notes))

    def restore(self) -> None:
        """Return to the newest whole checkpoint, if there is one. What is damaged is not used."""
        self.set_damaged_aside()
        last = self.trainer.schedule.last
        found = checkpoints.newest(self.folder, last, self.incompatibility)
        if found is None:
            return
        for name, variable in self.trainer.variables.items():
            variable.assign(found.arrays[name])
        self.step = self.resumed_from = found.step
        checks = found.notes["checks"]
        if found.notes["held_out"] != self.trainer.held_out_sha256:
            checks = [check[:3] for check in checks]  # what was measured on other images says nothing of these
        self.history.restore(found.arrays, checks)
        self.resumed_at, self.seconds_in_steps = found.notes["resumed_at"], found.notes["seconds_in_steps"]
        self.earlier_cpu_seconds = found.notes["cpu_seconds"]
        if not self.ended and self.step:
            self.resumed_at = [*self.resumed_at, self.step]
            log.info("%s: resuming from step %d of %d", self.label, self.step, last)

    def incompatibility(self, checkpoint: Checkpoint) -> str:
        """The reason why this training cannot resume from a checkpoint; "" if it can."""
        try:
            Notes.model_validate(checkpoint.notes)
        except ValidationError:
            return "its notes are not those of a training"
        if checkpoint.notes["key"] != self.folder.name:
            return "it belongs to another training"
        shapes = {name: tuple(variable.shape) for name, variable in self.trainer.variables.items()}
        shapes["values"] = (checkpoint.step, len(self.history.metrics))
        shapes["clock"] = (len(checkpoint.arrays.get("clock", ())), 2)
        numbers = {name: array for name, array in checkpoint.arrays.items() if array.dtype.kind in "fiub"}
        if {name: array.shape for name, array in numbers.items()} != shapes:
            return "its variables are not those of this training"
        collapses = [kind for _, _, kind, *_ in checkpoint.notes["checks"][:-1] if kind]
        if self.trainer.settings.on_collapse == "stop" and collapses:
            return "it is of a training that continued after a collapse, and on_collapse is stop"
        return ""

    # --- divergence ----------------------------------------------------------------------------------------

    def check_losses(self, rows: np.ndarray) -> None:
        """Raise EaselError at the first step whose metrics, float32 (steps, metrics), are not all finite."""
        if not np.isfinite(rows).all():
            at, column = np.argwhere(~np.isfinite(rows))[0]
            metric = self.trainer.objective.metrics[column]
            self._raise_diverged(f"{metric} is {rows[at, column]} at step {self.step + at}")

    def check_variables(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Raise EaselError if a variable is not finite: a checkpoint of it would be useless."""
        for name, array in arrays.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                owner = name.partition("/")[0]
                self._raise_diverged(f"a variable of the {owner} is not finite after step {self.step - 1}")

    def _raise_diverged(self, symptom: str) -> NoReturn:
        kept = [file for file in checkpoints.files(self.folder) if checkpoints.step_of(file) <= self.step]
        last = f" The last finite checkpoint is kept: {kept[-1]}." if kept else ""
        remedy = "Lower learning_rate" + (
            "." if self.trainer.precision == "float32" else ", or set precision: float32."
        )
        raise EaselError(f"{self.label}: the training has diverged: {symptom}. {remedy}{last}")
