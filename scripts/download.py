"""Fetch one archive of a dataset and check it."""

from easel.data.download import download as download_first
from easel.data.download import take
from easel.runtime.console import job


def download(
    archive: str,  # appears only once its SHA-256 is right
    sha256: str,
    urls: list[str],  # mirrors, best first; or
    path: str,  # a local copy
) -> None:
    """Download the file, or copy it from a local path."""
    if path:
        take(path, sha256, archive)
    else:
        download_first(urls, sha256, archive)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.input, snakemake.output):
        download(archive=snakemake.output[0], **snakemake.params.spec, **snakemake.params.source)
