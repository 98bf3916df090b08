"""The identity of this machine, found without TensorFlow. A measurement holds only for the machine it was made on."""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

from easel.runtime import gpus
from easel.runtime.cpu import cpu_info

CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def this_machine() -> dict[str, Any]:
    """The name of the CPU, the number of cores, and the names of the GPUs that jobs may use."""
    usable = gpus.visible(found) if (found := gpus.installed()) else []
    return {
        "cpu": cpu_info("model name") or "CPU",
        "cores": CORES,
        "gpus": [found[0].model] * len(usable) if found else [],
    }


def is_here(device: Mapping[str, Any], machine: Mapping[str, Any], threads: int) -> bool:
    """True if a device of train.json is one of this machine, with the number of CPU threads that it would get now."""
    if device["kind"] == "gpu":
        return device["name"] in machine["gpus"]
    return not machine["gpus"] and device["name"] == machine["cpu"] and device["threads"] == threads
