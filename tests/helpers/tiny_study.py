"""The real Snakemake, and a study small enough to run every rule in about a minute."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.patience import PATIENCE
from helpers.shared import made_once
from helpers.warm_python import warm_python

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
    """A folder in which Snakemake runs the study `tiny.yaml`, as a user would run it."""

    def __init__(self, folder: Path, study: str = TINY, file: Path | None = None, root: Path = ROOT):
        """study: content of the study's file. file: its path, if not in the folder. root: the checkout."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.root = folder, root
        self.study = file or folder / "tiny.yaml"
        self.study.write_text(study)

    def command(self, *arguments: str, python: str = sys.executable) -> list[str]:
        """The command line. python: the executable that runs Snakemake and, from there, the jobs' scripts."""
        return [
            python, "-m", "snakemake", *arguments, "--snakefile", str(self.root / "Snakefile"),
            "--workflow-profile", str(self.root / "profiles/default"), "--directory", str(self.folder),
            "--cores", "2", "--config", f"study={self.study}",
        ]  # fmt: skip

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"COLUMNS": "200", "PYTHONPATH": str(self.root / "workflow")}

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess:
        """Run to the end in a warm Python; `stdout` holds standard output and error together."""
        return subprocess.run(
            self.command(*arguments, python=warm_python()), cwd=ROOT, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, env=self.environment,
        )  # fmt: skip

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        """Start an ordinary Python in a session of its own, as a terminal does, with Ctrl-C enabled."""
        return subprocess.Popen(
            self.command(*arguments), cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
            **({"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": self.environment} | options),
        )  # fmt: skip

    def jobs(self, *arguments: str) -> dict[str, int]:
        """The number of jobs of each rule in a dry run, without target rules."""
        said = self.snakemake(*arguments, "--dry-run")
        assert said.returncode == 0, said.stdout
        return job_counts(said.stdout)

    def copy(self, folder: Path) -> "Checkout":
        """A copy of the study and its results, in a new folder."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Checkout(folder, self.study.read_text())

    def __truediv__(self, path: str) -> Path:
        return self.folder / path


def job_counts(said: str) -> dict[str, int]:
    """Parse the table of jobs that Snakemake prints."""
    lines = said.splitlines()
    if "Job stats:" not in lines:
        return {}
    counts = {}
    for line in lines[lines.index("Job stats:") + 3 :]:
        if not line.strip():
            break
        rule, count = line.split()
        counts[rule] = int(count)
    targets = (
        "all",
        "data",
        "preview",
        "train",
        "samples",
        "calibration",
        "sensitivity",
        "metrics",
        "report",
        "export",
        "crate",
        "paper",
        "total",
    )
    return {rule: count for rule, count in counts.items() if rule not in targets}


def finished_in(factory: pytest.TempPathFactory) -> Checkout:
    """A copy of the finished study, which is run once for all of pytest's processes.

    `study` is the original file, not its copy.
    """
    made = made_once(factory, "finished", run_to_the_end)
    copy = factory.mktemp("finished") / "tiny"
    shutil.copytree(made, copy, symlinks=True)
    return Checkout(copy, file=made / "tiny.yaml")


def run_to_the_end(folder: Path) -> None:
    """Run the whole study in a folder."""
    done = Checkout(folder).snakemake()
    assert done.returncode == 0, done.stdout
