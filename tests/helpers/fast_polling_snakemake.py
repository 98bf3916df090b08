"""`snakemake` that polls SLURM every second; the executor itself polls less often while nothing ends."""

import sys

from snakemake.cli import main
from snakemake_executor_plugin_slurm import Executor

Executor.next_seconds_between_status_checks = property(lambda executor: 1, lambda executor, seconds: None)

if __name__ == "__main__":
    sys.argv[0] = "snakemake"
    main()
