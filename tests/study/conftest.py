"""A checkout to load studies from."""

import shutil
from pathlib import Path

import pytest

from easel.study.load import load_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path):
    """A checkout with only its config/."""
    shutil.copytree(ROOT / "config", tmp_path / "checkout" / "config")
    return tmp_path / "checkout"


@pytest.fixture
def load(root):
    """Write a study's text to config/studies/mine.yaml and load it."""

    def write_and_load(text):
        file = root / "config" / "studies" / "mine.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_study({"study": "mine"}, root)

    return write_and_load
