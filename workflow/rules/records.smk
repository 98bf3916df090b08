# Snakemake's own records, locks and messages.
# Makes: results/.snakemake/: how each file was made and what it was then, and which process works on the results.

from easel.tracking import snakemake_internals
from easel.tracking.changed_outputs import ChangedOutputs
from easel.tracking.rerun_reasons import describe_reason
from easel.tracking.snakemake_records import claim_as_main_process, keep_records, lock_message

RESULTS = Path("results")

if snakemake_internals.is_main_process(workflow):
    keep_records(RESULTS)
    claim_as_main_process(RESULTS)
    snakemake_internals.read_records_with_care(workflow)
    ChangedOutputs(workflow, RESULTS)


def shorten(record):
    """Name what makes a job outdated, where Snakemake prints all params before and after; name who holds a lock."""
    if hasattr(record, "reason"):
        record.reason = describe_reason(record.reason)
    if snakemake_internals.is_lock_exception(record):
        record.msg = lock_message(RESULTS)


snakemake_internals.see_log_records(shorten)
