"""Let Snakemake believe that every job of a workflow has run, in milliseconds a job.

    python benchmarks/finish.py [options of snakemake]

Instead of being started, each job, in the order of dependencies, has its outputs, logs and benchmark made (empty
files and folders) and is handed to the function with which Snakemake records a finished job: .snakemake/metadata then
holds what it holds after a real run (rule, input, checksums, params), but for the times. `--touch` would sleep 0.1 s a
job, and needs the files to be there.
"""

import sys
from itertools import chain
from pathlib import Path

from snakemake.cli import main
from snakemake.scheduling.job_scheduler import JobScheduler


def schedule(scheduler: JobScheduler) -> bool:
    """What stands in for `JobScheduler.schedule`, which runs the jobs and says whether all went well."""
    workflow = scheduler.workflow

    async def finish() -> None:
        for job in chain.from_iterable(workflow.dag.toposorted()):
            if workflow.dag.needrun(job):
                for file in chain(job.output, job.log, [job.benchmark] if job.benchmark else []):
                    make(Path(file), folder=file.is_directory)
                await workflow.persistence.finished(job)

    workflow.async_run(finish())
    return True


def make(path: Path, folder: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(exist_ok=True) if folder else path.touch()


JobScheduler.schedule = schedule
main(sys.argv[1:])
