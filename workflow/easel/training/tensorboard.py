"""TensorBoard's event files: every row of history.csv as scalars, every progress picture as an image."""

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

NOT_SCALARS = ("epoch", "step", "images", "seconds")


class Board:
    """Writes to one folder, or nowhere. The folder is emptied first: the events of a stopped job are written again."""

    def __init__(self, folder: Path | None):
        if folder is None:
            self.events = tf.summary.create_noop_writer()
            return
        shutil.rmtree(folder, ignore_errors=True)
        self.events = tf.summary.create_file_writer(str(folder), flush_millis=10_000)

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *exception) -> None:
        self.events.close()

    def rows(self, rows: Iterable[Mapping[str, float]]) -> None:
        """Write rows of history.csv, each at its step."""
        for row in rows:
            with self.events.as_default(row["step"]):
                for name, value in row.items():
                    if name not in NOT_SCALARS:
                        tf.summary.scalar(name, value)

    def picture(self, step: int, picture: np.ndarray) -> None:
        """Write a progress picture, uint8 (H, W, 3)."""
        with self.events.as_default(step):
            tf.summary.image("samples", picture[None])
