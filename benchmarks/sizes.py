"""Measure the time and the memory of a training step of every preset by the size of images, next to the estimate.

    .venv/bin/python benchmarks/sizes.py measured.jsonl [--sizes 64 128] [--presets dcgan vae …] [--threads 2]
    .venv/bin/python benchmarks/sizes.py measured.jsonl --table

Each preset trains at its own width and batch size on images of noise, in a process of its own: one call that compiles,
then steps for some seconds, or a single one of 256 pixels. Where only every n-th step trains the generator, both kinds
of steps are timed, and the mean of a turn is stated. The table has the CPU seconds of all threads by their number,
which other work on the machine hardly changes; the file has the seconds of the clock, too. Memory is the peak of the
process. A preset with too little free memory for it, by the estimate, is measured with half as many images in a batch,
and so on.

A line of measured.jsonl is a measurement; what is there is not measured again. The estimate is that of
`easel.planning.costs`, with the speed of this machine as `make presets` takes it.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from flops import PRESETS, read

from easel.config.datasets import Sizes
from easel.config.models import model_of
from easel.config.presets import Preset
from easel.planning import recipes
from easel.planning.costs import TENSORFLOW, estimated_step, step_memory_mb
from easel.planning.speed import training_gflops

CLASSES = 10
SMALLEST = 2  # images of a batch
SPARE = 0.7  # of the memory that is free, at most
LIMIT = 900  # seconds for one measurement


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[64, 128, 256])
    parser.add_argument("--presets", nargs="+", default=[file.stem for file in PRESETS])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=4.0, help="for each kind of step")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(**json.loads(asked.one))))
    elif asked.table:
        print(*table([json.loads(line) for line in asked.file.read_text(encoding="utf-8").splitlines()]), sep="\n")
    else:
        measure_all(asked)


def measure_all(asked: argparse.Namespace) -> None:
    """Append a measurement of each preset at each size to the file."""
    lines = asked.file.read_text(encoding="utf-8").splitlines() if asked.file.exists() else []
    known = {(line["preset"], line["size"]) for line in map(json.loads, lines)}
    for size in asked.sizes:
        for preset in asked.presets:
            if (preset, size) in known or size not in model_of(read(preset).model).sizes:
                continue
            settings = fitting(read(preset), size)
            task = {
                "preset": preset, "size": size, "batch_size": settings.batch_size, "threads": asked.threads,
                "seconds": 0.0 if size == 256 else asked.seconds,
            }  # fmt: skip
            command = [sys.executable, __file__, str(asked.file), "--one", json.dumps(task)]
            try:
                done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=LIMIT)
                found = (
                    json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else {"failed": done.returncode}
                )
            except subprocess.TimeoutExpired:
                found = {"failed": f"no end after {LIMIT} s"}
            estimate = {
                "seconds": estimated_step(settings, size) / 1000 / training_gflops(asked.threads),
                "memory_mb": TENSORFLOW + step_memory_mb(settings, size),
            }
            with asked.file.open("a", encoding="utf-8") as file:
                print(json.dumps({"preset": preset, "size": size, **found, "estimate": estimate}), file=file)


def fitting(settings: Preset, size: int) -> Preset:
    """The settings with as large a batch as there is memory for."""
    while settings.batch_size > SMALLEST and TENSORFLOW + step_memory_mb(settings, size) > SPARE * free_mb():
        settings = settings.model_copy(update={"batch_size": settings.batch_size // 2})
    return settings


def free_mb() -> float:
    return psutil.virtual_memory().available / 1e6


def measured(preset: str, size: int, batch_size: int, threads: int, seconds: float) -> dict[str, Any]:
    """The seconds of a step, the seconds of the first call, which compiles, and the peak memory in MB."""
    from easel.planning.probes import trainer_of
    from easel.runtime.memory import peak_memory

    settings = read(preset).model_copy(update={"batch_size": batch_size, "flip": True})
    classes = CLASSES if settings.is_conditional else 0
    recipe = recipes.of_training(settings, Sizes((size, size, 3), 2 * batch_size, 0, classes))
    trainer = trainer_of(recipe, threads, 0)
    turn = trainer.objective.generator_every

    def taken(step: int, least: float) -> np.ndarray:
        """Seconds, and CPU seconds of all threads, of a step of the kind of this one: means over some seconds."""
        count, started = 0, clocks()
        while not count or clocks()[0] - started[0] < least:
            trainer.run_steps(step, 1)
            count += 1
        return (clocks() - started) / count

    last = turn - 1  # a step that trains the generator
    first = taken(last, 0.0)
    step = taken(last, seconds)
    if turn > 1:
        trainer.run_steps(0, 1)
        step = (step + (turn - 1) * taken(0, seconds)) / turn
    return {
        "batch_size": batch_size, "seconds": step[0], "cpu_seconds": step[1], "first": first[0],
        "memory_mb": peak_memory(), "precision": trainer.precision, "threads": threads,
    }  # fmt: skip


def clocks() -> np.ndarray:
    """Seconds of the wall's clock, and of all threads of this process."""
    return np.array([time.monotonic(), time.process_time()])


def table(found: list[dict[str, Any]]) -> Iterator[str]:
    """The measurements as a table in Markdown, a preset a line."""
    sizes = sorted({each["size"] for each in found})
    yield f"| preset | {' | '.join(f'{size} px: s a step (estimate) | GB (estimate)' for size in sizes)} |"
    yield f"| --- |{' --- | --- |' * len(sizes)}"
    by = {(each["preset"], each["size"]): each for each in found}
    for preset in dict.fromkeys(each["preset"] for each in found):
        cells = [cell for size in sizes for cell in cells_of(by.get((preset, size)), preset)]
        yield f"| {preset} | {' | '.join(cells)} |"


def cells_of(one: dict[str, Any] | None, preset: str) -> tuple[str, str]:
    """Seconds and gigabytes of a measurement, and both as estimated."""
    if one is None:
        return "", ""
    estimate = one["estimate"]
    if "failed" in one:
        return f"failed ({estimate['seconds']:.2g})", f"({estimate['memory_mb'] / 1000:.2g})"
    batch = "" if one["batch_size"] == read(preset).batch_size else f", batch {one['batch_size']}"
    return (
        f"{one['cpu_seconds'] / one['threads']:.2g} ({estimate['seconds']:.2g}{batch})",
        f"{ceil(one['memory_mb'] / 10) / 100:.2g} ({estimate['memory_mb'] / 1000:.2g})",
    )


if __name__ == "__main__":
    main()
