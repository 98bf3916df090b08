"""Render the report of a study: report.ipynb and report.html, from notebooks/study.ipynb."""

from pathlib import Path

from easel.report.load import read_study
from easel.report.rendering import render
from easel.runtime.console import job


def report_study(
    notebook: str,
    comparison: str,
    executed: str,
    page: str,
    failed: str,
) -> None:
    """Run the notebook on a study's folder.

    comparison: the study's comparison.json, in a folder with those of the runs.
    executed, page: outputs, the executed notebook and the HTML page.
    failed: path for the notebook if one of its cells fails.
    """
    folder = Path(comparison).parent
    record = read_study(folder).comparison
    render(notebook, {"study_folder": folder}, record["title"] or record["study"], executed, page, failed)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        report_study(
            notebook=snakemake.params.notebook,
            comparison=snakemake.input.comparison,
            executed=snakemake.output.notebook,
            page=snakemake.output.html,
            failed=Path(snakemake.log[0]).with_suffix(".failed.ipynb"),
        )
