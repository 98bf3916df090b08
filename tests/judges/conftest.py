"""A checkout to load studies from, and a judge that was trained elsewhere."""

import json
import zipfile

import pytest

CARD = {
    "dataset": "pets", "classes": ["cats", "dogs"], "image_shape": [32, 32, 3], "test_accuracy": 0.9,
    "train_accuracy": 0.95, "feature_dim": 32, "parameters": 1000, "precision": "float32",
}  # fmt: skip


@pytest.fixture
def pets(tmp_path):
    """A function that writes `pets.keras`: what a judge of two classes says of itself, with changes, and no network."""

    def write(**changes):
        file = tmp_path / "pets.keras"
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("judge.json", json.dumps(CARD | changes))
        return file

    return write
