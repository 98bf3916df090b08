# Snakemake's own records, locks and messages.
# Makes: results/.snakemake/: how each file was made and what it was then, and which process works on the results.
# Stops a Snakemake whose results cannot be written to, or are being changed from another checkout.

from easel.provenance.manifest_file import checksums
from easel.tracking import snakemake_internals
from easel.tracking.changed_outputs import ChangedOutputs
from easel.tracking.rerun_reasons import describe_reason
from easel.runtime.errors import EaselError
from easel.runtime.surroundings import prepare_process
from easel.tracking.snakemake_records import (
    check_writable,
    claim_as_main_process,
    keep_records,
    lock_message,
    start_work,
)

RESULTS = Path("results")
PLANNING = {"plan", "plan_study", "probe_recipe"}  # writes only what planning reads, and may run beside anything
AT_WORK = set()  # the study, once this process has started jobs that change it
PLANNED = set()  # the files that those jobs make

if snakemake_internals.is_main_process(workflow):
    try:
        prepare_process()
        keep_records(RESULTS)
    except EaselError as error:
        sys.exit(str(error))
    claim_as_main_process(RESULTS)
    snakemake_internals.read_records_with_care(workflow)
    ChangedOutputs(workflow, RESULTS, known=lambda: checksums(RESULTS / STUDY.name))


onstart:
    if snakemake_internals.is_main_process(workflow):
        jobs = snakemake_internals.jobs_to_run(workflow)
        files = {Path(file) for _, files in jobs for file in files}
        try:
            check_writable(files)
            if not {rule for rule, _ in jobs} <= PLANNING:
                start_work(RESULTS, files)
                AT_WORK.add(STUDY.name)
                PLANNED.update(files)
                list_studies(RunState.RUNNING)  # studies.smk
        except EaselError as error:
            sys.exit(str(error))


def shorten(record):
    """Name what makes a job outdated, where Snakemake prints all params before and after; name who holds a lock."""
    if hasattr(record, "reason"):
        record.reason = describe_reason(record.reason)
    if snakemake_internals.is_lock_exception(record):
        record.msg = lock_message(RESULTS)


snakemake_internals.see_log_records(shorten)
snakemake_internals.allow_spaces_in_python()
