"""Fetch one archive of a dataset and check it."""

from pathlib import Path

from easel.config.datasets import ArchiveSource
from easel.data.download import obtain
from easel.runtime.console import job
from easel.study.load import load_study
from easel.tracking.fingerprint import ROOT


def download(
    archive: Path,  # appears only once its SHA-256 is right
    source: ArchiveSource,
) -> None:
    """Download the file, or copy it from a local path."""
    obtain(source.path, source.urls, source.sha256, archive)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        # Read from the study here, as Snakemake may write params down, and an address can hold a password.
        dataset = load_study(dict(snakemake.config), ROOT).dataset
        download(archive=Path(snakemake.output[0]), source=dataset.archives[snakemake.wildcards.archive])
