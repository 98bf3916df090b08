"""Get a dataset's archive and check it."""

from collections.abc import Mapping
from typing import Any

from easel.console import job
from easel.data.download import download as download_first
from easel.data.download import take


def download(
    archive: str,  # appears only once its SHA-256 is right
    spec: Mapping[str, Any],  # the dataset's `urls` or `path`, and `sha256`
) -> None:
    """Download the archive, or copy it from a local path."""
    if spec["path"]:
        take(spec["path"], spec["sha256"], archive)
    else:
        download_first(spec["urls"], spec["sha256"], archive)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        download(archive=snakemake.output[0], spec=snakemake.params.spec)
