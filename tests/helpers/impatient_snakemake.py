"""`snakemake`, asking SLURM every second, where the executor waits longer each time that nothing has ended."""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda executor: 1, lambda executor, seconds: None)

if __name__ == "__main__":
    sys.argv[0] = "snakemake"
    main()
