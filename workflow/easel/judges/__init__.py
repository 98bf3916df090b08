"""Judges: the feature extractors behind FID and its relatives. One file per kind, found by name.

What a judge leaves in results/ is named after its kind, so `classifier.keras` is loaded by `classifier.py`, which has

    load(file)      the judge: .image_shape, .feature_dim, .features(uint8 (N, H, W, C)) -> float32 (N, feature_dim)
    note(record)    what a table says of the judge, from the record beside the file
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from easel.console import import_quietly

import_quietly("keras")


class Judge(Protocol):
    """A feature extractor, ready to use."""

    image_shape: tuple[int, int, int]
    feature_dim: int

    def features(self, images: np.ndarray) -> np.ndarray:
        """Images uint8 (N, H, W, C) to features float32 (N, feature_dim), each independent of the other images."""
        ...


def load(file: str | Path) -> Judge:
    """Load a judge from its network's file."""
    return _kind(file).load(file)


def note(file: str | Path, record: Mapping[str, Any]) -> str:
    """What a table says of a judge, from its network's file and the record beside it."""
    return _kind(file).note(record)


def _kind(file: str | Path):
    return importlib.import_module(f"easel.judges.{Path(file).stem}")
