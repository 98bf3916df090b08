"""Measure the cost of a recipe on this machine, in a few seconds and on images of noise.

A probe runs the engine itself (`easel.training`, `easel.judges`): its compiled calls, pictures, checkpoints and
networks. It needs no dataset. Bytes are the sizes of files that were written; memory is the peak resident size.
"""

import importlib
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil
from pydantic import TypeAdapter

from easel.runtime.console import log
from easel.runtime.lean_keras import import_keras

import_keras()

import keras  # noqa: E402 (after the notes of its start-up have been caught)
import tensorflow as tf  # noqa: E402

from easel import judges, keras_files, sampling  # noqa: E402
from easel.config.judges import KINDS  # noqa: E402
from easel.config.presets import Preset  # noqa: E402
from easel.evaluation.reference import Reference  # noqa: E402
from easel.evaluation.rows import measurements, nearest_training_images  # noqa: E402
from easel.judges import Outputs  # noqa: E402
from easel.judges.devices import use_training_devices  # noqa: E402
from easel.judges.networks import BATCH as JUDGED  # noqa: E402
from easel.metrics import cells, fid  # noqa: E402
from easel.models import load  # noqa: E402
from easel.runtime.memory import peak_memory  # noqa: E402
from easel.training.devices import (  # noqa: E402
    choose_branches,
    choose_devices,
    choose_jit_compile,
    choose_precision,
    describe_device,
    use_devices,
)
from easel.training.loop import CALL_SECONDS  # noqa: E402
from easel.training.monitor import Monitor  # noqa: E402
from easel.training.record import write_outputs  # noqa: E402
from easel.training.state import TrainingState  # noqa: E402
from easel.training.steps import CallLength  # noqa: E402
from easel.training.tensorboard import Board  # noqa: E402
from easel.training.trainer import HeldOut, Trainer  # noqa: E402

DRAWN = 2 * sampling.BATCH  # images judged, to measure the time of a thousand
SCORED = 1_000  # samples whose metrics are timed


def probe(recipe: Mapping[str, Any], threads: int, gpus: int, seconds: float) -> dict[str, Any]:
    """Measure a recipe of `easel.planning.recipes`. seconds: to spend on steps, after the first.

    Returns `seconds` (of each part of a job), `bytes` (of each of its outputs), `memory_mb`, `precision` and the number
    of `steps` measured.
    """
    measure = training if recipe["kind"] == "training" else judge
    imported = age()
    found = measure(recipe, threads, gpus, seconds)
    found["seconds"]["import"] = round(imported, 3)
    return found


def training(recipe: Mapping[str, Any], threads: int, gpus: int, seconds: float) -> dict[str, Any]:
    """Measure a training, and sampling from its generator."""
    with TemporaryDirectory() as folder:
        trainer, built = timed(lambda: trainer_of(recipe, threads, gpus))
        state = TrainingState(trainer, Path(folder) / "state", depends_on={})
        parts = train_and_watch(trainer, state, seconds)
        _, ended = timed(lambda: write_outputs(state, Path(folder) / "outputs"))
        memory = peak_memory()  # before sampling, which is another job
        outputs = Path(folder) / "outputs"
        networks = state.snapshot(state.step)
        sampled = sample(networks["generator"], trainer.settings.latent_dim, labels(recipe))
        return {
            "precision": trainer.precision,
            "steps": state.step,
            "memory_mb": memory,
            "seconds": rounded({"build": built, **parts, "outputs": ended, **sampled}),
            "bytes": {
                "checkpoint": next(state.folder.glob("checkpoint-*.npz")).stat().st_size,
                "generator": networks["generator"].stat().st_size,
                "encoder": networks["encoder"].stat().st_size if "encoder" in networks else 0,
                "picture": next((outputs / "progress").iterdir()).stat().st_size,
            },
        }


def speed(recipe: Mapping[str, Any], threads: int, gpus: int, seconds: float) -> dict[str, Any]:
    """Measure only the loop of a training: `seconds` of each part, `measured_steps`, `device` and `precision`."""
    with TemporaryDirectory() as folder:
        trainer = trainer_of(recipe, threads, gpus)
        state = TrainingState(trainer, Path(folder) / "state", depends_on={})
        parts = rounded(train_and_watch(trainer, state, seconds))
        return {
            "seconds": parts, "measured_steps": state.step,
            "device": describe_device(), "precision": trainer.precision,
        }  # fmt: skip


def trainer_of(recipe: Mapping[str, Any], threads: int, gpus: int) -> Trainer:
    """What a training of this recipe would train here, on noise."""
    settings = TypeAdapter(Preset).validate_python(recipe["settings"])
    branches = choose_branches(settings.width, settings.batch_size)
    use_devices(threads, gpus, "a probe", branches, settings.deterministic)
    devices = choose_devices(settings.gpu, settings.batch_size)
    images, classes = noise(recipe), labels(recipe)
    return Trainer(
        images=images,
        labels=classes,
        classes=[str(each) for each in range(recipe["classes"])],
        settings=settings,
        seed=0,
        precision=choose_precision(settings.precision),
        jit_compile=choose_jit_compile(settings.jit_compile, max(1, len(devices))),
        devices=devices,
        label="a probe",
        held_out=HeldOut(images, np.zeros(len(images), int) if classes is None else classes, ""),
    )


def train_and_watch(trainer: Trainer, state: TrainingState, seconds: float) -> dict[str, float]:
    """The seconds of each part of a training loop (`easel.planning.training_time`), in the order of the loop.

    seconds: to spend on steps, after the first.
    """
    log.disabled = True  # after a few steps on noise the training would be reported as collapsed
    with Board(state.folder / "tensorboard") as board:
        monitor = Monitor(trainer, state, board)
        _, first_picture = timed(monitor.draw_picture)
        first_call, step = take_steps(trainer, state, monitor, seconds)
        state.history.checks.clear()  # the next picture takes the place of the first one
        _, picture = timed(monitor.draw_picture)
        _, first_snapshot = timed(monitor.save_snapshot)
        _, snapshot = timed(monitor.save_snapshot)
    _, checkpoint = timed(state.save)
    log.disabled = False
    return {
        "first_picture": first_picture, "first_call": first_call, "step": step, "picture": picture,
        "first_snapshot": first_snapshot, "snapshot": snapshot, "checkpoint": checkpoint,
    }  # fmt: skip


def take_steps(trainer: Trainer, state: TrainingState, monitor: Monitor, seconds: float) -> tuple[float, float]:
    """Train for some seconds in calls as long as the training loop's, with all that the loop does in each.

    Returns the seconds of the first call, which compiles, and of one step: the median over steps, because the machine
    may be busy with something else now and then. Each call but the first few takes whole turns of discriminator and
    generator, because their steps cost differently.
    """
    turn, calls = trainer.objective.generator_every, CallLength(CALL_SECONDS)

    def take(count: int) -> float:
        started = time.monotonic()
        rows, in_steps = calls.timed(trainer.run_steps, state.step, count)
        state.advance(rows, in_steps, in_steps)
        monitor.log_row()
        return time.monotonic() - started

    warm_up = take(1) + take(2 * turn - 1)  # both kinds of steps, and memory for them
    paces: list[float] = []
    spent = 0.0
    while spent < seconds:
        most = min(calls.steps, trainer.schedule.log_every)
        count = math.ceil(most / turn) * turn
        took = take(count)
        spent += took
        paces += [took / count] * count
    step = median(paces)
    return max(warm_up - (2 * turn - 1) * step, step), step


def sample(generator: Path, latent_dim: int, classes: np.ndarray | None) -> dict[str, float]:
    """Seconds to load a generator, to sample a first batch, and to sample a thousand images, on one core as jobs do.
    Two batches are sampled.

    classes: int (N,), the training images' classes, for a conditional generator.
    """
    with on_one_core():
        network, loaded = timed(lambda: load(str(generator)))
        batch = sampling.images_per_call(network)
        latents = sampling.latent_points(2 * batch, latent_dim, seed=0)
        asked = sampling.sample_labels(2 * batch, None if classes is None else np.bincount(classes), seed=0)
        some = None if asked is None else asked[:batch]
        _, first = timed(lambda: sampling.generate(network, latents[:batch], some))
        _, drawn = timed(lambda: sampling.generate(network, latents, asked))
    return {"load": loaded, "first_samples": first, "samples_1000": 1000 * drawn / len(latents)}


def judge(recipe: Mapping[str, Any], threads: int, gpus: int, seconds: float) -> dict[str, Any]:
    """Measure the training of a judge, its features, and the metrics computed from them."""
    kind = KINDS[recipe["kind"]]
    settings = kind.model_validate(recipe["settings"])
    fitting = importlib.import_module(f"easel.judges.{recipe['kind']}.training")
    use_training_devices(threads, gpus, "a probe")
    precision = choose_precision("auto", loss_scaling=False)
    images = noise(recipe)
    course, built = timed(lambda: fitting.course(images, labels(recipe), recipe["classes"], settings, precision))
    clock = Clock(seconds)
    course.learner.fit(course.batches, steps_per_epoch=2**30, shuffle=False, callbacks=[clock], verbose=0)
    exact, balanced = timed(lambda: fitting.finished(course, images, settings))
    with TemporaryDirectory() as folder:
        file = Path(folder) / kind.weights
        keras_files.save(exact, file)
        trained, loaded = timed(lambda: judges.load(file))
        size = file.stat().st_size
    some = images[np.arange(DRAWN) % len(images)]
    _, first = timed(lambda: trained.outputs(some[:JUDGED]))
    seen, many = timed(lambda: trained.outputs(some))
    with on_one_core():
        _, alone = timed(lambda: trained.outputs(some))
    return {
        "precision": precision,
        "steps": len(clock.paces) + 1,
        "memory_mb": peak_memory(),
        "seconds": rounded(
            {
                "build": built + balanced, "first_call": clock.first, "step": median(clock.paces), "load": loaded,
                "first_features": first, "features_1000": 1000 * many / DRAWN,
                "features_1000_one_core": 1000 * alone / DRAWN, "metrics_1000": score(seen, len(images)),
            }
        ),
        "bytes": {"network": size, "features": 4 * trained.feature_dim},
    }  # fmt: skip


class Clock(keras.callbacks.Callback):
    """Times the first step of a fit and the others, and ends it when the others have taken `seconds`."""

    def __init__(self, seconds: float):
        super().__init__()
        self.seconds, self.first = seconds, 0.0
        self.paces: list[float] = []
        self.before = time.monotonic()

    def on_train_batch_end(self, batch, logs):
        now = time.monotonic()
        took, self.before = now - self.before, now
        if not self.first:
            self.first = took
        else:
            self.paces.append(took)
        self.model.stop_training = sum(self.paces) >= self.seconds


def score(found: Outputs, images: int) -> float:
    """Seconds to compute all metrics of SCORED samples against `images` training images.

    found: of n images, from which the features of samples and training images are resampled.
    """
    random, features = np.random.default_rng(0), found.features

    def resampled(count: int) -> np.ndarray:  # with noise, because real features have no duplicates
        some = features[random.integers(len(features), size=count)]
        return some + random.normal(0, 0.01, some.shape).astype(np.float32)

    train, samples = resampled(images), resampled(SCORED)
    mean, covariance = fid.statistics(train)
    centres = cells.centres(train, SCORED)
    statistics = {
        "train_mean": mean, "train_covariance": covariance, "train_n": np.array(float(images)),
        "test_nearest": np.ones(SCORED), "cells": centres, "test_cells": cells.cells_of(samples, centres),
    }  # fmt: skip
    reference = Reference(statistics, train, np.zeros(images, np.int64))
    seen = Outputs(samples, found.logits[random.integers(len(features), size=SCORED)])

    def everything() -> None:
        to_train = nearest_training_images(seen, reference, "a probe").distances
        for _ in measurements(seen, reference, to_train, "a probe"):
            pass

    with on_one_core():
        return timed(everything)[1]


# --- instruments ---------------------------------------------------------------------------------------


def noise(recipe: Mapping[str, Any]) -> np.ndarray:
    """Noise images, as many as the dataset has: uint8 (N, H, W, C)."""
    shape = (recipe["images"], *recipe["image_shape"])
    return np.frombuffer(np.random.default_rng(0).bytes(int(np.prod(shape))), np.uint8).reshape(shape)


def labels(recipe: Mapping[str, Any]) -> np.ndarray | None:
    """Equally frequent classes for the images: int64 (N,); None if the recipe has none."""
    return np.arange(recipe["images"]) % recipe["classes"] if recipe["classes"] else None


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result of `work`, and the seconds that it took."""
    started = time.monotonic()
    found = work()
    return found, time.monotonic() - started


@contextmanager
def on_one_core() -> Iterator[None]:
    """Keep every thread of this process on one core, if the system can; TensorFlow's thread pools cannot be resized."""
    if not hasattr(os, "sched_setaffinity") or tf.config.list_physical_devices("GPU"):
        yield
        return
    before = os.sched_getaffinity(0)
    move_threads({min(before)})
    try:
        yield
    finally:
        move_threads(before)


def move_threads(cores: set[int]) -> None:
    for thread in psutil.Process().threads():
        try:
            os.sched_setaffinity(thread.id, cores)
        except ProcessLookupError:
            continue  # the thread has ended


def age() -> float:
    """Seconds since this process started."""
    return time.time() - psutil.Process().create_time()


def rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: float(f"{value:.4g}") for name, value in seconds.items()}
