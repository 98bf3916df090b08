"""Make Snakemake record every job of a workflow as done, in milliseconds per job.

    python benchmarks/finish.py [options of snakemake]

Jobs are not run. In the order of dependencies, each gets empty outputs, logs and benchmark files, and is passed to the
function by which Snakemake records a finished job. So .snakemake/metadata holds the same as after a real run (rule,
input, checksums, params) except for the times. `--touch` would sleep 0.1 s per job, and needs the files to exist.

It replaces Snakemake's own scheduler, so it uses internals that Easel does not: they stay here, apart from
workflow/easel/tracking/snakemake_internals.py. An update of Snakemake can break this benchmark, but no study.
"""

import sys
from itertools import chain
from pathlib import Path

from snakemake.cli import main
from snakemake.scheduling.job_scheduler import JobScheduler


def schedule(scheduler: JobScheduler) -> bool:
    """Replaces `JobScheduler.schedule`, which runs the jobs and returns whether all succeeded."""
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
