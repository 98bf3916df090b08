"""A real SLURM cluster of two nodes on this machine: munged, slurmctld and two slurmd on the loopback interface."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from helpers.patience import PATIENCE

NODES = ("node1", "node2")
DAEMONS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "squeue", "scontrol", "scancel")

# Nodes claim more CPUs and memory than this machine has, which nothing here enforces, and a GPU that does not exist.
# A job has KillWait seconds between SIGTERM and SIGKILL.
CONFIGURATION = """\
ClusterName=easel
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
FirstJobId={first_job}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool-%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd-%n.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
GresTypes=gpu
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait={kill_wait}
MinJobAge=3600
ReturnToService=2
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
SchedulerParameters=sched_interval=2,bf_interval=2
{nodes}
PartitionName=batch Nodes=ALL Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=INFINITE State=UP PriorityTier=2
"""
NODE = "NodeName={name} NodeAddr=127.0.0.1 NodeHostname={host} Port={port} CPUs=8 RealMemory=64000 Gres=gpu:1"


class Unavailable(Exception):
    """The reason why no cluster can be started."""


class Cluster:
    """A context manager; `environment` holds the variables for SLURM's commands and Snakemake."""

    def __init__(self, kill_wait: int = 120):
        """kill_wait: seconds between SIGTERM and SIGKILL. A slow machine takes many to trace a first step."""
        if missing := [daemon for daemon in DAEMONS if not shutil.which(daemon)]:
            raise Unavailable(f"{', '.join(missing)} not installed (apt install slurm-wlm munge)")
        if os.geteuid() != 0:
            raise Unavailable("slurmd starts jobs as their users, which only root may")
        self.folder = Path(tempfile.mkdtemp(prefix="easel-slurm-"))  # its path must be short: a socket lies in it
        self.environment = os.environ | {
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
        }
        self.running: dict[str, subprocess.Popen] = {}
        self._configure(kill_wait)

    def _configure(self, kill_wait: int) -> None:
        self.folder.chmod(0o755)
        for name in ("bin", "munge", "state", *(f"spool-{node}" for node in NODES)):
            (self.folder / name).mkdir(mode=0o755)
        (self.folder / "munge" / "key").write_bytes(secrets.token_bytes(128))
        (self.folder / "munge" / "key").chmod(0o400)
        # The executor hides SLURM_CONF from the srun inside of a job, which elsewhere finds /etc/slurm/slurm.conf.
        srun = self.folder / "bin" / "srun"
        srun.write_text(f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {shutil.which("srun")} "$@"\n')
        srun.chmod(0o755)
        host = socket.gethostname().partition(".")[0]
        controller, *ports = free_ports(1 + len(NODES))
        nodes = [NODE.format(name=node, host=host, port=port) for node, port in zip(NODES, ports, strict=True)]
        (self.folder / "slurm.conf").write_text(
            CONFIGURATION.format(
                host=host,
                controller_port=controller,
                folder=self.folder,
                nodes="\n".join(nodes),
                kill_wait=kill_wait,
                first_job=1000 * controller,  # so that no other cluster of this machine has jobs of the same numbers
            )
        )
        (self.folder / "gres.conf").write_text("".join(f"NodeName={node} Name=gpu File=/dev/null\n" for node in NODES))

    # --- daemons ---------------------------------------------------------------------------------------------

    def __enter__(self) -> "Cluster":
        try:
            munge = self.folder / "munge"
            self.start(
                "munged", "munged", "--foreground", "--force", f"--key-file={munge}/key", f"--socket={munge}/socket",
                f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed",
            )  # fmt: skip
            self.wait_until("munged answers", lambda: (munge / "socket").exists())
            self.start("slurmctld", "slurmctld", "-D")
            self.wait_until("slurmctld answers", lambda: "is UP" in self.said("scontrol", "ping"))
            for node in NODES:
                self.start_node(node)
            self.wait_until(
                "both nodes are idle", lambda: self.said("sinfo", "-hN", "-o", "%t").split() == ["idle"] * 4
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception) -> None:
        subprocess.run(["scancel", "--user=root"], env=self.environment, capture_output=True, timeout=PATIENCE)
        for name in reversed(self.running):
            self.stop(name)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self, name: str, *command: str) -> None:
        """Start a daemon in the foreground; its output goes to `<name>.log`."""
        with open(self.folder / f"{name}.log", "a") as log:
            self.running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment, start_new_session=True
            )

    def start_node(self, node: str) -> None:
        self.start(node, "slurmd", "-D", "-N", node)

    def stop(self, name: str, kill: bool = False) -> None:
        """Stop a daemon. Its jobs continue, as on a node that lost contact to the controller."""
        process = self.running[name]
        if process.poll() is None:
            process.kill() if kill else process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    # --- asking ----------------------------------------------------------------------------------------------

    def said(self, *command: str) -> str:
        """The output of one of SLURM's commands."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=PATIENCE)
        return done.stdout

    def do(self, *command: str) -> None:
        """Run one of SLURM's commands, which must succeed."""
        subprocess.run(command, env=self.environment, check=True, timeout=PATIENCE)

    def wait_until(self, what: str, is_so: Callable[[], object]) -> None:
        """Wait for a condition; raise RuntimeError with the daemons' logs after PATIENCE, or if one has ended."""
        deadline = time.monotonic() + PATIENCE
        while not is_so():
            dead = [name for name, process in self.running.items() if process.poll()]
            if dead or time.monotonic() > deadline:
                raise RuntimeError(f"not so after {PATIENCE} s, or ended ({dead}): {what}. {self.logs()}")
            time.sleep(0.1)

    def logs(self) -> str:
        """The ends of the daemons' logs."""
        files = sorted(self.folder.glob("*.log"))
        return "".join(f"\n--- {file.name}\n" + "\n".join(file.read_text().splitlines()[-30:]) for file in files)


def free_ports(count: int) -> list[int]:
    """Ports without a listener."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports
