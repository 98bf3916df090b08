"""What a finished training leaves for the steps after it: networks, pictures, history, and a record."""

import csv
import os
import platform
import shutil
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from easel.files import atomic, write_json
from easel.training import networks
from easel.training.devices import describe_device
from easel.training.loop import Training

VERSIONS = ("easel", "tensorflow", "keras", "numpy")


def write_outputs(training: Training, folder: Path) -> None:
    """Write generator.keras (the sampling network), encoder.keras (if any), snapshots/, progress/ and history.csv."""
    networks.save(training.exported(training.sampler), folder / "generator.keras")
    if "encoder" in training.networks:
        networks.save(training.exported("encoder"), folder / "encoder.keras")
    copy_all((training.snapshot(step) for step in sorted(training.schedule.snapshots)), folder / "snapshots")
    copy_all((training.picture(step) for step in training.schedule.drawn()), folder / "progress")
    with atomic(folder / "history.csv") as partial, open(partial, "w", newline="") as file:
        table = csv.DictWriter(file, training.history[0].keys(), lineterminator="\n")
        table.writeheader()
        table.writerows(training.history)


def write_record(training: Training, file: Path, run: Mapping[str, Any], fingerprints: Mapping[str, Any]) -> None:
    """Write train.json: what was trained, how long it took, on what, and from which code and data.

    run: study, run, seed, preset, dataset. fingerprints: of the data and the code.
    """
    schedule, settings = training.schedule, training.settings
    images = schedule.last * settings.batch_size
    record = {
        **run,
        "settings": settings.model_dump(),
        "epochs": schedule.last / schedule.per_epoch,
        "steps": schedule.last,
        "images": images,
        "seconds": round(training.seconds, 3),
        "images_per_second": round(images / training.seconds, 1),
        "resumed_at_steps": training.resumed_at,
        "device": describe_device(),
        "precision": training.precision,
        "sampler": training.sampler,
        "networks": {name: networks.describe(network) for name, network in training.networks.items()},
        "snapshots": [
            {"file": f"snapshots/{training.snapshot(step).name}", "step": step, "epoch": step / schedule.per_epoch}
            for step in sorted(schedule.snapshots)
        ],
        "fingerprints": {"state": training.state.name, **fingerprints},
        "versions": {name: version(name) for name in VERSIONS} | {"python": platform.python_version()},
    }
    write_json(file, record)


def copy_all(files: Iterable[Path], folder: Path) -> None:
    """Make `folder` hold exactly these files, as hard links where the file system has them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        try:
            os.link(file, folder / file.name)
        except OSError:
            shutil.copy2(file, folder / file.name)
