"""Easel's library: what the steps of the workflow do. Nothing in here knows Snakemake."""

import os

# TensorFlow reads these when it is imported, which happens after this file has run. Level 2 keeps
# its errors and drops the notes on oneDNN and CPU instructions that every job would print.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
