"""Trained generators as somebody without Easel uses them: with Keras and NumPy alone, in a process of their own."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.warm_python import warm_python

SCRIPT = """\
import sys
sys.modules["easel"] = None  # an import of it fails
import json
import keras
import numpy as np

for folder in sys.argv[1:]:
    generator = keras.models.load_model(folder + "/generator.keras")
    with open(folder + "/samples.json") as file:
        size = json.load(file)["batch_size"]
    with np.load(folder + "/samples.npz") as samples:
        latents, images = samples["latents"], samples["images"]
        labels = samples["labels"].astype(np.int32) if "labels" in samples else None
    drawn = []
    for start in range(0, len(latents), size):
        part = slice(start, start + size)
        outputs = np.asarray(generator(latents[part] if labels is None else [latents[part], labels[part]]))
        drawn.append(np.clip(np.rint((outputs + 1) * 127.5), 0, 255).astype(np.uint8))
    different = np.count_nonzero(np.concatenate(drawn) != images)
    if different:
        sys.exit(f"{folder}: {different} of {images.size} values differ")
"""


def assert_draws_the_judged_samples(folders: Iterable[Path]) -> None:
    """Check that generator.keras of each folder draws the images of samples.npz from its latents, bit for bit."""
    folders = list(map(str, folders))
    assert folders
    with TemporaryDirectory() as folder:
        script = Path(folder) / "plain.py"
        script.write_text(SCRIPT)
        done = subprocess.run(
            [warm_python(), script, *folders], cwd="/", env={"PATH": "", "HOME": "/tmp"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout
