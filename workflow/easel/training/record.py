"""What a finished training leaves for the steps after it: networks, pictures, history, and a record."""

import csv
import os
import platform
import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from easel import keras_files
from easel.config.affects import Affects, names_of
from easel.runtime.console import log
from easel.runtime.files import atomic, write_json
from easel.training import collapse, networks
from easel.training.devices import describe_device
from easel.training.loop import Training

VERSIONS = ("easel", "tensorflow", "keras", "numpy")


def write_outputs(training: Training, folder: Path) -> None:
    """Write generator.keras (the sampling network), encoder.keras (if any), snapshots/, progress/ and history.csv."""
    names = ("generator", "encoder") if "encoder" in training.networks else ("generator",)
    for name, network in training.exported(*names).items():
        keras_files.save(network, folder / f"{name}.keras")
    copy_all((training.snapshot(step) for step in snapshots_of(training)), folder / "snapshots")
    copy_all((training.picture(look.step) for look in training.history.looks), folder / "progress")
    rows = training.rows()
    with atomic(folder / "history.csv") as partial, open(partial, "w", newline="") as file:
        table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def write_record(training: Training, file: Path, run: Mapping[str, Any], fingerprints: Mapping[str, Any]) -> None:
    """Write train.json: what was trained, how long it took, on what, and from which code and data.

    run: study, run, seed, preset, dataset. fingerprints: of the data and the code.
    """
    schedule, settings = training.schedule, training.settings
    images, seconds = training.step * settings.batch_size, training.history.seconds
    device = describe_device()
    record = {
        **run,
        "settings": settings.model_dump(include=set(names_of(type(settings), Affects.TRAINING))),
        "epochs": training.step / schedule.per_epoch,
        "steps": training.step,
        "images": images,
        "seconds": round(seconds, 3),
        "seconds_in_steps": round(training.seconds_in_steps, 3),
        "images_per_second": round(images / seconds, 1),
        "resumed_at_steps": training.resumed_at,
        "device": device,
        "precision": training.precision,
        "xla": training.jit_compile,
        "deterministic": settings.deterministic or device["kind"] == "cpu",
        "images_held": training.source.kind,
        "replicas": training.replicas,
        "collapse": collapse.summary(
            training.history.looks, training.rows(), schedule.per_epoch, training.stopped_by_collapse
        ),
        "sampler": training.sampler,
        "classes": classes_of(training),
        "networks": {name: networks.describe(networks.renamed(training.plain(name))) for name in training.networks},
        "snapshots": [
            {"file": f"snapshots/{training.snapshot(step).name}", "step": step, "epoch": step / schedule.per_epoch}
            for step in snapshots_of(training)
        ],
        "fingerprints": {"state": training.state.name, **fingerprints},
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
    }
    write_json(file, record)


def classes_of(training: Training) -> dict[str, Any] | None:
    """The classes that the networks are told: their names, and how many training images each has; None where none."""
    if training.labels is None:
        return None
    counts = np.bincount(training.labels, minlength=len(training.classes))
    return {"names": list(training.classes), "images": counts.tolist()}


def snapshots_of(training: Training) -> list[int]:
    """The steps whose snapshots a training has, in order; the last of them is its end."""
    due = {step for step in training.schedule.snapshots if step < training.step} | {training.step}
    return sorted(step for step in due if training.snapshot(step).exists())


def copy_all(files: Iterable[Path], folder: Path) -> None:
    """Make `folder` hold exactly those of these files that there are, as hard links where the file system has them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        if not file.exists():  # somebody has cleaned up; what is past is not drawn again
            log.warning("%s is gone, and is left out", file)
            continue
        try:
            os.link(file, folder / file.name)
        except OSError:
            shutil.copy2(file, folder / file.name)
