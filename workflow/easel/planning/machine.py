"""Which machine this is, without TensorFlow: a measurement holds for the machine it was made on, and for no other."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from easel.runtime import gpus

CPU_INFO = Path("/proc/cpuinfo")
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def this_machine() -> dict[str, Any]:
    """The names of the CPU and of the GPUs that jobs may take here, and how many cores there are."""
    may_take = gpus.visible(found) if (found := gpus.installed()) else []
    return {"cpu": cpu_name(), "cores": CORES, "gpus": [found[0].model] * len(may_take) if found else []}


def cpu_name() -> str:
    """The CPU's model, as the record of a training has it; "CPU" where the system does not say."""
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text().splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return "CPU"


def is_here(device: dict[str, Any], machine: dict[str, Any], threads: int) -> bool:
    """Whether a device of train.json is one of this machine, used with as many CPU threads as it would be now."""
    if device["kind"] == "gpu":
        return device["name"] in machine["gpus"]
    return not machine["gpus"] and device["name"] == machine["cpu"] and device["threads"] == threads
