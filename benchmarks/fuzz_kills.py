"""Kill a training again and again at random moments, and check that it ends as if nothing had happened.

    .venv/bin/python benchmarks/fuzz_kills.py [--kills 30] [--family gan|vae|vae_gan] [--seed 0]

Every fifth step writes a checkpoint, and every third kill waits until one is being written. The exit code is 1 if a
single bit of the weights, the optimisers or the history differs in the end. Each attempt is a fork of a process that
has imported TensorFlow but not used it yet.
"""

import argparse
import hashlib
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from easel.config.presets import Preset
from easel.study.files import read_yaml
from easel.training import checkpoints
from easel.training.loop import train
from easel.training.state import TrainingState
from easel.training.trainer import Trainer

ROOT = Path(__file__).parents[1]
PRESETS = {"gan": "tutorial_dcgan", "vae": "vae", "vae_gan": "vae_gan"}
IMAGES, BATCH_SIZE = 64, 16


def digest_of(states: Path, family: str, steps: int) -> str:
    """Train, or resume. Returns a digest of all variables and of the history without its times."""
    settings = {"flip": True} | read_yaml(ROOT / f"config/presets/{PRESETS[family]}.yaml", ROOT) | {
        "width": 4, "latent_dim": 8, "batch_size": BATCH_SIZE, "ema_decay": 0.99, "log_every": 7, "draw_every": 50,
        "epochs": steps * BATCH_SIZE / IMAGES, "checkpoint_every": 5 * BATCH_SIZE / IMAGES,
    }  # fmt: skip
    images = np.random.default_rng(0).integers(0, 256, (IMAGES, 32, 32, 3), np.uint8)
    trainer = Trainer(images, TypeAdapter(Preset).validate_python(settings), 0, "float32")
    state = TrainingState(trainer, states, depends_on={})
    train(trainer, state)
    digest = hashlib.sha256()
    for name, variable in trainer.variables.items():
        digest.update(name.encode() + np.ascontiguousarray(variable.numpy()).tobytes())
    for row in state.rows():
        digest.update(repr({name: value for name, value in row.items() if name != "seconds"}).encode())
    return digest.hexdigest()


def attempt(states: Path, family: str, steps: int, limit: float, in_writing: bool = False) -> tuple[str, float]:
    """Train in a process of its own that is killed after `limit` seconds.

    Returns the digest, "" if it was killed, and the seconds that the process lived. in_writing: kill it while it next
    writes a checkpoint after `limit`, if it does so within two seconds.
    """
    result = states / "digest"
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        try:
            result.write_text(digest_of(states, family, steps), encoding="utf-8")
        finally:
            os._exit(0)
    while time.monotonic() - started < limit:
        if os.waitpid(child, os.WNOHANG)[0]:
            return result.read_text(encoding="utf-8"), time.monotonic() - started
        time.sleep(0.005)
    while in_writing and time.monotonic() - started < limit + 2.0:
        if list(states.glob("*/.checkpoint-*")):
            break
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "", time.monotonic() - started


def reached(states: Path) -> int:
    """The step of the newest checkpoint."""
    return max((checkpoints.step_of(file) for file in states.glob("*/checkpoint-*.npz")), default=0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--steps", type=int, default=0, help="of the training; 0: enough for so many kills")
    parser.add_argument("--family", choices=PRESETS, default="gan")
    parser.add_argument("--seed", type=int, default=0, help="of the moments")
    asked = parser.parse_args()
    steps, moments = asked.steps or 100 * asked.kills, random.Random(asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        uninterrupted, killed = Path(folder) / "uninterrupted", Path(folder) / "killed"
        uninterrupted.mkdir()
        killed.mkdir()
        expected, seconds = attempt(uninterrupted, asked.family, steps, limit=float("inf"))
        print(f"uninterrupted: {steps} steps in {seconds:.1f} s", flush=True)
        longest = 6.0 + seconds / asked.kills  # the start of a process, and its share of the steps
        kills = halves = 0
        while kills < asked.kills:
            before = set(killed.glob("*/.checkpoint-*"))
            found, lived = attempt(killed, asked.family, steps, moments.uniform(0, longest), kills % 3 == 2)
            if found:
                break
            kills += 1
            half = bool(set(killed.glob("*/.checkpoint-*")) - before)
            halves += half
            print(f"kill {kills} after {lived:.2f} s: newest checkpoint {reached(killed)}"
                  f"{', half of another' if half else ''}", flush=True)  # fmt: skip
        found = found or attempt(killed, asked.family, steps, limit=float("inf"))[0]
    same = found == expected
    print(f"{kills} kills, {halves} of them while a checkpoint was written: {'the same bits' if same else 'DIFFERENT'}")
    return 0 if same and kills == asked.kills else 1


if __name__ == "__main__":
    sys.exit(main())
