"""The CPU: facts about it, from /proc/cpuinfo, the time of it that was used, and how many of its cores NumPy uses."""

import os
from pathlib import Path

from threadpoolctl import threadpool_limits

CPU_INFO = Path("/proc/cpuinfo")
NATIVE_BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # flags


def cpu_info(key: str) -> str:
    """The value of a key in /proc/cpuinfo, such as "model name", for the first processor that has it.

    "" if there is no such file or key.
    """
    if CPU_INFO.is_file():
        for line in CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == key:
                return value.strip()
    return ""


def multiplies_bfloat16() -> bool:
    """True for a CPU that multiplies bfloat16 in hardware, as oneDNN does where it can."""
    return bool(NATIVE_BFLOAT16 & set(cpu_info("flags").split()))


def cpu_seconds_used() -> float:
    """CPU seconds, user and system, that this process has used on all its threads since it started, with those of child
    processes that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def multiply_with(threads: int) -> None:
    """Give products and decompositions of matrices this many threads, in the libraries that are loaded by now.

    One, which `easel` sets, is best for up to about 1,000 rows and columns; large ones are up to as many times faster.
    """
    threadpool_limits(threads, user_api="blas")
