"""Outputs that Snakemake would take for finished, although they are not: their jobs run again.

Snakemake compares what a job depends on, and takes the job's own files as they are. Two things escape it:

- a file was changed after its step had written it. Its receipt tells (`easel.runtime.receipts`)
- a job was stopped, and its files are gone, while files that were made from them before are still there. Snakemake
  finds nothing missing then, as with a file that was deleted to save space. But its record of the job is missing, too,
  or says that the job has begun
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from easel.runtime import receipts
from easel.tracking import snakemake_internals as internals


class ChangedOutputs:
    """The outputs whose jobs run again although nothing that they depend on has changed, and why.

    altered: output -> its files that are not as they were written. unfinished: outputs of stopped jobs.
    """

    def __init__(self, workflow: Any, results: Path, known: Callable[[], receipts.Receipt] = dict):
        """workflow: Snakemake's, while it reads the Snakefile in its main process.

        known: returns files without receipts of which a checksum is known, by their paths in `results`.
        """
        self.workflow, self.results, self.known = workflow, results, known
        self.altered: dict[str, list[str]] = {}
        self.unfinished: set[str] = set()
        internals.when_jobs_are_known(workflow, self.find)
        internals.when_job_ends(workflow, lambda outputs: receipts.take_times(results, outputs))
        internals.see_log_records(self.name_reason, first=True)

    def find(self) -> list[str]:
        """Compare the outputs of all jobs with their receipts. Returns those to make again."""
        outputs = internals.outputs_of_jobs(self.workflow)
        self.unfinished = internals.unfinished(self.workflow, outputs)
        self.unfinished |= {output for output in outputs if self.is_lost(output)}
        ended = [output for output in outputs if output not in self.unfinished]
        self.altered = receipts.altered(self.results, ended, self.known)
        return [*self.altered, *self.unfinished]

    def is_lost(self, output: str) -> bool:
        """True if an output was there once, and a later job that was to make it again has failed."""
        if Path(output).exists() or not receipts.read(self.results, output):
            return False
        return not internals.has_record(self.workflow, output)

    def name_reason(self, record: Any) -> None:
        """Put the reason into the log record of a job that `find` has forced."""
        if not internals.is_job(record) or record.reason != internals.FORCED:
            return
        made = set(map(str, record.output))
        reasons = {
            internals.INCOMPLETE: sorted(self.unfinished & made),
            internals.ALTERED: sorted(file for output in made for file in self.altered.get(output, [])),
        }
        if named := [f"{reason}: {', '.join(files)}" for reason, files in reasons.items() if files]:
            record.reason = "; ".join(named)
