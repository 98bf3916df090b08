# What Snakemake keeps, and says, beside the jobs.
# Makes: results/.snakemake/: records of what each file was made from, and locks.

import logging

from easel.tracking.snakemake_records import claim, keep_records, who_works_on
from easel.tracking.rerun_reasons import in_words

RESULTS = Path("results")

if workflow.is_main_process:
    keep_records(RESULTS)
    claim(RESULTS, leads=True)


def in_easels_words(record):
    """Name what makes a job outdated, where Snakemake prints all of it, before and after; name who holds a lock."""
    if hasattr(record, "reason"):
        record.reason = in_words(record.reason)
    if getattr(record, "exception", "") == "LockException":
        record.msg = who_works_on(RESULTS)
    return True


logging.getLogger("snakemake.logging").addFilter(in_easels_words)
