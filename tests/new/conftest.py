"""Folders of small pictures."""

import itertools

import numpy as np
import pytest
from PIL import Image

from easel.new import pictures


@pytest.fixture(autouse=True)
def one_process(monkeypatch):
    """Few pictures are read soonest by a single process."""
    monkeypatch.setattr(pictures, "CORES", 1)


@pytest.fixture
def folder_of(tmp_path):
    """folder_of({"cat": 30, "dog": 30}, name="pets"): so many pictures in each folder; "" is the folder itself."""
    number = itertools.count()

    def make(counts, name="pictures", side=80):
        folder = tmp_path / name
        for below, count in counts.items():
            (folder / below).mkdir(parents=True, exist_ok=True)
            for _ in range(count):
                each = next(number)
                pixels = np.random.default_rng(each).integers(0, 256, (side, side, 3), np.uint8)
                Image.fromarray(pixels).save(folder / below / f"{each}.bmp")
        return folder

    return make
