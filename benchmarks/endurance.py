"""Measure the overhead of a whole training: start, memory, the share of time inside compiled calls, shutdown.

    .venv/bin/python benchmarks/endurance.py [--dataset results/datasets/cifar10] [--minutes 5] [--steps 10000]

First `tutorial_dcgan` trains as in the workflow, and is sent SIGTERM after some minutes. Then a narrow `dcgan` takes
many steps while its memory is recorded. See README.md.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import psutil
from speed import noise

from easel.runtime.files import write_json
from easel.study.files import read_yaml
from easel.training import checkpoints

HERE = Path(__file__).parent
ROOT = HERE.parent


def noise_dataset(folder: Path) -> Path:
    """Write a dataset of noise as large as CIFAR-10."""
    folder.mkdir()
    noise(folder / "train_images.npy")
    np.save(folder / "train_labels.npy", np.zeros(50_000, np.int64))
    write_json(folder / "dataset.json", {"name": "noise", "arrays": {"train_images.npy": "made up"}})
    return folder


def settings_of(preset: str, **changes) -> dict:
    return read_yaml(ROOT / f"config/presets/{preset}.yaml", ROOT) | changes


class Watched:
    """A training in a process of its own, whose resident memory is recorded every second, in GB."""

    def __init__(self, dataset: Path, settings: dict, folder: Path, threads: int):
        folder.mkdir()
        write_json(folder / "settings.json", settings)
        self.folder, self.memory, self.started = folder, [], time.monotonic()
        environment = os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'workflow'}", "TF_CPP_MIN_LOG_LEVEL": "3"}
        script = HERE / "contestants/whole_training.py"
        self.process = subprocess.Popen(
            [sys.executable, script, dataset, folder / "settings.json", folder, str(threads)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", env=environment,
        )  # fmt: skip
        self.to_first_step = float(self.process.stdout.readline())

    def watch(self, seconds: float = float("inf")) -> None:
        """Wait for the end, or until some seconds after the start."""
        while self.process.poll() is None and time.monotonic() - self.started < seconds:
            try:
                self.memory.append(psutil.Process(self.process.pid).memory_info().rss / 1e9)
            except psutil.NoSuchProcess:
                break
            time.sleep(1)

    @property
    def flatness(self) -> float:
        """The relative change of memory from the second tenth of the time to the last."""
        tenth = len(self.memory) // 10
        early, late = median(self.memory[tenth : 2 * tenth]), median(self.memory[-tenth:])
        return late / early - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", type=Path, help="a prepared dataset; default: noise, as much as CIFAR-10")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        dataset = asked.dataset or noise_dataset(folder / "noise")
        stopped(dataset, folder / "stopped", asked)
        long(dataset, folder / "long", asked)


def stopped(dataset: Path, folder: Path, asked: argparse.Namespace) -> None:
    """Train for some minutes, stop, and print how the time was spent."""
    training = Watched(dataset, settings_of("tutorial_dcgan", epochs=1e6), folder, asked.threads)
    training.watch(60 * asked.minutes)
    training.process.send_signal(signal.SIGTERM)
    asked_at = time.monotonic()
    training.process.wait()
    ended = time.monotonic()
    (state,) = (folder / "state").iterdir()
    last = checkpoints.read(checkpoints.files(state)[-1])
    inside, trained = last.notes["seconds_in_steps"], float(last.arrays["clock"][-1, 1])
    print(f"tutorial_dcgan, {last.step:,} steps in {ended - training.started:.0f} s")
    print(f"  from the start of the process to the end of its first step: {training.to_first_step:.1f} s (under 10)")
    print(f"  inside compiled steps: {inside / trained:.1%} of the training (95 %), "
          f"{inside / (asked_at - training.started):.1%} of the process until the signal")  # fmt: skip
    print(f"  from SIGTERM to the end of the process: {ended - asked_at:.1f} s (under 10)")
    print(f"  resident memory: {max(training.memory):.2f} GB at most (under 2.5)", flush=True)


def long(dataset: Path, folder: Path, asked: argparse.Namespace) -> None:
    """Take many steps with a narrow network, and print how its memory changed."""
    images = len(np.load(dataset / "train_images.npy", mmap_mode="r"))
    batch_size = 8
    narrow = settings_of("dcgan", width=4, batch_size=batch_size, epochs=asked.steps * batch_size / images)
    training = Watched(dataset, narrow, folder, asked.threads)
    training.watch()
    steps = json.loads((folder / "train.json").read_text(encoding="utf-8"))["steps"]
    print(f"dcgan of width 4, {steps:,} steps in {time.monotonic() - training.started:.0f} s")
    change = f"{training.flatness:+.1%} from the second tenth of the time to the last (within 2 %)"
    print(f"  resident memory: {max(training.memory):.2f} GB at most, {change}")


if __name__ == "__main__":
    main()
