"""Easel's library: what the steps of the workflow do. Nothing in here knows Snakemake."""

import os
import platform

# TensorFlow reads these when it is imported, which happens after this file has run. Level 2 keeps
# its errors and drops the notes on oneDNN and CPU instructions that every job would print.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# On Linux, TensorFlow leaves oneDNN's kernels off where a CPU lacks instructions for neural networks, as many from
# before 2022 do. There, too, trainings are 1.3 to 2.2 times as fast with them (benchmarks/onednn.py).
if platform.machine().lower() in ("x86_64", "amd64"):
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
# NumPy's and SciPy's libraries read this one, in the jobs that a process starts, too. On the small matrices of most
# jobs, threads that wait for each other take up to four times the CPU time of one. `easel.runtime.cpu` gives it more.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
