"""Checkpoints: everything a training needs to go on, in one file.

A checkpoint is an .npz: its zip format carries a checksum of every array, so a damaged file is seen when read.
It is written to a new file, flushed, and renamed; the two newest are kept.
"""

import json
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from easel.console import log
from easel.files import atomic

KEEP = 2
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)


def save(folder: Path, step: int, variables: Mapping[str, keras.Variable], notes: dict[str, Any]) -> None:
    """Write `folder/checkpoint-<step>.npz` with all variables and `notes` (JSON), and drop the third newest."""
    arrays = {name: variable.numpy() for name, variable in variables.items()}
    with atomic(folder / f"checkpoint-{step:09d}.npz") as partial:
        np.savez(partial, notes=np.array(json.dumps(notes)), **arrays)
    so_far = [file for file in sorted(folder.glob("checkpoint-*.npz")) if _step_of(file) <= step]
    for old in so_far[:-KEEP]:  # those of a longer training of the same run are kept beside them
        old.unlink()


def restore(folder: Path, variables: Mapping[str, keras.Variable], last: int) -> tuple[int, dict[str, Any]] | None:
    """Load the newest checkpoint of step `last` or earlier that is whole into `variables`.

    Returns its step and notes, or None where there is none. A damaged one is passed over with a warning.
    """
    for file in sorted(folder.glob("checkpoint-*.npz"), reverse=True):
        step = _step_of(file)
        if step > last:
            continue
        try:
            with np.load(file) as stored:
                notes = json.loads(str(stored["notes"]))
                arrays = {name: stored[name] for name in stored.files if name != "notes"}
        except UNREADABLE as error:
            log.warning("%s: damaged (%s), so it is passed over", file, error)
            continue
        if arrays.keys() != variables.keys():
            raise RuntimeError(f"{file}: holds other variables than this training has")
        for name, variable in variables.items():
            variable.assign(arrays[name])
        return step, notes
    return None


def _step_of(file: Path) -> int:
    """The step of a checkpoint, from its name."""
    return int(file.stem.rpartition("-")[2])
