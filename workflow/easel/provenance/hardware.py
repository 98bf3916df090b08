"""Package versions and hardware of the machine that runs a study."""

import platform
import re
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from typing import Any

import psutil

from easel.runtime import gpus
from easel.runtime.cpu import cpu_info


def versions() -> dict[str, str]:
    """Name → version of Python and of every installed package that Easel needs, directly or indirectly.

    Requirements of extras are left out, except for CUDA's libraries, which are an extra of TensorFlow.
    """
    found = {"python": platform.python_version()}
    waiting = ["easel", *(name for each in distributions() if (name := name_of(each)).startswith("nvidia-"))]
    while waiting:
        name = waiting.pop()
        try:
            package = Distribution.from_name(name)
        except PackageNotFoundError:  # required only on another Python or system
            continue
        if (name := name_of(package)) not in found:
            found[name] = package.version
            needed = [line for line in package.requires or [] if "extra ==" not in line]
            waiting += [match[0] for line in needed if (match := re.match(r"[\w.-]+", line))]
    return dict(sorted(found.items()))


def name_of(package: Distribution) -> str:
    """A package's normalised name: lower case, with hyphens."""
    return re.sub(r"[-_.]+", "-", package.metadata["Name"] or "").lower()


def hardware() -> dict[str, Any]:
    """CPU model, physical cores, threads, memory in bytes, GPU models and operating system of this machine."""
    return {
        "cpu": cpu_model(),
        "cores": psutil.cpu_count(logical=False),
        "threads": psutil.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": [gpu.model for gpu in gpus.installed()],
        "system": platform.platform(),
    }


def cpu_model() -> str:
    """The CPU's model name, or its architecture where the name is unknown."""
    return cpu_info("model name") or platform.processor() or platform.machine()
