"""How much memory this process has taken."""

import resource
import sys


def peak_memory() -> int:
    """The most memory that this process had resident, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)
