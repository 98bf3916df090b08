"""Compare the engine's speed with the TensorFlow tutorial's loop, PyTorch and a plain matrix product.

    .venv/bin/python benchmarks/speed.py [--torch PATH/TO/python] [--rounds 7] [--images train_images.npy]

In every round each contestant works once, one after the other; a ratio is the median over rounds of the ratios
within a round, so that other load affects both sides alike. See README.md.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from flops import per_image

from easel.runtime.gpus import claim_gpus, installed

HERE = Path(__file__).parent
PRESETS = {"tutorial_dcgan": 256, "dcgan": 128}  # batch sizes


class Contestant:
    """A process of contestants/, and its speeds in images/s or FLOP/s, one per round."""

    def __init__(
        self,
        name: str,
        script: str,
        *arguments: object,
        python: str = sys.executable,
        variables: dict[str, str] | None = None,
    ):
        """variables: more of its environment."""
        self.name, self.speeds = name, []
        quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(HERE.parent / "workflow")}
        self.process = subprocess.Popen(
            [python, HERE / "contestants" / script, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
            env=os.environ | quiet | (variables or {}),
        )  # fmt: skip
        self.runs = self.process.stdout.readline().strip() == "ready"

    def work(self, seconds: float) -> None:
        """Let it work for some seconds, and record its speed."""
        print(seconds, file=self.process.stdin, flush=True)
        self.speeds.append(float(self.process.stdout.readline()))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def ratio(one: Contestant, other: Contestant) -> float:
    """The median over rounds of one's speed as a multiple of the other's."""
    return median(a / b for a, b in zip(one.speeds, other.speeds, strict=True))


def spread(speeds: Sequence[float]) -> str:
    return f"{min(speeds):,.0f} to {max(speeds):,.0f}"


def contestants(images: Path, threads: int, torch: str | None) -> list[Contestant]:
    size = PRESETS["tutorial_dcgan"]
    engine, loop, rival, matrix = "easel_engine.py", "tutorial_loop.py", "pytorch_dcgan.py", "matrix_product.py"
    found = [
        Contestant("easel", engine, images, "tutorial_dcgan", "auto", threads, size),
        Contestant("easel float32", engine, images, "tutorial_dcgan", "float32", threads, size),
        Contestant("easel dcgan", engine, images, "dcgan", "auto", threads, PRESETS["dcgan"]),
        Contestant("easel dcgan float32", engine, images, "dcgan", "float32", threads, PRESETS["dcgan"]),
        Contestant("tutorial's loop", loop, images, threads, size),
        Contestant("product bfloat16", matrix, "bfloat16", threads),
        Contestant("product float32", matrix, "float32", threads),
    ]
    for setting in ("float32", "bfloat16", "compiled") if torch else ():
        found.append(Contestant(f"pytorch {setting}", rival, images, setting, threads, size, python=torch))
    for each in found:
        if not each.runs:
            print(f"{each.name} does not run here and is left out")
    return [each for each in found if each.runs]


def noise(file: Path) -> Path:
    """Write noise images, as many as CIFAR-10 has."""
    np.save(file, np.random.default_rng(0).integers(0, 256, (50_000, 32, 32, 3), np.uint8))
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, help="uint8 (N, 32, 32, 3) .npy; default: noise")
    parser.add_argument("--torch", help="a Python that has PyTorch")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=6.0, help="of a turn")
    asked = parser.parse_args()
    claim_gpus(1, "benchmarks/speed.py")  # which all contestants inherit, if there is one
    with tempfile.TemporaryDirectory() as folder:
        images = asked.images or noise(Path(folder) / "noise.npy")
        running = contestants(images, asked.threads, asked.torch)
    for turn in range(asked.rounds):
        for each in running:
            each.work(asked.seconds)
        print(f"round {turn + 1}: " + ", ".join(f"{each.name} {each.speeds[-1]:,.4g}" for each in running), flush=True)
    for each in running:
        each.close()
    report({each.name: each for each in running}, asked.threads)


def report(found: dict[str, Contestant], threads: int) -> None:
    """Print medians and ratios."""
    gpus = sorted({gpu.model for gpu in installed()})
    print(f"\n{', '.join([*gpus, platform.processor() or platform.machine()])}, {threads} threads; medians over rounds")
    for each in found.values():
        scale, unit = (1e9, "GFLOP/s") if each.name.startswith("product") else (1, "images/s")
        print(
            f"  {each.name:22s} {median(each.speeds) / scale:8,.0f} {unit} ({spread([s / scale for s in each.speeds])})"
        )
    print("\nratios, medians of those within a round")
    rivals = [each for name, each in found.items() if name.startswith("pytorch")]
    pairs = [("easel", found["tutorial's loop"], 1.6), ("easel float32", found["tutorial's loop"], 1.05)]
    if rivals:
        pairs.append(("easel", max(rivals, key=lambda each: median(each.speeds)), 1.5))
    for name, other, wanted in pairs:
        print(f"  {name} / {other.name}: {ratio(found[name], other):.2f} (wanted {wanted})")
    for preset, name in (("tutorial_dcgan", "easel"), ("dcgan", "easel dcgan")):
        for suffix, product in (("", "product bfloat16"), (" float32", "product float32")):
            flop = per_image(preset)
            share = ratio(found[name + suffix], found[product]) * flop
            print(
                f"  {preset}{suffix or ' auto'}: {flop / 1e9:.2f} GFLOP an image, {share:.0%} of the {product} (75 %)"
            )


if __name__ == "__main__":
    main()
