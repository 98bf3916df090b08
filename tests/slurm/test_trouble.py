"""Trainings that a cluster stops: each resumes from its state and ends with the same bytes."""

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
from helpers.patience import PATIENCE
from helpers.tiny_study import Checkout

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
    """The disturbance of one run, once it trains."""

    def __init__(self, checkout, run: str):
        self.checkout, self.cluster, self.run = checkout, checkout.cluster, run
        self.jobs: list[str] = []  # this run's, the oldest first
        self.node, self.began = "", False
        self.suspended: list[psutil.Process] = []

    def look(self) -> None:
        """Ask SLURM about the run's newest job, and act on it."""
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
        """True once the loop has begun: it writes a picture before its first step."""
        wanted = "checkpoint-*.npz" if self.run == "node_lost" else "progress/step-000000.png"
        return bool(list((self.checkout / f"results/tiny/{self.run}/seed-0/state").glob(f"*/{wanted}")))

    def cancelled(self) -> None:
        self.cluster.do("scancel", self.jobs[-1])

    def requeued(self) -> None:
        self.cluster.do("scontrol", "requeue", self.jobs[-1])

    def node_lost(self) -> None:
        """Power failure: the node dies without a signal to its jobs, is marked as down, and comes back."""
        node = self.node
        self.cluster.stop(node, kill=True)
        # Before SLURM requeues the job, whose number its next processes then have, too. SLURM's own go first: one that
        # outlives the job reports its end, which is believed if the job is at work on this node again.
        lost = [*self.daemons(), *self.processes()]
        self.cluster.do("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=lost")
        for process in lost:
            with suppress(psutil.NoSuchProcess):  # it ended with another that was killed before it
                process.kill()
        self.cluster.start_node(node)

    def out_of_time(self) -> None:
        """Lower the time limit to the next minute; suspend the job until then, since its few steps take less."""
        self.suspended = [process for process in self.processes() if "train_run.py" in " ".join(process.cmdline())]
        assert self.suspended
        for process in self.suspended:
            process.suspend()
        *_, minutes, _ = ("0:0:" + self.cluster.said("squeue", "-hj", self.jobs[-1], "-o", "%M")).split(":")
        self.cluster.do("scontrol", "update", f"JobId={self.jobs[-1]}", f"TimeLimit={int(minutes) + 1}")

    def daemons(self) -> list[psutil.Process]:
        """SLURM's processes that look after the newest job on its node."""
        named = f"slurmstepd: [{self.jobs[-1]}."
        return [each for each in psutil.process_iter(["cmdline"]) if named in " ".join(each.info["cmdline"] or [])]

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
    """True if a SIGTERM is pending for a suspended process, or the process is gone."""
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
        deadline = time.monotonic() + PATIENCE
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
    """The folder of the same training, run without SLURM."""
    checkout = Checkout(tmp_path_factory.mktemp("undisturbed"), STUDY)
    done = checkout.snakemake("results/tiny/cancelled/seed-0/train.json")
    assert done.returncode == 0, done.stdout
    return checkout / "results/tiny/cancelled/seed-0"


@pytest.mark.parametrize("run", RUNS)
def test_a_stopped_training_resumes_from_its_state(disturbed, run):
    record = json.loads((disturbed / f"results/tiny/{run}/seed-0/train.json").read_text())
    assert disturbed.troubles[run].began
    assert record["steps"] == STEPS
    assert record["resumed_at_steps"]
    assert 0 < record["resumed_at_steps"][0] < STEPS


@pytest.mark.parametrize("run", RUNS)
def test_a_resumed_training_ends_with_the_same_bytes(disturbed, undisturbed, run):
    folder = disturbed / f"results/tiny/{run}/seed-0"
    networks = sorted((folder / "snapshots").glob("*.keras"))
    assert networks[-1].name == f"step-{STEPS:06d}.keras"
    for network in networks:
        assert network.read_bytes() == (undisturbed / "snapshots" / network.name).read_bytes()
    assert history(folder) == history(undisturbed)


def history(folder) -> list[dict]:
    with open(folder / "history.csv", newline="") as file:
        return [{name: value for name, value in row.items() if name != "seconds"} for row in csv.DictReader(file)]


def test_stopped_jobs_are_resubmitted_or_requeued(disturbed):
    """Snakemake resubmits jobs that were cancelled or ran out of time; SLURM requeues the others."""
    attempts = {run: len(trouble.jobs) for run, trouble in disturbed.troubles.items()}
    assert attempts == {"cancelled": 2, "requeued": 1, "node_lost": 1, "out_of_time": 2}


def test_the_log_says_that_time_ran_out(disturbed):
    logs = sorted((disturbed / ".snakemake/slurm_logs").glob("*/*out_of_time*/*.log"))
    assert "stopped by SIGTERM at step" in "".join(log.read_text() for log in logs)
