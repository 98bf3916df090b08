"""Everything that Easel uses of Snakemake and that Snakemake does not document.

pyproject.toml caps Snakemake below version 10 because of this file. tests/tracking/test_snakemake_internals.py checks
each part against the installed Snakemake, so that an update that changes one fails there and not in a study.

The functions take Snakemake's `workflow`, a global of every Snakefile. Of the documented parts the Snakefile and the
chapters use `workflow.basedir`, `config`, `rules` and `expand`.
"""

import logging
from collections.abc import Callable
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
REASONS_WITH_FILES = (
    "Missing output files", "Updated input files", "Incomplete output files", "Input files updated by another job",
)  # fmt: skip
"""Reasons that are followed by ": " and files, joined by ", "."""
REASON_KINDS = {
    "Missing output files": "missing_output",
    "Updated input files": "updated_input",
    "Incomplete output files": "incomplete_output",
    "Input files updated by another job": "updated_input",
    "Set of input files has changed since last execution": "inputs_changed",
    "Code has changed since last execution": "script_changed",
    "Software environment definition has changed since last execution": "software_changed",
    "Forced execution": "forced",
}
"""Names for Snakemake's reasons (snakemake.jobs.Reason), but for changed params."""


def is_main_process(workflow: Any) -> bool:
    """True in the process that the user started, False in the processes of its jobs."""
    return workflow.is_main_process


def cores(workflow: Any) -> int:
    """The cores of `--cores`; 1 where none are given, as on a cluster."""
    return workflow.resource_settings.cores or 1


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


def see_log_records(look: Callable[[logging.LogRecord], Any]) -> None:
    """Have `look` see, and change where needed, each record before Snakemake prints it."""

    def keep_after(record: logging.LogRecord) -> bool:
        look(record)
        return True

    logging.getLogger(LOGGER).addFilter(keep_after)


def is_job(record: logging.LogRecord) -> bool:
    """True for a record that announces a job (snakemake.jobs.Job.log_info)."""
    return getattr(getattr(record, "event", None), "name", "") == "JOB_INFO"


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
