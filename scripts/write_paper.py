"""Write the tables and the methods of a study for a paper: results/<study>/paper/."""

from collections.abc import Iterable
from pathlib import Path

from easel.evaluation.judge_files import JudgeFiles
from easel.report.paper import folder
from easel.report.paper.records import read_records
from easel.runtime.console import job


def write_paper(
    manifest: Path,  # manifest.json, in the study's folder
    judges: Iterable[JudgeFiles],  # of the study, in its order
    citation: Path,  # CITATION.cff of Easel
    paper: Path,  # the folder to write
) -> None:
    """Write every file of `files.FILES` from the records of a finished study."""
    folder.write_paper(read_records(manifest, judges), citation, paper)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        write_paper(
            manifest=Path(snakemake.input.manifest),
            judges=snakemake.params.judges,
            citation=Path(snakemake.params.citation),
            paper=Path(snakemake.output[0]).parent,
        )
