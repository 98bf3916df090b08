"""`python -m easel.tracking.dry_run FILE ARGUMENT ...`: a dry run of Snakemake whose jobs are written to FILE.

Snakemake prints a job's message only. Its log record of the job names each part, so the records are kept: one line of
JSON per job, as `snakemake_internals.job_in` gives it, with its reason in short, and as records. The program is a
process of its own because Snakemake can load only one workflow per process.
"""

import json
import logging
import sys

from easel.tracking.rerun_reasons import describe_reason, reasons_in
from easel.tracking.snakemake_internals import dry_run, is_job, job_in, see_log_records


def main(path: str, *arguments: str) -> None:
    with open(path, "w", encoding="utf-8") as file:

        def write(record: logging.LogRecord) -> None:
            if is_job(record):
                job = job_in(record)
                said = {"reason": describe_reason(job["reason"]), "reasons": reasons_in(job["reason"])}
                print(json.dumps(job | said, default=repr), file=file)

        see_log_records(write)
        dry_run(list(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
