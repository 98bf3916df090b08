"""The speed of this machine's CPU in training, from matrix products of half a second: NumPy alone, on one thread.

python -m easel.planning.speed    prints the GFLOP/s of one thread in such a product
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from easel.runtime.cpu import multiplies_bfloat16

PACKAGES = str(Path(__file__).parents[2])
SIDE = 1024  # of the matrices
SECONDS = 0.5
ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)
"""Environment of NumPy's libraries, which read it once, at their start."""

# GFLOP/s of a training, as costs.py counts them, for each of a product in float32 on as many threads. On 2 cores
# (benchmarks/README.md): fast_cpu 2.2, tutorial_dcgan 1.9 and dcgan 1.4 in bfloat16, the latter 1.1 and 0.9 in float32.
IN_BFLOAT16, IN_FLOAT32 = 1.8, 1.0


def training_gflops(threads: int) -> float:
    """The GFLOP/s that a training reaches on so many CPU threads: an estimate, right within a factor of two."""
    return threads * product_gflops() * (IN_BFLOAT16 if multiplies_bfloat16() else IN_FLOAT32)


def product_gflops() -> float:
    """The GFLOP/s of one thread in a matrix product in float32, measured in a process of its own."""
    command = [sys.executable, "-P", "-m", "easel.planning.speed"]
    environment = os.environ | ONE_THREAD | {"PYTHONPATH": PACKAGES}
    return float(subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=True).stdout)


def measure() -> float:
    """The GFLOP/s of the fastest of some matrix products in this process, by its CPU time: other work hardly counts."""
    factor = np.random.default_rng(0).standard_normal((SIDE, SIDE), np.float32)
    product, fastest, started = np.empty_like(factor), np.inf, time.process_time()
    while time.process_time() - started < SECONDS:
        before = time.process_time()
        np.matmul(factor, factor, out=product)
        fastest = min(fastest, time.process_time() - before)
    return 2 * SIDE**3 / fastest / 1e9


if __name__ == "__main__":
    print(measure())
