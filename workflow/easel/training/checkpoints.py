"""Checkpoints: everything that a training needs to resume, in one file.

A checkpoint is an .npz file followed by the SHA-256 of its bytes (32 bytes), so that a single wrong bit is detected.
It is written to a new file, flushed, and renamed; the two newest are kept.
"""

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.runtime.console import log
from easel.runtime.files import atomic, discard

KEEP = 2
CHECKSUM_BYTES = 32


class Checkpoint(NamedTuple):
    """The content of a checkpoint."""

    step: int
    arrays: dict[str, np.ndarray]
    notes: dict[str, Any]
    """Everything else, as JSON."""


class Damaged(Exception):
    """A checkpoint is not what was written."""


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write `folder/checkpoint-<step>.npz`, and delete all but the two newest up to this step.

    A full disk raises EaselError and deletes none.
    """
    stream = io.BytesIO()
    arrays: dict[str, Any] = {"notes": np.array(json.dumps(checkpoint.notes)), **checkpoint.arrays}
    np.savez(stream, **arrays)
    content = stream.getbuffer()
    with atomic(folder / f"checkpoint-{checkpoint.step:09d}.npz") as partial, open(partial, "wb") as file:
        file.write(content)
        file.write(hashlib.sha256(content).digest())
    so_far = [file for file in files(folder) if step_of(file) <= checkpoint.step]
    for old in so_far[:-KEEP]:  # those after this step belong to a longer training of the run
        discard(old)


def newest(folder: Path, last: int, incompatibility: Callable[[Checkpoint], str]) -> Checkpoint | None:
    """The newest whole and compatible checkpoint of step `last` or earlier; None if there is none.

    incompatibility: the reason why a checkpoint cannot be used; "" if it can. Damaged checkpoints are renamed with a
    warning. Partial files that a killed job left in the folder are removed.
    """
    for partial in folder.rglob(".*.part.*"):
        partial.unlink(missing_ok=True)
    for file in reversed(files(folder)):
        if step_of(file) > last:
            continue
        try:
            found = read(file)
        except Damaged as error:
            log.warning("%s: damaged (%s); using an earlier checkpoint", file, error)
            file.rename(file.with_name(f"{file.name}.damaged"))  # or it would count as one of the two to keep
            continue
        if reason := incompatibility(found):
            log.warning("%s: not used: %s", file, reason)
            continue
        return found
    return None


def read(file: Path) -> Checkpoint:
    """Read a checkpoint. Raises Damaged unless it is exactly what was written."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Damaged(error) from error
    content, checksum = data[:-CHECKSUM_BYTES], data[-CHECKSUM_BYTES:]
    if hashlib.sha256(content).digest() != checksum:
        raise Damaged(f"{len(data):,} bytes, whose SHA-256 is not the one stored at their end")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        notes = json.loads(str(arrays.pop("notes")))
    except Exception as error:  # zipfile and NumPy have many; no checkpoint with the right checksum has one by accident
        raise Damaged(f"not written by Easel: {error}") from error
    return Checkpoint(step_of(file), arrays, notes)


def files(folder: Path) -> list[Path]:
    """The checkpoints of a folder, oldest first."""
    return sorted(folder.glob("checkpoint-*.npz"))


def step_of(file: Path) -> int:
    """The step of a checkpoint, from its name."""
    return int(file.stem.rpartition("-")[2])
