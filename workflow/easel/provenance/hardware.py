"""What a study is run with: the versions of packages, and the hardware."""

import platform
import re
from importlib.metadata import Distribution, PackageNotFoundError, distributions
from pathlib import Path
from typing import Any

import psutil

from easel.runtime import gpus

CPU_INFO = Path("/proc/cpuinfo")


def versions() -> dict[str, str]:
    """Name → version of every installed package that Easel needs, directly or through another, and of Python.

    What only an extra asks for counts for nothing, but for CUDA's libraries, which are an extra of TensorFlow's.
    """
    found = {"python": platform.python_version()}
    waiting = ["easel", *(name for each in distributions() if (name := name_of(each)).startswith("nvidia-"))]
    while waiting:
        name = waiting.pop()
        try:
            package = Distribution.from_name(name)
        except PackageNotFoundError:  # for another Python, or another system
            continue
        if (name := name_of(package)) not in found:
            found[name] = package.version
            needed = [line for line in package.requires or [] if "extra ==" not in line]
            waiting += [match[0] for line in needed if (match := re.match(r"[\w.-]+", line))]
    return dict(sorted(found.items()))


def name_of(package: Distribution) -> str:
    """A package's name as indices compare it: lower case, with hyphens."""
    return re.sub(r"[-_.]+", "-", package.metadata["Name"] or "").lower()


def hardware() -> dict[str, Any]:
    """CPU (model, physical cores, threads), memory in bytes, GPUs by model, and the system; of where this runs."""
    return {
        "cpu": cpu_model(),
        "cores": psutil.cpu_count(logical=False),
        "threads": psutil.cpu_count(),
        "memory_bytes": psutil.virtual_memory().total,
        "gpus": [gpu.model for gpu in gpus.installed()],
        "system": platform.platform(),
    }


def cpu_model() -> str:
    """The CPU's name; on a machine that does not tell, its architecture."""
    if CPU_INFO.is_file() and (line := re.search(r"^model name\s*:\s*(.+)$", CPU_INFO.read_text(), re.MULTILINE)):
        return line[1]
    return platform.processor() or platform.machine()
