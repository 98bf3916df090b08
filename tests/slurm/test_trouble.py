"""Trainings that are stopped in every way a cluster has: each goes on where it was, and ends with the same bytes."""

import csv
import json
import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from helpers.tiny_study import Checkout

pytestmark = pytest.mark.timeout(1800)  # the first test waits for all the trainings, and each for its turn

# One training under several names, each to be disturbed in its own way. Checkpoints are due at the end, so that what a
# run goes on from was written when it was asked to stop; but for the run that nobody can ask.
STUDY = """\
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
runs:
  cancelled:   {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
  requeued:    {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
  node_lost:   {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 1}
  out_of_time: {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
"""
STEPS = 200
RUNS = ("cancelled", "requeued", "node_lost", "out_of_time")


class Trouble:
    """What happens to a run once it trains."""

    def __init__(self, checkout, run: str):
        self.checkout, self.cluster, self.run = checkout, checkout.cluster, run
        self.jobs: list[str] = []  # this run's, the oldest first
        self.node, self.began = "", False
        self.suspended: list[psutil.Process] = []

    def look(self) -> None:
        """Ask SLURM for the run's newest job, and do what is due."""
        lines = self.cluster.said("squeue", "-ht", "all", "-S", "i", "-o", "%i|%k|%T|%N|%r").splitlines()
        mine = [line.split("|") for line in lines if f"_{self.run}_" in line]
        if not mine:
            return
        self.jobs = [job for job, *_ in mine]
        _, _, state, self.node, reason = mine[-1]
        if not self.began and state == "RUNNING" and self.trains():
            self.began = True
            getattr(self, self.run)()
        elif state == "PENDING" and reason == "BeginTime":
            # SLURM lets two minutes pass before it starts a job again.
            self.cluster.said("scontrol", "update", f"JobId={self.jobs[-1]}", "StartTime=now")

        if any(map(is_asked_to_stop, self.suspended)):
            for process in self.suspended:
                with suppress(psutil.NoSuchProcess):
                    process.resume()
            self.suspended = []

    def trains(self) -> bool:
        """Whether the loop has begun: it draws a picture before its first step."""
        wanted = "checkpoint-*.npz" if self.run == "node_lost" else "progress/step-000000.png"
        return bool(list((self.checkout / f"results/tiny/{self.run}/seed-0/state").glob(f"*/{wanted}")))

    def cancelled(self) -> None:
        self.cluster.do("scancel", self.jobs[-1])

    def requeued(self) -> None:
        self.cluster.do("scontrol", "requeue", self.jobs[-1])

    def node_lost(self) -> None:
        """As when its power fails: nobody is asked to stop, and SLURM learns that it is down. Later it is back."""
        node = self.node
        self.cluster.stop(node, kill=True)
        self.cluster.do("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=lost")
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):  # it ended with another that was killed before it
                process.kill()
        self.cluster.start_node(node)

    def out_of_time(self) -> None:
        """It hardly has a minute left, and stands still until SLURM says so, for its few steps would take less."""
        self.suspended = [process for process in self.processes() if "train_run.py" in " ".join(process.cmdline())]
        assert self.suspended
        for process in self.suspended:
            process.suspend()
        *_, minutes, _ = ("0:0:" + self.cluster.said("squeue", "-hj", self.jobs[-1], "-o", "%M")).split(":")
        self.cluster.do("scontrol", "update", f"JobId={self.jobs[-1]}", f"TimeLimit={int(minutes) + 1}")

    def processes(self) -> list[psutil.Process]:
        """The processes of the newest job."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("SLURM_JOB_ID") == self.jobs[-1] and process.pid != os.getpid():
                    found.append(process)
            except psutil.Error:
                continue
        return found


def is_asked_to_stop(process: psutil.Process) -> bool:
    """Whether a SIGTERM waits for a suspended process; so it does for one that is gone."""
    try:
        status = Path(f"/proc/{process.pid}/status").read_text()
    except OSError:
        return True
    return any(
        int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in re.findall(r"^(?:Sig|Shd)Pnd:\s*(\w+)", status, re.M)
    )


@pytest.fixture(scope="module")
def disturbed(on_cluster):
    checkout = on_cluster("disturbed", STUDY)
    troubles = [Trouble(checkout, run) for run in RUNS]
    process = checkout.start("train")
    try:
        deadline = time.monotonic() + 500
        while process.poll() is None:
            assert time.monotonic() < deadline, checkout.said()
            for trouble in troubles:
                trouble.look()
            time.sleep(0.5)
        assert process.returncode == 0, checkout.said()
    finally:
        process.kill()
    checkout.troubles = {trouble.run: trouble for trouble in troubles}
    return checkout


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """The folder of the same training, done here."""
    checkout = Checkout(tmp_path_factory.mktemp("undisturbed"), STUDY)
    done = checkout.snakemake("results/tiny/cancelled/seed-0/train.json")
    assert done.returncode == 0, done.stdout
    return checkout / "results/tiny/cancelled/seed-0"


@pytest.mark.parametrize("run", RUNS)
def test_it_goes_on_where_it_was(disturbed, run):
    record = json.loads((disturbed / f"results/tiny/{run}/seed-0/train.json").read_text())
    assert disturbed.troubles[run].began
    assert record["steps"] == STEPS
    assert record["resumed_at_steps"]
    assert 0 < record["resumed_at_steps"][0] < STEPS


@pytest.mark.parametrize("run", RUNS)
def test_it_ends_with_the_same_bytes(disturbed, undisturbed, run):
    folder = disturbed / f"results/tiny/{run}/seed-0"
    assert (folder / "generator.keras").read_bytes() == (undisturbed / "generator.keras").read_bytes()
    assert history(folder) == history(undisturbed)


def history(folder) -> list[dict]:
    with open(folder / "history.csv", newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def test_who_starts_it_again(disturbed):
    """A cancelled job and one out of time are submitted anew, the others queued again by SLURM."""
    attempts = {run: len(trouble.jobs) for run, trouble in disturbed.troubles.items()}
    assert attempts == {"cancelled": 2, "requeued": 1, "node_lost": 1, "out_of_time": 2}


def test_out_of_time_is_said(disturbed):
    logs = sorted((disturbed / ".snakemake/slurm_logs").glob("*/*out_of_time*/*.log"))
    assert "stopped by SIGTERM at step" in "".join(log.read_text() for log in logs)
