"""How fast features are judged, against torch-fidelity, and how much memory the largest comparison takes.

    .venv/bin/python benchmarks/metrics.py [--torch PATH/TO/python] [--rounds 5] [--large]

In every round each contestant computes each metric once, one after the other; a ratio is the median over rounds of the
ratios within a round. README.md beside this file says more.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from easel.metrics import manifold, neighbours

HERE = Path(__file__).parent
METRICS = ("FID", "KID", "precision and recall")
DIMENSIONS = (256, 2048)
IMAGES = 10_000
LARGE = (50_000, 2048)


class Contestant:
    """One process of contestants/, and the seconds that each metric took, a round each."""

    def __init__(self, name: str, python: str, threads: int, script: str, *arguments: object):
        self.name, self.seconds, self.values = name, {metric: [] for metric in METRICS}, {}
        one_and_all = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        self.process = subprocess.Popen(
            [python, HERE / "contestants" / script, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=os.environ | one_and_all | {"PYTHONPATH": str(HERE.parent / "workflow")},
        )  # fmt: skip
        if self.process.stdout.readline().strip() != "ready":
            sys.exit(f"{name} does not run here")

    def work(self, metric: str) -> None:
        """Let it compute a metric, and note its seconds."""
        print(metric, file=self.process.stdin, flush=True)
        seconds, value = map(float, self.process.stdout.readline().split())
        self.seconds[metric].append(seconds)
        self.values[metric] = value

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def features(n: int, d: int, seed: int, drift: float = 0.0) -> np.ndarray:
    """Features float32 (n, d) as after a ReLU, which vary in 24 directions and a little in all."""
    random, directions = np.random.default_rng(seed), np.random.default_rng(0).normal(size=(24, d))
    found = np.empty((n, d), np.float32)
    for start in range(0, n, 5_000):
        part = found[start : start + 5_000]
        varied = random.normal(size=(len(part), 24)) @ directions * 0.25
        part[:] = np.maximum(varied + 0.5 * random.normal(size=part.shape) + drift, 0.0)
    return found


def compete(d: int, folder: Path, asked: argparse.Namespace) -> None:
    """Let all compute all metrics of features of d dimensions, and print medians and ratios."""
    files = [folder / f"{name}-{d}.npy" for name in ("samples", "reference")]
    np.save(files[0], features(IMAGES, d, 1, 0.1))
    np.save(files[1], features(IMAGES, d, 2))
    running = [Contestant("Easel", sys.executable, asked.threads, "easel_metrics.py", *files)]
    for dtype in ("float32", "float64") if asked.torch else ():
        name, script = f"torch-fidelity, {dtype}", "fidelity_metrics.py"
        running.append(Contestant(name, asked.torch, asked.threads, script, *files, dtype, asked.threads))
    print(f"\n{IMAGES:,} × {d:,} against {IMAGES:,}", flush=True)
    for turn in range(asked.rounds):
        for metric in METRICS:
            for each in running:
                each.work(metric)
            said = ", ".join(f"{each.name} {each.seconds[metric][-1]:.2f} s" for each in running)
            print(f"  round {turn + 1}, {metric}: {said}", flush=True)
    easel, *rivals = running
    for metric in METRICS:
        print(f"{metric}: Easel {median(easel.seconds[metric]):.2f} s")
        for each in rivals:
            pairs = zip(each.seconds[metric], easel.seconds[metric], strict=True)
            print(
                f"    {each.name} {median(each.seconds[metric]):.2f} s, Easel is {median(a / b for a, b in pairs):.2f} "
                f"times as fast (wanted 1); they find {each.values[metric]:.9g}, Easel {easel.values[metric]:.9g}"
            )
    for each in running:
        each.close()


def large(folder: Path) -> None:
    """Say what comparing 50,000 images with as many takes, from files."""
    n, d = LARGE
    for name, seed in (("samples", 1), ("reference", 2)):
        np.save(folder / f"{name}.npy", features(n, d, seed))
    samples, reference = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("samples", "reference"))
    print(f"\n{n:,} × {d:,} against {n:,}, from files", flush=True)
    works = {
        "nearest": lambda: neighbours.nearest(samples, reference)[0].mean(),
        "precision, recall, density, coverage": lambda: [
            round(each.value, 4) for each in manifold.prdc(samples, reference).values()
        ],
    }
    for name, work in works.items():
        started, cpu = time.perf_counter(), time.process_time()
        found = work()
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
        print(f"  {name}: {seconds:.0f} s ({cpu:.0f} CPU), at most {peak:.2f} GiB resident so far: {found}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch", help="a Python that has PyTorch and torch-fidelity")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="50,000 × 2,048 as well, for minutes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for d in DIMENSIONS:
            compete(d, Path(folder), asked)
        if asked.large:
            large(Path(folder))


if __name__ == "__main__":
    main()
