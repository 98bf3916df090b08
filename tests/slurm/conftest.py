"""A SLURM cluster, and studies submitted to it."""

import subprocess
import sys

import pytest
from helpers.slurm_cluster import Cluster, Unavailable
from helpers.tiny_study import ROOT, Checkout, finished_in


@pytest.fixture(scope="session")
def cluster():
    """Two nodes with one GPU each. Tests are skipped where the daemons are missing."""
    try:
        ready = Cluster()
    except Unavailable as reason:
        pytest.skip(f"no SLURM here: {reason}")
    with ready:
        yield ready


class OnCluster(Checkout):
    """A folder in which `snakemake` runs as on a login node."""

    cluster: Cluster

    def command(self, *arguments: str, python: str = sys.executable) -> list[str]:
        return [
            python, str(ROOT / "tests/helpers/fast_polling_snakemake.py"), *arguments,
            "--snakefile", str(ROOT / "Snakefile"), "--directory", str(self.folder),
            "--workflow-profile", str(ROOT / "profiles/slurm"), "--config", f"study={self.study}", "threads=2",
            # There is no accounting database here, which sacct asks; and files are seen at once.
            "--slurm-status-command", "squeue", "--slurm-no-account", "--slurm-init-seconds-before-status-checks", "1",
            "--latency-wait", "5",
        ]  # fmt: skip

    def start(self, *arguments: str, python: str = sys.executable) -> subprocess.Popen:
        """Start Snakemake; its output goes to `snakemake.log`. Jobs run in the same Python."""
        with open(self / "snakemake.log", "w") as log:
            return subprocess.Popen(
                self.command(*arguments, python=python), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=self.cluster.environment | {"COLUMNS": "200"},
            )  # fmt: skip

    def said(self) -> str:
        """The output of Snakemake, then that of the daemons."""
        return (self / "snakemake.log").read_text() + self.cluster.logs()


@pytest.fixture(scope="session")
def on_cluster(cluster, tmp_path_factory):
    """Make a folder for a study on the cluster."""

    def make(name: str, *study: str) -> OnCluster:
        checkout = OnCluster(tmp_path_factory.mktemp(name), *study)
        checkout.cluster = cluster
        return checkout

    return make


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Checkout:
    """The tiny study, run without SLURM."""
    return finished_in(tmp_path_factory)
