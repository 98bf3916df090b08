"""Everything that Easel uses of Snakemake and that Snakemake does not document.

pyproject.toml caps Snakemake below version 10 because of this file. tests/tracking/test_snakemake_internals.py checks
each part against the installed Snakemake, so that an update that changes one fails there and not in a study.

The functions take Snakemake's `workflow`, a global of every Snakefile. Of the documented parts the Snakefile and the
chapters use `workflow.basedir`, `config`, `rules` and `expand`.
"""

import ast
import json
import logging
import os
import shlex
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

OWN_FOLDER = Path(".snakemake")
"""Where Snakemake keeps its own files, relative to its working folder."""

RECORDS = ("metadata", "incomplete")
"""Folders in OWN_FOLDER: how each file was made, and which files are unfinished."""

LOCKS = OWN_FOLDER / "locks"
"""One file per lock. A Snakemake that is killed leaves them behind."""

FOLDER_TIMESTAMP = ".snakemake_timestamp"
"""A file that Snakemake adds to folders that are outputs."""

LOGGER = "snakemake.logging"
"""The logger of all of Snakemake's messages."""

# The reason of a job whose params changed (snakemake.persistence.ParamsChange): reprs of params, joined by commas,
# in no particular order. What follows may be one of REASON_ENDS.
PARAMS_CHANGED = (
    "Params have changed since last execution: Union of exclusive params before and now across all output: before: "
)
PARAMS_NOW = " now: "
NO_PARAMS = "<nothing exclusive>"
REASON_ENDS = ("; Software environment definition has changed since last execution", ")")
FORCED = "Forced execution"
INCOMPLETE = "Incomplete output files"
ALTERED = "Output files that are not as this step wrote them"
"""Easel's own reason, in the form of Snakemake's."""
REASONS_WITH_FILES = (
    "Missing output files", "Updated input files", INCOMPLETE, "Input files updated by another job", ALTERED,
)  # fmt: skip
"""Reasons that are followed by ": " and files, joined by ", "."""
DAMAGED_RECORD = "<damaged record>"
"""What stands for the params of an output whose record cannot be understood."""
REASON_KINDS = {
    "Missing output files": "missing_output",
    "Updated input files": "updated_input",
    INCOMPLETE: "incomplete_output",
    "Input files updated by another job": "updated_input",
    "Set of input files has changed since last execution": "inputs_changed",
    "Code has changed since last execution": "script_changed",
    "Software environment definition has changed since last execution": "software_changed",
    FORCED: "forced",
    ALTERED: "altered_output",
}
"""Names for Snakemake's reasons (snakemake.jobs.Reason), but for changed params."""


def is_main_process(workflow: Any) -> bool:
    """True in the process that the user started, False in the processes of its jobs."""
    return workflow.is_main_process


def cores(workflow: Any) -> int:
    """The cores of `--cores`; 1 where none are given, as on a cluster."""
    return workflow.resource_settings.cores or 1


def runs_on_cluster(workflow: Any) -> bool:
    """True in the process of a cluster's job."""
    return workflow.remote_exec


def submits_jobs(workflow: Any) -> bool:
    """True in the process that submits jobs to a cluster, as soon as resources are asked for; not before."""
    plugin = workflow.executor_plugin
    return plugin is not None and plugin.common_settings.non_local_exec


def forbids(workflow: Any, resource: str) -> bool:
    """True if `--resources` allows none of a resource."""
    limit = workflow.global_resources.get(resource)
    return limit is not None and limit.value == 0


def rules_with_output(workflow: Any) -> list[str]:
    """The names of the rules so far that make files, in the order of their definition."""
    return [rule.name for rule in workflow.rules if rule.output]


def wildcard_names(workflow: Any, rule: str) -> set[str]:
    """The names of a rule's wildcards."""
    return workflow.get_rule(rule).wildcard_names


def wildcard_constraints(workflow: Any, rule: str) -> dict[str, str]:
    """The regular expressions of a rule's own `wildcard_constraints`, by the wildcards' names."""
    return dict(workflow.get_rule(rule).wildcard_constraints)


def params_of(workflow: Any, rule: str) -> dict[str, Any]:
    """A rule's named params as they are declared: values, or functions of wildcards."""
    return dict(workflow.get_rule(rule).params.items())


def when_prepared(workflow: Any, do: Callable[[], None]) -> None:
    """Call `do` when the Snakefile has been read, before the jobs are found. `workflow.dag` and its records exist."""
    prepare = workflow._prepare_dag

    def prepare_and_do(*arguments: Any, **options: Any) -> None:
        prepare(*arguments, **options)
        do()

    workflow._prepare_dag = prepare_and_do


def when_jobs_are_known(workflow: Any, look: Callable[[], Iterable[str]]) -> None:
    """Call `look` when the jobs of the targets are known, and before Snakemake chooses which of them to run.

    look: returns the outputs whose jobs are to run in any case. (`--forcerun` would make them targets, too.)
    """

    def look_after_unfinished() -> None:
        find_unfinished = workflow.dag.check_incomplete

        async def find_and_look() -> None:
            await find_unfinished()
            workflow.dag.forcefiles.update(look())

        workflow.dag.check_incomplete = find_and_look

    when_prepared(workflow, look_after_unfinished)


def when_job_ends(workflow: Any, look: Callable[[list[str]], Any]) -> None:
    """Call `look` with the outputs of each job that ends well, after Snakemake has touched them for the last time."""

    def look_after_note() -> None:
        note = workflow.persistence.finished

        async def note_and_look(job: Any) -> None:
            await note(job)
            if not workflow.touch:
                look([str(file) for file in job.output])

        workflow.persistence.finished = note_and_look

    when_prepared(workflow, look_after_note)


def outputs_of_jobs(workflow: Any) -> list[str]:
    """The files and folders that the jobs of the targets make. Once the jobs are known."""
    return [str(file) for job in workflow.dag.jobs for file in job.output]


def unfinished(workflow: Any, outputs: Iterable[str]) -> set[str]:
    """Those of the outputs that a job has begun to make, and not finished. Once the jobs are known."""
    return workflow.persistence._filter_incomplete_keys(outputs)


def has_record(workflow: Any, output: str) -> bool:
    """True if Snakemake has a record of how an output was made. Once the jobs are known."""
    return workflow.persistence._read_record(output) is not None


def recorded_params(workflow: Any, output: str) -> list[Any]:
    """The params with which an output was made, without those that Snakemake does not compare. Once records exist."""
    record, found = workflow.persistence._read_record(output), []
    for text in (record.params if record else None) or ():
        with suppress(ValueError, SyntaxError):  # a damaged record
            found.append(ast.literal_eval(text))
    return found


def read_records_with_care(workflow: Any) -> None:
    """Have jobs with a damaged record run again. Snakemake would end with a traceback, or take them for up to date."""
    from snakemake.exceptions import WorkflowError
    from snakemake.persistence import RECORD_FORMAT_VERSION, MetadataRecord

    def read(folder: str, key: str) -> dict[str, Any]:
        path = workflow.persistence._record_path(folder, key)
        try:
            content = json.loads(Path(path).read_bytes())
            MetadataRecord.model_validate(content)
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError):  # not UTF-8, not JSON, or of another form
            if workflow.executor_plugin is None:  # nothing is going to run: a report is made
                return {}
            return {"params": [DAMAGED_RECORD], "record_format_version": RECORD_FORMAT_VERSION}
        except OSError as error:
            problem = f"{os.path.relpath(path)}: this record of Snakemake cannot be read: {error.strerror}"
            raise WorkflowError(f"{problem}. Delete it; what it is about is then taken as it is.") from None
        return content

    when_prepared(workflow, lambda: setattr(workflow.persistence, "_io_read", read))


def jobs_to_run(workflow: Any) -> list[tuple[str, list[str]]]:
    """The rules of the jobs that are to run, and the files of each: outputs, log and benchmark. Known at `onstart`."""
    return [
        (job.rule.name, [*job.output, *job.log, *([job.benchmark] if job.benchmark else [])])
        for job in workflow.dag.needrun_jobs()
    ]


def allow_spaces_in_python() -> None:
    """Let the path of this Python have spaces and quotes: Snakemake puts it into shell commands as it is."""
    if Path(sys.executable).exists():  # and not quoted yet
        sys.executable = shlex.quote(sys.executable)


def see_log_records(look: Callable[[logging.LogRecord], Any], first: bool = False) -> None:
    """Have `look` see, and change where needed, each record before Snakemake prints it. first: and before others do."""

    def keep_after(record: logging.LogRecord) -> bool:
        look(record)
        return True

    filters = logging.getLogger(LOGGER).filters
    filters.insert(0 if first else len(filters), keep_after)


def is_job(record: logging.LogRecord) -> bool:
    """True for a record that announces a job (snakemake.jobs.Job.log_info)."""
    return getattr(getattr(record, "event", None), "name", "") == "JOB_INFO"


def is_count_of_jobs(record: logging.LogRecord) -> bool:
    """True for a record that counts the jobs that are to run (Workflow.execute).

    The first one comes before any job starts and before any output is deleted, in a dry run, too. An exception from
    there ends Snakemake.
    """
    return getattr(getattr(record, "event", None), "name", "") == "RUN_INFO"


def wildcards_of_jobs(workflow: Any) -> list[tuple[str, dict[str, str]]]:
    """The rule and the wildcards of each job that is to run, from the count of jobs on; none with `--touch`."""
    if workflow.touch:
        return []
    return [(job.rule.name, dict(job.wildcards_dict)) for job in workflow.dag.needrun_jobs()]


def is_lock_exception(record: logging.LogRecord) -> bool:
    """True for the error of a Snakemake that finds its working folder locked."""
    return getattr(record, "exception", "") == "LockException"


def job_in(record: Any) -> dict[str, Any]:
    """The job that a record announces, in JSON's types. record: one for which `is_job` is true."""
    gpus = dict(record.resources.items()).get("gpu", 0)
    return {
        "rule": record.rule_name,
        "wildcards": dict(record.wildcards or {}),
        "reason": record.reason,
        "inputs": list(record.input),
        "outputs": list(record.output),
        "benchmark": record.benchmark,
        "threads": record.threads,
        "gpus": gpus if isinstance(gpus, int) else 0,
    }


def dry_run(arguments: list[str]) -> None:
    """Do a dry run in this process. Snakemake can load one workflow per process, and ends the process itself."""
    from snakemake import cli

    cli.main(["--dry-run", *arguments])


def place_in_report(path: str) -> str:
    """The place of a file in Snakemake's own report, below `data/raw/`: `<id>/<name>`.

    path: the file relative to Snakemake's working folder, with `/`. The id is the start of the path's SHA-256.
    """
    return f"{sha256(path.encode()).hexdigest()[:16]}/{path.rsplit('/', 1)[-1]}"
