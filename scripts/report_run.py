"""Render the report of one run: report.ipynb and report.html, from notebooks/run.ipynb; and notes.json."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.report.load import read_run
from easel.report.rendering import render
from easel.runtime.console import job
from easel.runtime.files import write_json


def report_run(
    notebook: str,
    training: str,
    dataset: str,
    executed: str,
    page: str,
    failed: str,
    record: Path,
    notes: Mapping[str, Any],
) -> None:
    """Run the notebook on a run's folder.

    training: the run's train.json, in a folder with everything else that the report shows.
    dataset: dataset.json, in a folder with preview.png.
    executed, page: outputs, the executed notebook and the HTML page.
    failed: path for the notebook if one of its cells fails.
    record: output, notes.json. notes: its content.
    """
    write_json(record, notes)
    folders = {"run_folder": Path(training).parent, "dataset_folder": Path(dataset).parent}
    trained = read_run(**folders).training
    title = f"{trained['run']}, seed {trained['seed']} · {trained['study']}"
    render(notebook, folders, title, executed, page, failed)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        report_run(
            notebook=snakemake.params.notebook,
            training=snakemake.input.training,
            dataset=snakemake.input.dataset,
            executed=snakemake.output.notebook,
            page=snakemake.output.html,
            failed=Path(snakemake.log[0]).with_suffix(".failed.ipynb"),
            record=Path(snakemake.output.notes),
            notes=snakemake.params.spec,
        )
