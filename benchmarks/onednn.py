"""Compare training with TensorFlow's two sets of kernels on this CPU: oneDNN's, which Easel asks for, and Eigen's.

    .venv/bin/python benchmarks/onednn.py [--presets fast_cpu dcgan] [--threads 1] [--rounds 5]

Each preset trains on noise in two processes that take turns. A ratio is the median over rounds of the ratios within a
round. On Linux, TensorFlow by itself takes oneDNN's only where the CPU has instructions for neural networks.
"""

import argparse
import os
import tempfile
from pathlib import Path
from statistics import median

from speed import Contestant, noise, ratio, spread

PRESETS = {
    "fast_cpu": 32,
    "tutorial_dcgan": 256,
    "dcgan": 32,
    "sngan_resnet": 32,
    "r3gan": 32,
    "vae": 128,
    "vae_gan": 32,
}
"""Presets that differ in their layers, and batch sizes that a slow CPU steps through in seconds."""
SWITCH = "TF_ENABLE_ONEDNN_OPTS"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--presets", nargs="+", default=list(PRESETS), choices=PRESETS, metavar="PRESET")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="of a turn")
    asked = parser.parse_args()
    print("| preset | batch | oneDNN, images/s (range) | Eigen, images/s (range) | oneDNN / Eigen |")
    print("| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        images = noise(Path(folder) / "noise.npy")
        for preset in asked.presets:
            print(row(preset, images, asked), flush=True)


def row(preset: str, images: Path, asked: argparse.Namespace) -> str:
    """Let both train a preset, and tell their speeds."""
    size, script = PRESETS[preset], "easel_engine.py"
    onednn, eigen = (
        Contestant(switch, script, images, preset, "auto", asked.threads, size, variables={SWITCH: switch})
        for switch in ("1", "0")
    )
    if not (onednn.runs and eigen.runs):
        return f"| `{preset}` | {size} | does not run here | | |"
    for _ in range(asked.rounds):
        for each in (onednn, eigen):
            each.work(asked.seconds)
    for each in (onednn, eigen):
        each.close()
    cells = (f"{median(each.speeds):,.1f} ({spread(each.speeds)})" for each in (onednn, eigen))
    return f"| `{preset}` | {size} | {' | '.join(cells)} | {ratio(onednn, eigen):.2f} |"


if __name__ == "__main__":
    main()
