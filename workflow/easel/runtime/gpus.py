"""Claiming GPUs, so that two jobs on one machine use different ones.

Snakemake counts GPUs but does not assign them, and by default every job uses the first. So a job locks the GPUs that
it takes. The locks work between all of Easel's jobs on a machine, whoever runs them, but not with other programs.
"""

import fcntl
import os
import random
import re
import subprocess
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

from easel.runtime.console import log
from easel.runtime.errors import EaselError

LOCKS = Path("/tmp/easel-gpus")  # not under TMPDIR, which need not be the same for two jobs
POLL_SECONDS = 2.0
ENOUGH_MB = 4_000  # of free memory, with which another program leaves a GPU to a job that can do without
VISIBLE = "CUDA_VISIBLE_DEVICES"

# CUDA compute capabilities. TensorFlow's packages have kernels for Pascal (6.0) and later, and cuDNN from version 9.11
# on for Turing (7.5) and later only: on a Volta or a Pascal it fails inside a convolution.
LOWEST_OF_TENSORFLOW, LOWEST_OF_CUDNN = (6, 0), (7, 5)
CUDNN, WITHOUT_VOLTA = "nvidia-cudnn-cu12", (9, 11)

held: dict[str, int] = {}  # device -> descriptor of its lock file, open for as long as this process lives


class Gpu(NamedTuple):
    """One GPU of `nvidia-smi -L`, and the MIG slices listed below it, if any."""

    number: str  # in the order of the PCI bus
    model: str
    uuid: str
    slices: list[str]

    @property
    def devices(self) -> list[str]:
        """The devices that a process can use: the slices, if there are any, else the GPU itself."""
        return self.slices or [self.uuid]


def claim_gpus(wanted: int, label: str) -> list[str]:
    """Claim `wanted` GPUs, or as many as there are, until this process ends; wait until they are free.

    Call it before TensorFlow lists devices (importing TensorFlow does not), because CUDA reads CUDA_VISIBLE_DEVICES
    only once. If that variable is set, only its devices are considered. Afterwards it holds the UUIDs of the claimed
    devices, which are also returned. 0 hides all GPUs. Without a GPU nothing changes. A second call in the same
    process returns the devices of the first.
    label: the job's name, for the log and for jobs that wait. Raises EaselError if the variable is ambiguous, if no
    lock can be taken, or if the installed TensorFlow and cuDNN serve none of the GPUs.
    """
    if held:
        return list(held)
    if wanted == 0:
        # No device has this index. CUDA accepts an empty value, too, but some shells and wrappers drop it.
        os.environ[VISIBLE] = "-1"
        return []
    gpus = installed()
    if not gpus:
        return []
    devices = visible(gpus)
    if not devices:
        log.info("%s: %s=%s matches no GPU of this machine; running on the CPU", label, VISIBLE, os.environ[VISIBLE])
        return []
    devices = served(gpus, devices, label)
    if len(devices) < wanted:
        log.info("%s: requested %d GPUs, found %d; using that many", label, wanted, len(devices))
    try:
        held.update(wait_for(devices, min(wanted, len(devices)), label))
    except OSError as error:
        raise EaselError(
            f"{label}: GPUs cannot be locked in {LOCKS}: {error}. Every user of this machine must be able to "
            f"write to the folder (chmod 1777 {LOCKS}) and to the files in it (chmod 666 {LOCKS}/*)."
        ) from error
    return show_held()


def claim_free_gpu(label: str) -> list[str]:
    """Claim a GPU if one is free right now, for a job that can do without; otherwise hide all.

    A GPU is free if no job of Easel holds it and other programs leave enough of its memory. What would be an error of
    `claim_gpus` (an ambiguous CUDA_VISIBLE_DEVICES, locks that cannot be taken, GPUs too old) is logged. Call it before
    TensorFlow lists devices. Returns the claimed device, or nothing.
    label: the job's name, for the log and for jobs that wait.
    """
    if held:
        return list(held)
    gpus = installed()
    if not gpus:  # or one that nvidia-smi does not list, of which nobody knows whether it is free
        return claim_gpus(0, label)
    try:
        memory = free_memory()
        devices = [
            device for device in served(gpus, visible(gpus), label) if memory.get(device, ENOUGH_MB) >= ENOUGH_MB
        ]
        found, holders = take(devices, 1, label)
    except (EaselError, OSError) as error:
        log.info("%s: no GPU can be used (%s); computing on the CPU", label, error)
        return claim_gpus(0, label)
    if not found:
        why = f"held by {', '.join(dict.fromkeys(holders))}" if holders else "hidden, or with too little free memory"
        log.info("%s: no GPU is free (%s); computing on the CPU", label, why)
        return claim_gpus(0, label)
    held.update(found)
    return show_held()


def show_held() -> list[str]:
    """Let CUDA see the devices that this process holds, and no others. Returns them."""
    os.environ[VISIBLE] = ",".join(held)
    return list(held)


def free_memory() -> dict[str, int]:
    """The free memory of each GPU in MiB, by UUID. GPUs, and MIG slices, of which it is unknown are left out."""
    return {uuid: int(float(free)) for uuid, free in queried("memory.free").items()}


def installed() -> list[Gpu]:
    """The GPUs of this machine; empty if nvidia-smi is missing, fails or lists none."""
    gpus: list[Gpu] = []
    for line in nvidia_smi("-L"):
        if gpu := re.fullmatch(r"GPU (\d+): (.*) \(UUID: (GPU-\S+)\)", line):
            gpus.append(Gpu(gpu[1], gpu[2], gpu[3], slices=[]))
        elif gpus and (part := re.fullmatch(r"\s+MIG .*\(UUID: (MIG-\S+)\)", line)):
            gpus[-1].slices.append(part[1])
    return gpus


def visible(gpus: list[Gpu]) -> list[str]:
    """The devices that this process may use, in order of preference, as CUDA reads CUDA_VISIBLE_DEVICES."""
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
            break  # -1, NoDevFiles or an ambiguous UUID prefix: CUDA ignores the rest of the list, too
        # By default CUDA numbers the fastest GPU first, nvidia-smi by the PCI bus. With GPUs of one model the order is
        # the same; with several models the wrong GPU would be used without notice.
        if entry == named[0].number and len(models) > 1 and os.environ.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
            raise EaselError(
                f"{VISIBLE}={os.environ[VISIBLE]} is ambiguous, because the GPUs of this machine differ "
                f"({', '.join(models)}). Set CUDA_DEVICE_ORDER=PCI_BUS_ID to number them as nvidia-smi does, or use "
                "their UUIDs (nvidia-smi -L)."
            )
        devices.append(named[0].devices[0])  # CUDA uses the first slice of a GPU with MIG slices
    return list(dict.fromkeys(devices))


def largest_first(gpus: list[Gpu]) -> list[Gpu]:
    """GPUs of different models in order of memory, because a small one may be there for the screen."""
    if len({gpu.model for gpu in gpus}) == 1:
        return gpus
    memory = queried("memory.total")  # MiB; unknown for some GPUs
    return sorted(gpus, key=lambda gpu: -float(memory.get(gpu.uuid, 0)))


def served(gpus: list[Gpu], devices: list[str], label: str) -> list[str]:
    """Those of `devices` that the installed TensorFlow and cuDNN compute on, or of which the capability is unknown.

    Raises EaselError if there are devices, but none of these.
    """
    lowest, cudnn = lowest_capability()
    found = capabilities()
    old = [gpu for gpu in gpus if gpu.uuid in devices and found.get(gpu.uuid, lowest) < lowest]
    usable = [device for device in devices if device not in {gpu.uuid for gpu in old}]
    if devices and not usable:
        names = ", ".join(f"{gpu.model} ({found[gpu.uuid][0]}.{found[gpu.uuid][1]})" for gpu in old)
        by_older = cudnn and all(found[gpu.uuid] >= LOWEST_OF_TENSORFLOW for gpu in old)
        older = "Install Easel's cuDNN, which is older (make install GPU=1), or compute" if by_older else "Compute"
        raise EaselError(
            f"{label}: {cudnn or 'TensorFlow'} computes on GPUs of compute capability {lowest[0]}.{lowest[1]} and "
            f"above, and here is {names}. {older} on the CPU: --resources gpu=0."
        )
    return usable


def lowest_capability() -> tuple[tuple[int, int], str]:
    """The lowest compute capability that the installed packages serve, and the cuDNN that demands it; "" if it is
    TensorFlow."""
    with suppress(PackageNotFoundError):  # a cuDNN of the system's, whose version is unknown
        cudnn = version(CUDNN)
        if tuple(map(int, cudnn.split(".")[:2])) >= WITHOUT_VOLTA:
            return LOWEST_OF_CUDNN, f"cuDNN {cudnn}"
    return LOWEST_OF_TENSORFLOW, ""


def capabilities() -> dict[str, tuple[int, int]]:
    """The compute capability of each GPU, by UUID. GPUs of which it is unknown are left out."""
    split = {uuid: number.partition(".") for uuid, number in queried("compute_cap").items()}
    return {uuid: (int(major), int(minor or 0)) for uuid, (major, _, minor) in split.items()}


def queried(field: str) -> dict[str, str]:
    """A number that nvidia-smi knows of each GPU, by UUID. GPUs of which it is unknown are left out.

    field: as in `nvidia-smi --help-query-gpu`. Memory is in MiB.
    """
    rows = nvidia_smi(f"--query-gpu=uuid,{field}", "--format=csv,noheader,nounits")
    return dict(re.findall(r"(GPU-\S+), (\d+(?:\.\d+)?)", "\n".join(rows)))


def nvidia_smi(*options: str) -> list[str]:
    """The lines that nvidia-smi prints; empty if it is missing or fails."""
    try:
        return subprocess.run(
            ["nvidia-smi", *options], capture_output=True, encoding="utf-8", errors="replace", check=True, timeout=60
        ).stdout.splitlines()
    except (OSError, subprocess.SubprocessError):
        return []


def wait_for(devices: list[str], count: int, label: str) -> dict[str, int]:
    """Lock the first `count` of `devices` that are free; wait for them if needed. Returns descriptors by device."""
    waiting = False
    while True:
        taken, holders = take(devices, count, label)
        if taken:
            return taken
        if not waiting:
            waiting = True
            what = "a free GPU" if count == 1 else f"{count} free GPUs"
            log.info("%s: waiting for %s: held by %s", label, what, ", ".join(dict.fromkeys(holders)))
        # Two jobs must not keep retrying at the same moments. The global generator is left alone because it is seeded.
        time.sleep(POLL_SECONDS * random.Random().uniform(0.5, 1.5))


def take(devices: list[str], count: int, label: str) -> tuple[dict[str, int], list[str]]:
    """Lock `count` of `devices`, or none, so that two jobs never wait for each other. Returns descriptors and holders.

    The kernel releases a lock when the last process that has the file open ends, however it ends.
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
    """Open a device's lock file, and create it if needed so that every user can lock it. Returns its descriptor."""
    path = LOCKS / re.sub(r"[^\w-]", "_", device)  # a MIG slice of an older driver is MIG-GPU-…/1/0
    umask = os.umask(0)
    try:
        LOCKS.mkdir(mode=0o1777, exist_ok=True)
        while True:
            # First without O_CREAT: in a sticky folder, Linux (fs.protected_regular) refuses O_CREAT for another
            # user's file.
            with suppress(FileNotFoundError):
                return os.open(path, os.O_RDWR | os.O_NOFOLLOW)
            with suppress(FileExistsError):
                return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
    finally:
        os.umask(umask)
