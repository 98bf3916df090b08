"""Checkpoints: everything a training needs to go on, in one file.

A checkpoint is an .npz with 32 more bytes at its end, the SHA-256 of all before them, so that a file with a single
wrong bit is seen. It is written to a new file, flushed, and renamed; the two newest are kept.
"""

import hashlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from easel.runtime.console import log
from easel.runtime.files import atomic

KEEP = 2
CHECKSUM_BYTES = 32


class Checkpoint(NamedTuple):
    """What a checkpoint holds."""

    step: int
    arrays: dict[str, np.ndarray]
    notes: dict[str, Any]
    """What JSON can say."""


class Damaged(Exception):
    """A checkpoint is not what was written."""


def save(folder: Path, checkpoint: Checkpoint) -> None:
    """Write `folder/checkpoint-<step>.npz`, and drop the third newest. A full disk is an EaselError, and drops none."""
    content = io.BytesIO()
    np.savez(content, notes=np.array(json.dumps(checkpoint.notes)), **checkpoint.arrays)
    content = content.getbuffer()
    with atomic(folder / f"checkpoint-{checkpoint.step:09d}.npz") as partial, open(partial, "wb") as file:
        file.write(content)
        file.write(hashlib.sha256(content).digest())
    so_far = [file for file in files(folder) if step_of(file) <= checkpoint.step]
    for old in so_far[:-KEEP]:  # those of a longer training of the same run are kept beside them
        old.unlink()


def newest(folder: Path, last: int, refused: Callable[[Checkpoint], str]) -> Checkpoint | None:
    """The newest whole checkpoint of step `last` or earlier that is not refused, or None where there is none.

    refused: says why one cannot be used; "" where it can. One that is damaged is put aside with a warning. What a
    killed job left half-written in the folder is removed.
    """
    for half in folder.rglob(".*.part.*"):
        half.unlink(missing_ok=True)
    for file in reversed(files(folder)):
        if step_of(file) > last:
            continue
        try:
            found = read(file)
        except Damaged as error:
            log.warning("%s: damaged (%s), so the one before it is used", file, error)
            file.rename(file.with_name(f"{file.name}.damaged"))  # or it would count as one of the two to keep
            continue
        if reason := refused(found):
            log.warning("%s: is not used: %s", file, reason)
            continue
        return found
    return None


def read(file: Path) -> Checkpoint:
    """Read a checkpoint; raises Damaged unless it is exactly what was written."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Damaged(error) from error
    content, checksum = data[:-CHECKSUM_BYTES], data[-CHECKSUM_BYTES:]
    if hashlib.sha256(content).digest() != checksum:
        raise Damaged(f"{len(data):,} bytes, whose SHA-256 is not the one at their end")
    with np.load(io.BytesIO(content)) as stored:
        notes = json.loads(str(stored["notes"]))
        arrays = {name: stored[name] for name in stored.files if name != "notes"}
    return Checkpoint(step_of(file), arrays, notes)


def files(folder: Path) -> list[Path]:
    """The checkpoints of a folder, oldest first."""
    return sorted(folder.glob("checkpoint-*.npz"))


def step_of(file: Path) -> int:
    """The step of a checkpoint, from its name."""
    return int(file.stem.rpartition("-")[2])
