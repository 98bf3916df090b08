"""`python -m easel.planning.dry_run FILE …`: Snakemake's own dry run with the arguments …, its jobs kept in FILE.

Snakemake prints a job in the words of its rule's message. What it prints it is told as a record with a name for each
part, and those are kept here: one line of JSON for each job. It runs in a process of its own, because Snakemake can
read only one workflow in each.
"""

import json
import logging
import sys
from typing import TextIO

from easel.tracking.rerun_reasons import in_words


class Keeper(logging.Filter):
    """Sees every record of Snakemake's log, and writes down those that announce a job."""

    def __init__(self, file: TextIO):
        super().__init__()
        self.file = file

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(getattr(record, "event", None), "name", "") == "JOB_INFO":
            print(json.dumps(as_json(record)), file=self.file)
        return True


def as_json(record: logging.LogRecord) -> dict:
    """What a plan needs of a record of the event JOB_INFO (snakemake.jobs.Job.log_info)."""
    resources = dict(record.resources.items())
    return {
        "rule": record.rule_name,
        "wildcards": dict(record.wildcards or {}),
        "reason": in_words(record.reason),
        "inputs": list(record.input),
        "outputs": list(record.output),
        "benchmark": record.benchmark,
        "threads": record.threads,
        "gpus": resources.get("gpu", 0) if isinstance(resources.get("gpu", 0), int) else 0,
    }


def main(kept: str, *arguments: str) -> None:
    from snakemake import cli

    with open(kept, "w", encoding="utf-8") as file:
        logging.getLogger("snakemake.logging").addFilter(Keeper(file))
        cli.main(["--dry-run", *arguments])


if __name__ == "__main__":
    main(*sys.argv[1:])
