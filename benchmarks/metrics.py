"""Compare the speed of metrics with torch-fidelity's, and measure the memory of the largest comparison.

    .venv/bin/python benchmarks/metrics.py [--torch PATH/TO/python] [--rounds 5] [--large]

In every round each contestant computes each metric once, one after the other; a ratio is the median over rounds of the
ratios within a round. On a busy machine compare CPU seconds instead, with `--threads 1`, because threads that wait for
each other on a busy core count as working. See README.md.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import numpy as np

from easel.metrics import fid, kid, manifold, neighbours

HERE = Path(__file__).parent
METRICS = ("FID", "KID", "precision and recall")
DIMENSIONS = (256, 2048)
IMAGES = 10_000
LARGE = (50_000, 2048)


class Contestant:
    """A process of contestants/, and the seconds and CPU seconds of each metric, one per round."""

    def __init__(self, name: str, python: str, threads: int, script: str, *arguments: object):
        self.name, self.values = name, {}
        self.seconds, self.cpu = ({metric: [] for metric in METRICS} for _ in range(2))
        one_and_all = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), str(threads))
        self.process = subprocess.Popen(
            [python, HERE / "contestants" / script, *map(str, arguments)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8",
            env=os.environ | one_and_all | {"PYTHONPATH": str(HERE.parent / "workflow")},
        )  # fmt: skip
        if self.process.stdout.readline().strip() != "ready":
            sys.exit(f"{name} does not run here")

    def work(self, metric: str) -> None:
        """Let it compute a metric, and record its seconds."""
        print(metric, file=self.process.stdin, flush=True)
        seconds, cpu, self.values[metric] = map(float, self.process.stdout.readline().split())
        self.seconds[metric].append(seconds)
        self.cpu[metric].append(cpu)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def features(n: int, d: int, seed: int, drift: float = 0.0) -> np.ndarray:
    """Features float32 (n, d) as after a ReLU, varying mostly in 24 directions."""
    random, directions = np.random.default_rng(seed), np.random.default_rng(0).normal(size=(24, d))
    found = np.empty((n, d), np.float32)
    for start in range(0, n, 5_000):
        part = found[start : start + 5_000]
        varied = random.normal(size=(len(part), 24)) @ directions * 0.25
        part[:] = np.maximum(varied + 0.5 * random.normal(size=part.shape) + drift, 0.0)
    return found


def compete(d: int, folder: Path, asked: argparse.Namespace) -> None:
    """Let all contestants compute all metrics of d-dimensional features, and print medians and ratios."""
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
            times = ", ".join(f"{each.name} {each.seconds[metric][-1]:.2f} s" for each in running)
            print(f"  round {turn + 1}, {metric}: {times}", flush=True)
    easel, *rivals = running
    for metric in METRICS:
        print(f"{metric}: Easel {median(easel.seconds[metric]):.2f} s, CPU {median(easel.cpu[metric]):.2f} s")
        for each in rivals:
            faster, less = (
                ratio(each.seconds[metric], easel.seconds[metric]),
                ratio(each.cpu[metric], easel.cpu[metric]),
            )
            print(
                f"    {each.name} {median(each.seconds[metric]):.2f} s, CPU {median(each.cpu[metric]):.2f} s; Easel is "
                f"{faster:.2f} times as fast, by CPU seconds {less:.2f} (wanted 1); they find "
                f"{each.values[metric]:.9g}, Easel {easel.values[metric]:.9g}"
            )
    for each in running:
        each.close()


def ratio(theirs: list[float], ours: list[float]) -> float:
    """The median over rounds of the ratios within a round."""
    return median(their / our for their, our in zip(theirs, ours, strict=True))


def large(folder: Path) -> None:
    """Measure the comparison of 50,000 images with as many, from files, each metric in a process of its own."""
    n, d = LARGE
    for name, seed in (("samples", 1), ("reference", 2)):
        np.save(folder / f"{name}.npy", features(n, d, seed))
    print(f"\n{n:,} × {d:,} against {n:,}, from files", flush=True)
    for name in WORKS:
        with ProcessPoolExecutor(1, get_context("spawn")) as process:
            seconds, cpu, peak, found = process.submit(measured, name, folder).result()
        print(f"  {name}: {seconds:.0f} s ({cpu:.0f} CPU), at most {peak:.2f} GB resident: {found}", flush=True)


def measured(name: str, folder: Path) -> tuple[float, float, float, object]:
    """Seconds, CPU seconds, peak resident memory (GB), and result of one of WORKS."""
    samples, reference = (np.load(folder / f"{each}.npy", mmap_mode="r") for each in ("samples", "reference"))
    started, cpu = time.perf_counter(), time.process_time()
    found = WORKS[name](samples, reference)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    # getrusage would include the peak of the parent process.
    (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="utf-8"))
    return seconds, cpu, int(peak) * 1024 / 1e9, found


WORKS = {
    "FID, both covariances included": lambda samples, reference: fid.distance_to(samples, *fid.statistics(reference)),
    "KID": lambda samples, reference: kid.kid(samples, reference).value,
    "precision, recall, density, coverage": lambda samples, reference: [
        round(each.value, 4) for each in manifold.prdc(samples, reference).values()
    ],
    "nearest training images": lambda samples, reference: neighbours.nearest(samples, reference)[0].mean(),
}
"""name -> what `large` measures, a function of samples and reference, each float32 (n, d)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--torch", help="a Python that has PyTorch and torch-fidelity")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true", help="50,000 × 2,048 features, by Easel alone; takes minutes")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if asked.large:
            large(Path(folder))
        else:
            for d in DIMENSIONS:
                compete(d, Path(folder), asked)


if __name__ == "__main__":
    main()
