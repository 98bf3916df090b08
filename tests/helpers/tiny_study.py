"""The real Snakemake on a study so small that it runs through every rule in about a minute."""

import os
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

TINY = """\
title: Tiny
description: Every rule once.
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
seeds: [0]
runs:
  dcgan:   {preset: dcgan, epochs: 2, width: 4, latent_dim: 8, batch_size: 64, log_every: 2, draw_every: 4}
  vae:     {preset: vae, epochs: 1, width: 4, latent_dim: 8, batch_size: 64, log_every: 2}
  vae_gan: {preset: vae_gan, epochs: 1, width: 4, latent_dim: 8, batch_size: 64, log_every: 2, ema_decay: 0.9}
judge: tiny_judge
judges:
  tiny_judge: {kind: classifier, epochs: 1, width: 4}
samples: 100
snapshot_samples: 60
"""


class Checkout:
    """A folder in which `snakemake` is called as a user would call it, with the study `tiny.yaml`."""

    def __init__(self, folder: Path, study: str = TINY, file: Path | None = None, root: Path = ROOT):
        """study: what the study's file says. file: where it lies, if not in the folder. root: the checkout."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.root = folder, root
        self.study = file or folder / "tiny.yaml"
        self.study.write_text(study)

    def command(self, *arguments: str) -> list[str]:
        return [
            sys.executable, "-m", "snakemake", *arguments, "--snakefile", str(self.root / "Snakefile"),
            "--workflow-profile", str(self.root / "profiles/default"), "--directory", str(self.folder),
            "--cores", "2", "--config", f"study={self.study}",
        ]  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"COLUMNS": "200", "PYTHONPATH": str(self.root / "workflow")}

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run to the end; standard output and error together are in `stdout`."""
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=540, stdin=subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Start it in a session of its own, as a terminal would: with Ctrl-C heard."""
        return subprocess.Popen(
            self.command(*arguments), cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            **({"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options),
        )  # fmt: skip

    def jobs(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule a dry run announces; target rules, which do nothing, left out."""
        said = self.snakemake(*arguments, "--dry-run")
        assert said.returncode == 0, said.stdout
        return job_counts(said.stdout)

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


def job_counts(said: str) -> dict[str, int]:
    """The table of jobs that Snakemake prints."""
    lines = said.splitlines()
    if "Job stats:" not in lines:
        return {}
    counts = {}
    for line in lines[lines.index("Job stats:") + 3 :]:
        if not line.strip():
            break
        rule, count = line.split()
        counts[rule] = int(count)
    targets = ("all", "data", "train", "samples", "calibration", "metrics", "report", "crate", "total")
    return {rule: count for rule, count in counts.items() if rule not in targets}


@cache
def finished_in(base: Path) -> Checkout:
    """A folder in which the whole study has been run, once for all tests that look at it.

    base: the tests' common folder, pytest's `tmp_path_factory.getbasetemp()`.
    """
    checkout = Checkout(base / "finished")
    done = checkout.snakemake()
    assert done.returncode == 0, done.stdout
    return checkout
