"""Render the report of a study: report.ipynb and report.html, from notebooks/study.ipynb; and notes.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.report.load import read_study
from easel.report.rendering import render
from easel.runtime.console import job
from easel.runtime.files import write_json


def report_study(
    notebook: str,
    comparison: str,
    executed: str,
    page: str,
    failed: str,
    record: Path,
    notes: Mapping[str, Any],
) -> None:
    """Run the notebook on a study's folder.

    comparison: the study's comparison.json, in a folder with those of the runs.
    executed, page: outputs, the executed notebook and the HTML page.
    failed: path for the notebook if one of its cells fails.
    record: output, notes.json. notes: its content.
    """
    write_json(record, notes)
    folder = Path(comparison).parent
    compared = read_study(folder).comparison
    render(notebook, {"study_folder": folder}, compared["title"] or compared["study"], executed, page, failed)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        report_study(
            notebook=snakemake.params.notebook,
            comparison=snakemake.input.comparison,
            executed=snakemake.output.notebook,
            page=snakemake.output.html,
            failed=Path(snakemake.log[0]).with_suffix(".failed.ipynb"),
            record=Path(snakemake.output.notes),
            notes=snakemake.params.spec,
        )
