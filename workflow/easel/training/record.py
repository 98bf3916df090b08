"""The outputs of a finished training: snapshots, pictures, history, and the record train.json."""

import csv
import platform
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from easel.config.affects import Affects, names_of
from easel.config.budgets import Budget
from easel.runtime.console import log
from easel.runtime.files import atomic, write_json
from easel.training import collapse, networks, overfitting
from easel.training.devices import describe_device
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

SNAPSHOTS = "snapshots"
"""The folder of the snapshots, next to train.json."""

VERSIONS = ("easel", "tensorflow", "keras", "numpy")


def write_outputs(state: TrainingState, folder: Path) -> None:
    """Write snapshots/ (the networks that are used after training), progress/ and history.csv."""
    networks = (file for step in snapshot_steps(state) for file in state.snapshot(step).values())
    copy_all(networks, folder / SNAPSHOTS)
    copy_all((state.picture(check.step) for check in state.history.checks), folder / "progress")
    rows = state.rows()
    with atomic(folder / "history.csv") as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def write_record(
    trainer: Trainer,
    state: TrainingState,
    file: Path,
    run: Mapping[str, Any],  # study, run, seed, preset, dataset
    fingerprints: Mapping[str, Any],  # of the data and the code
    caveats: Sequence[Mapping[str, Any]] = (),  # of the settings on this dataset: records of the kind Caveat
    budget: Budget | None = None,  # that the epochs come from
) -> None:
    """Write train.json: what was trained, how long it took, on what, and from which code and data."""
    schedule, settings = trainer.schedule, trainer.settings
    images, seconds = state.step * settings.batch_size, state.history.seconds
    device = describe_device()
    described = {
        name: networks.describe(networks.with_canonical_names(trainer.float32_copy(name))) for name in trainer.networks
    }
    record = {
        **run,
        "settings": settings.model_dump(include=set(names_of(type(settings), Affects.TRAINING))),
        "epochs": state.step / schedule.per_epoch,
        "steps": state.step,
        "images": images,
        "seconds": round(seconds, 3),
        "seconds_in_steps": round(state.seconds_in_steps, 3),
        "cpu_seconds": round(state.cpu_seconds, 3),
        "images_per_second": round(images / seconds, 1),
        "resumed_at_steps": state.resumed_at,
        "device": device,
        "precision": trainer.precision,
        "xla": trainer.jit_compile,
        "deterministic": settings.deterministic if device["kind"] == "gpu" else device["threads"] == 1,
        "images_held": trainer.source.kind,
        "replicas": trainer.replicas,
        "collapse": collapse.summary(state.history.checks, state.rows(), schedule.per_epoch, state.stopped_by_collapse),
        "held_out": len(trainer.held_out.images) if trainer.held_out and trainer.is_watched else None,
        "overfitting": overfitting.summary(state.history.checks, schedule.per_epoch),
        "sampler": trainer.sampler,
        "classes": classes_of(trainer),
        "networks": described,
        "snapshots": [
            {
                **{network: f"{SNAPSHOTS}/{file.name}" for network, file in state.snapshot(step).items()},
                "step": step,
                "epoch": step / schedule.per_epoch,
                "prior": state.prior(step),
            }
            for step in snapshot_steps(state)
        ],
        "start": trainer.started,
        "budget": None if budget is None else budget.model_dump(),
        "caveats": [*caveats, *(each.as_json() for each in collapse.caveats(state.history.checks))],
        "fingerprints": {"state": state.folder.name, **fingerprints},
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
    }
    write_json(file, record)


def classes_of(trainer: Trainer) -> dict[str, Any] | None:
    """The names of a conditional network's classes, and how many training images each has; None if unconditional."""
    if trainer.labels is None:
        return None
    counts = np.bincount(trainer.labels, minlength=len(trainer.classes))
    return {"names": list(trainer.classes), "images": counts.tolist()}


def snapshot_steps(state: TrainingState) -> list[int]:
    """The steps whose snapshots exist, in order; the last is the end of the training."""
    due = {step for step in state.trainer.schedule.snapshots if step < state.step} | {state.step}
    return sorted(step for step in due if state.has_snapshot(step))


def copy_all(files: Iterable[Path], folder: Path) -> None:
    """Make `folder` hold copies of exactly those of these files that exist.

    Hard links would save space, but a damaged file could not be made again from the other.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        if file.exists():
            shutil.copy2(file, folder / file.name)
        else:  # somebody has removed it; a past step cannot be drawn again
            log.warning("%s no longer exists, and is left out of %s", file, folder)
