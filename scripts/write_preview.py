"""Write the page that shows a dataset before anything is trained."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from easel.data.folder.originals import originals
from easel.data.folder.tables import read_files, read_near_duplicates
from easel.data.prepared import load_split
from easel.report import preview_page as pages
from easel.report.links import with_report_links
from easel.report.rendering import compose
from easel.runtime.console import job
from easel.runtime.files import atomic, read_json
from easel.texts import say


def write_preview(
    dataset: Path,  # dataset.json, beside the arrays
    page: Path,
    template: Path,  # of the page
    files: Path | None = None,  # of a folder of pictures, as the rest: files.tsv
    near_duplicates: Path | None = None,
    folder: Path | None = None,
    settings: Mapping[str, Any] | None = None,  # those of `easel.config.datasets.Folder`
    processes: int = 1,
) -> None:
    """Show counts, some pictures and their crops, what was left out, and near duplicates."""
    record = read_json(dataset)
    preview = pages.Preview(record, {split: load_split(dataset.parent, split) for split in ("train", "test")})
    if files and near_duplicates and folder and settings:
        preview = preview._replace(files=read_files(files), near=read_near_duplicates(near_duplicates))
        wanted = pages.names_wanted(preview)
        preview = preview._replace(originals=originals(folder, wanted, settings, pages.ORIGINAL, processes))
    html = compose(say("preview.title", name=record["name"]), "preview", pages.sections(preview), template)
    with atomic(page) as partial:
        partial.write_text(with_report_links(html, page), encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        of_folder = (
            {
                "files": Path(snakemake.input.files),
                "near_duplicates": Path(snakemake.input.near_duplicates),
                "folder": Path(snakemake.params.path),
                "settings": snakemake.params.spec["settings"],
                "processes": min(snakemake.threads, os.cpu_count() or 1),
            }
            if snakemake.params.path
            else {}
        )
        write_preview(
            dataset=Path(snakemake.input.dataset),
            page=Path(snakemake.output[0]),
            template=snakemake.params.template,
            **of_folder,
        )
