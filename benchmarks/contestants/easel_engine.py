"""Easel's engine: easel_engine.py IMAGES.npy PRESET PRECISION THREADS BATCH_SIZE"""

import sys
from pathlib import Path

import numpy as np
from contestant import serve
from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.study.files import read_yaml
from easel.training.devices import choose_branches, choose_jit_compile, choose_precision, use_threads
from easel.training.steps import CallLength
from easel.training.trainer import Trainer

ROOT = Path(__file__).parents[2]
CALL_SECONDS = 0.5
CLASSES = 10  # drawn at random, for conditional networks


def main(images: str, preset: str, precision: str, threads: str, batch_size: str) -> None:
    written = read_yaml(ROOT / f"config/presets/{preset}.yaml", ROOT)
    settings = TypeAdapter(Preset).validate_python({"flip": True} | written | {"batch_size": int(batch_size)})
    use_threads(int(threads), choose_branches(settings.width, settings.batch_size))
    pixels = np.load(images, mmap_mode="r")
    labels = np.random.default_rng(0).integers(0, CLASSES, len(pixels))
    trainer = Trainer(
        pixels, settings, 0, choose_precision(precision), labels=labels, classes=[f"class {k}" for k in range(CLASSES)],
        jit_compile=choose_jit_compile("auto", devices=1),
    )  # fmt: skip
    # On a GPU 512 images take milliseconds: calls become longer, as in a training.
    turn = trainer.objective.generator_every
    at_least, calls, step = max(turn, 512 // settings.batch_size), CallLength(CALL_SECONDS, turn), 0

    def work() -> int:
        nonlocal step
        steps = max(at_least, calls.steps)
        calls.timed(trainer.run_steps, step, steps)
        step += steps
        return steps * settings.batch_size

    serve(work)


if __name__ == "__main__":
    main(*sys.argv[1:])
