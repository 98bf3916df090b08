"""Train for some seconds and sample: by_the_clock.py DATASET_FOLDER OUTPUT.npz JOB, where JOB is JSON:

    {"preset": "fast_cpu", "seed": 0, "seconds": [90, 600], "threads": 2, "samples": 10000, "clock": "wall"}

and may have `overrides`, other values of the preset's settings. The preset `tutorial_loop` is the TensorFlow tutorial's
loop, `vae_gan:8` the preset vae_gan of width 8. Seconds are of training, after the first steps, which trace and
compile; the weights at each mark are kept, and sampled from at the end. Learning rates that decay reach their end at
the last mark, for which the speed is measured before. OUTPUT.npz gets `images-<seconds>` uint8 (samples, H, W, 3);
`picture-<seconds>` uint8 (100, H, W, 3), ten rows, of a class each for conditional networks; of autoencoders
`reconstruction_mse` on the scale 0..1; `seen` (training images at each mark), `speed` (images per second) and
`parameters`. The clock `cpu` counts the process's CPU seconds: with one thread that is the wall-clock time on an
otherwise idle machine.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from easel import sampling
from easel.config.presets import Preset
from easel.data.prepared import load_split
from easel.images import to_float
from easel.runtime.files import read_json
from easel.runtime.lean_keras import import_keras
from easel.study.files import read_yaml
from easel.training.devices import choose_branches, choose_jit_compile, choose_precision, use_threads
from easel.training.state import TrainingState
from easel.training.steps import CallLength
from easel.training.trainer import Trainer

import_keras()

import keras  # noqa: E402 (after easel, which chooses TensorFlow's kernels)

ROOT = Path(__file__).parents[2]
CALL_SECONDS = 0.5
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
WARM_UP, MEASURED = 2.0, 6.0  # seconds of steps before the speed is measured, and of measuring it
SIDE = 10  # images from side to side of a picture

Draw = Callable[..., np.ndarray]
"""A generator at a mark: a number of samples -> uint8 (n, H, W, 3). With `side`, the samples of a square picture, a
class in each row if it is conditional."""


class Easel:
    """A preset trained by Easel's engine."""

    def __init__(
        self, dataset: Path, preset: str, seed: int, threads: int, clock: Callable[[], float], overrides: dict[str, Any]
    ):
        preset, _, width = preset.partition(":")
        settings = (
            {"flip": True} | read_yaml(ROOT / f"config/presets/{preset}.yaml", ROOT) | overrides | {"epochs": 1e4}
        )
        settings |= {"width": int(width)} if width else {}
        self.clock = clock
        self.settings = TypeAdapter(Preset).validate_python(settings)
        use_threads(threads, choose_branches(self.settings.width, self.settings.batch_size))
        self.split, self.test = load_split(dataset, "train"), load_split(dataset, "test")
        self.classes, self.seed = read_json(dataset / "dataset.json")["classes"], seed
        self.batch_size = self.settings.batch_size

    def prepare(self, seconds: float) -> None:
        """Build a training that lasts so many seconds."""
        self._build()
        if self.settings.decay != "constant":
            steps = self.measure() * seconds
            self.settings = self.settings.model_copy(
                update={"epochs": steps * self.batch_size / len(self.split.images)}
            )
            self._build()

    def _build(self) -> None:
        keras.backend.clear_session()
        self.folder = tempfile.TemporaryDirectory()
        self.trainer = Trainer(
            self.split.images, self.settings, self.seed, choose_precision(self.settings.precision),
            labels=self.split.labels, classes=self.classes,
            jit_compile=choose_jit_compile(self.settings.jit_compile, devices=1),
        )  # fmt: skip
        self.state = TrainingState(self.trainer, Path(self.folder.name), depends_on={})
        self.calls = CallLength(CALL_SECONDS)
        self.take(self.trainer.objective.generator_every)  # every kind of step is compiled before the clock starts

    @property
    def steps(self) -> int:
        return self.state.step

    def take(self, count: int | None = None) -> bool:
        """Take some steps; return whether there were any left."""
        count = min(count or self.calls.steps, self.trainer.schedule.last - self.steps)
        if count:
            rows, seconds = self.calls.timed(self.trainer.run_steps, self.steps, count)
            self.state.advance(rows, seconds, seconds)
        return count > 0

    def measure(self) -> float:
        """Steps per second."""
        for seconds in (WARM_UP, MEASURED):
            before, started = self.steps, self.clock()
            while self.clock() < started + seconds:
                self.take()
        return (self.steps - before) / (self.clock() - started)

    def keep(self) -> Draw:
        network = self.trainer.exported()["generator"]
        weights = network.get_weights()  # a fitted mixture is shared by all that are exported

        def draw(count: int, side: int = 0) -> np.ndarray:
            network.set_weights(weights)
            latents = sampling.latent_points(count, self.settings.latent_dim, self.seed)
            often = np.bincount(self.split.labels) if self.trainer.classes else None
            labels = (
                sampling.cycle_classes(side, side, often) if side else sampling.sample_labels(count, often, self.seed)
            )
            return sampling.generate(network, latents, labels)

        return draw

    def reconstruction_mse(self) -> float | None:
        """The mean squared error of reconstructed test images, on the scale 0..1; None without an encoder."""
        if "encoder" not in self.trainer.networks:
            return None
        decoder, encoder = self.trainer.exported().values()
        rebuilt = sampling.reconstruct(encoder, decoder, self.test.images)
        return float(np.mean((to_float(rebuilt) - to_float(self.test.images)) ** 2) / 4)

    @property
    def parameters(self) -> int:
        return sum(network.count_params() for network in self.trainer.objective.networks.values())


class Tutorial:
    """The TensorFlow tutorial's loop, with a `tf.function` call for each step."""

    def __init__(
        self, dataset: Path, preset: str, seed: int, threads: int, clock: Callable[[], float], overrides: dict[str, Any]
    ):
        use_threads(threads)
        self.images, self.seed, self.steps = load_split(dataset, "train").images, seed, 0

    def prepare(self, seconds: float) -> None:
        from tutorial_loop import BATCH_SIZE, prepare

        self.batch_size = BATCH_SIZE
        self.generator, self.discriminator, self.take_step = prepare(np.asarray(self.images), self.seed)
        self.take()

    def take(self) -> bool:
        self.take_step().numpy()
        self.steps += 1
        return True

    def keep(self) -> Draw:
        weights = self.generator.get_weights()

        def draw(count: int, side: int = 0) -> np.ndarray:
            self.generator.set_weights(weights)
            latents = sampling.latent_points(count, self.generator.input_shape[1], self.seed)
            return sampling.generate(self.generator, latents)

        return draw

    def reconstruction_mse(self) -> None:
        return None

    @property
    def parameters(self) -> int:
        return self.generator.count_params() + self.discriminator.count_params()


def main(dataset: str, output: str, job: str) -> None:
    job = json.loads(job)
    kind = Tutorial if job["preset"] == "tutorial_loop" else Easel
    clock = CLOCKS[job["clock"]]
    trained = kind(Path(dataset), job["preset"], job["seed"], job["threads"], clock, job.get("overrides", {}))
    trained.prepare(job["seconds"][-1])
    first, trained_for, kept, seen = trained.steps, 0.0, {}, []
    for mark in job["seconds"]:
        more = True
        while trained_for < mark and more:
            started = clock()
            more = trained.take()
            trained_for += clock() - started
        kept[mark] = trained.keep()  # while the clock is stopped
        seen.append(trained.steps * trained.batch_size)
    found = {f"images-{mark:g}": draw(job["samples"]) for mark, draw in kept.items()}
    found |= {f"picture-{mark:g}": draw(SIDE**2, SIDE) for mark, draw in kept.items()}
    mse = trained.reconstruction_mse()
    np.savez(
        output, seen=seen, trained_for=trained_for, parameters=trained.parameters,
        speed=(trained.steps - first) * trained.batch_size / trained_for,
        **found, **({} if mse is None else {"reconstruction_mse": mse}),
    )  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
