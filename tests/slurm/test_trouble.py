"""Trainings that are stopped in every way a cluster has: each goes on where it was, and ends with the same bytes."""

import csv
import json
import os
import time

import psutil
import pytest
from tiny_study import Checkout

# One training under several names, each to be disturbed in its own way, and one of another rule, which alone is given
# too little time. Checkpoints are due at the end, so that what a run goes on from was written when it was asked to
# stop; but for the run that nobody can ask.
STUDY = """\
dataset: tiny_shapes
datasets:
  tiny_shapes: {format: shapes, train_images: 256, test_images: 64}
runs:
  cancelled:   {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
  requeued:    {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
  node_lost:   {preset: dcgan, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 1}
  out_of_time: {preset: vae, epochs: 50, width: 4, latent_dim: 8, batch_size: 64, checkpoint_every: 50}
"""
STEPS = 200
RUNS = ("cancelled", "requeued", "node_lost", "out_of_time")


class Trouble:
    """What happens to a run once it trains."""

    def __init__(self, checkout, run: str):
        self.checkout, self.cluster, self.run = checkout, checkout.cluster, run
        self.jobs: list[str] = []  # this run's, the oldest first
        self.node, self.began = "", False

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
            process.kill()
        self.cluster.start_node(node)

    def out_of_time(self) -> None:
        """Its first job has a minute; it stands still until SLURM says that this is nearly over."""
        training = [process for process in self.processes() if "train_run.py" in " ".join(process.cmdline())]
        assert training
        for process in training:
            process.suspend()

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


@pytest.fixture(scope="module")
def disturbed(on_cluster):
    checkout = on_cluster("disturbed", STUDY)
    troubles = [Trouble(checkout, run) for run in RUNS]
    process = checkout.start(
        "train", "--set-resources", "train_autoencoder:runtime=5*attempt-4",
        "--default-resources", "slurm_extra='--signal=TERM@10'",
    )  # fmt: skip
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
    """The folder of the same training, done here, for each run."""
    checkout = Checkout(tmp_path_factory.mktemp("undisturbed"), STUDY)
    wanted = {run: "out_of_time" if run == "out_of_time" else "cancelled" for run in RUNS}
    done = checkout.snakemake(*(f"results/tiny/{run}/seed-0/train.json" for run in set(wanted.values())))
    assert done.returncode == 0, done.stdout
    return {run: checkout / f"results/tiny/{name}/seed-0" for run, name in wanted.items()}


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
    assert (folder / "generator.keras").read_bytes() == (undisturbed[run] / "generator.keras").read_bytes()
    assert history(folder) == history(undisturbed[run])


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
