"""Which GPUs a job takes, so that two jobs on one machine take different ones.

Snakemake counts GPUs without saying which; left to themselves, all jobs take the first. So a job locks those that it
takes. The locks hold between all jobs of Easel on the machine, whoever runs them; of other programs they know nothing.
"""

import fcntl
import os
import random
import re
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from easel.runtime.console import log
from easel.runtime.errors import EaselError

LOCKS = Path("/tmp/easel-gpus")  # not under TMPDIR, which need not be the same for two jobs
POLL_SECONDS = 2.0
VISIBLE = "CUDA_VISIBLE_DEVICES"

held: dict[str, int] = {}  # device -> descriptor of its lock file, open for as long as this process lives


class Gpu(NamedTuple):
    """One line of `nvidia-smi -L`, and the MIG slices that are listed below it where it is cut into any."""

    number: str  # in the order of the PCI bus
    model: str
    uuid: str
    slices: list[str]

    @property
    def devices(self) -> list[str]:
        """What a process can compute on: a GPU that is cut into slices is none itself."""
        return self.slices or [self.uuid]


def claim_gpus(wanted: int, label: str) -> list[str]:
    """Take `wanted` GPUs, or as many as there are, for the life of this process; wait until they are free.

    Call it before TensorFlow looks for devices (importing it does not): CUDA reads CUDA_VISIBLE_DEVICES once. If that
    is set, only the devices in it are taken; then it names those that were, as UUIDs, which are returned. 0 hides all.
    On a machine without a GPU nothing changes. A second call in a process returns what the first one took.
    label: who takes them, for the log and for jobs that wait. Raises EaselError where the variable is ambiguous or
    nothing can be locked.
    """
    if held:
        return list(held)
    if wanted == 0:
        # No device has this index. An empty value would do for CUDA, but some shells and wrappers take it for none.
        os.environ[VISIBLE] = "-1"
        return []
    gpus = installed()
    if not gpus:
        return []
    devices = visible(gpus)
    if not devices:
        log.info("%s: %s=%s names no GPU of this machine, so it runs on the CPU", label, VISIBLE, os.environ[VISIBLE])
        return []
    if len(devices) < wanted:
        log.info("%s: wants %d GPUs, but can have %d at most, and makes do with that", label, wanted, len(devices))
    try:
        held.update(wait_for(devices, min(wanted, len(devices)), label))
    except OSError as error:
        raise EaselError(
            f"{label}: GPUs cannot be locked in {LOCKS}: {error}. The folder must be one that every user of this "
            f"machine can write to (chmod 1777 {LOCKS}), and so must the files in it (chmod 666 {LOCKS}/*)."
        ) from error
    os.environ[VISIBLE] = ",".join(held)
    return list(held)


def installed() -> list[Gpu]:
    """The GPUs of this machine; none where nvidia-smi is missing, fails or lists none."""
    gpus: list[Gpu] = []
    for line in nvidia_smi("-L"):
        if gpu := re.fullmatch(r"GPU (\d+): (.*) \(UUID: (GPU-\S+)\)", line):
            gpus.append(Gpu(gpu[1], gpu[2], gpu[3], slices=[]))
        elif gpus and (part := re.fullmatch(r"\s+MIG .*\(UUID: (MIG-\S+)\)", line)):
            gpus[-1].slices.append(part[1])
    return gpus


def visible(gpus: list[Gpu]) -> list[str]:
    """The devices that this process may use, the one to take first first, by CUDA's reading of CUDA_VISIBLE_DEVICES."""
    if VISIBLE not in os.environ:
        return [device for gpu in largest_first(gpus) for device in gpu.devices]
    models = sorted({gpu.model for gpu in gpus})
    devices: list[str] = []
    for entry in (entry.strip() for entry in os.environ[VISIBLE].split(",")):
        if entry.startswith("MIG-"):
            devices.append(entry)
            continue
        named = [
            gpu for gpu in gpus if entry == gpu.number or (entry.startswith("GPU-") and gpu.uuid.startswith(entry))
        ]
        if len(named) != 1:
            break  # at -1, at NoDevFiles, at the beginning of two UUIDs: CUDA, too, reads no further
        # CUDA counts the fastest GPU first; nvidia-smi, and who copies a number from it, along the PCI bus. Among GPUs
        # of one model that comes to the same; elsewhere the wrong one would be taken, and nobody would see it.
        if entry == named[0].number and len(models) > 1 and os.environ.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
            raise EaselError(
                f"{VISIBLE}={os.environ[VISIBLE]} can mean one GPU or another, because those of this machine differ "
                f"({', '.join(models)}). Set CUDA_DEVICE_ORDER=PCI_BUS_ID to count them as nvidia-smi does, or name "
                "them by their UUIDs (nvidia-smi -L)."
            )
        devices.append(named[0].devices[0])  # of a GPU that is cut into slices CUDA takes the first
    return list(dict.fromkeys(devices))


def largest_first(gpus: list[Gpu]) -> list[Gpu]:
    """GPUs in the order of their memory, where they differ: beside the one for computing may be one for the screen."""
    if len({gpu.model for gpu in gpus}) == 1:
        return gpus
    rows = nvidia_smi("--query-gpu=uuid,memory.total", "--format=csv,noheader,nounits")
    memory = dict(re.findall(r"(GPU-\S+), (\d+)", "\n".join(rows)))  # MiB; the driver does not know it of every GPU
    return sorted(gpus, key=lambda gpu: -int(memory.get(gpu.uuid, 0)))


def nvidia_smi(*options: str) -> list[str]:
    """What nvidia-smi says, by lines; nothing where it is missing or fails."""
    try:
        return subprocess.run(
            ["nvidia-smi", *options], capture_output=True, text=True, check=True, timeout=60
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return []


def wait_for(devices: list[str], count: int, label: str) -> dict[str, int]:
    """Lock `count` of `devices` as soon as that many are free, the first ones first. Returns descriptors by device."""
    waiting = False
    while True:
        taken, holders = take(devices, count, label)
        if taken:
            return taken
        if not waiting:
            waiting = True
            what = "a free GPU" if count == 1 else f"{count} free GPUs"
            log.info("%s: waiting for %s: held by %s", label, what, ", ".join(dict.fromkeys(holders)))
        # Two jobs that hinder each other must not try again in step. A generator of its own, for the seeds' sake.
        time.sleep(POLL_SECONDS * random.Random().uniform(0.5, 1.5))


def take(devices: list[str], count: int, label: str) -> tuple[dict[str, int], list[str]]:
    """Lock `count` of `devices` or, lest two jobs wait for each other, none. Returns descriptors, and who holds others.

    The kernel frees a lock when the last process that has the file open dies, however it dies.
    """
    taken: dict[str, int] = {}
    holders: list[str] = []
    for device in devices:
        file = open_lock(device)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note = os.pread(file, 200, 0).decode(errors="replace")
            holders.append("".join(filter(str.isprintable, note)) or "another job")
            os.close(file)
            continue
        os.ftruncate(file, 0)
        os.pwrite(file, f"pid {os.getpid()} ({label})\n".encode(), 0)
        taken[device] = file
        if len(taken) == count:
            return taken, holders
    for file in taken.values():
        os.close(file)
    return {}, holders


def open_lock(device: str) -> int:
    """Open a device's lock file, made if need be so that every user can lock it. Returns its descriptor."""
    path = LOCKS / re.sub(r"[^\w-]", "_", device)  # a MIG slice of an older driver is MIG-GPU-…/1/0
    umask = os.umask(0)
    try:
        LOCKS.mkdir(mode=0o1777, exist_ok=True)
        while True:
            # Without O_CREAT where there is a file: in a folder like this Linux (fs.protected_regular) refuses
            # O_CREAT for another user's file.
            with suppress(FileNotFoundError):
                return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
            with suppress(FileExistsError):
                return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    finally:
        os.umask(umask)
